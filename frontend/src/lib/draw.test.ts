import { expect, test } from "vitest";
import type { Hex } from "@/lib/bytes";
import { permutation, placesOf, ringOf } from "@/lib/draw";
import { vectorsOf } from "@/test/vectors";

interface Case {
  seed: Hex;
  units: number[];
  lots: number;
  width: number;
  permutation: number[];
  offset: number;
  places: number[][];
}
const cases = vectorsOf<{ cases: Case[] }>("draw").cases;

test.each(cases.map((one, i) => [i, one] as const))("placesOf__golden case %i__same draw", (_, one) => {
  const ring = ringOf(one.seed, one.units, one.lots, one.width);
  expect(permutation(one.seed, one.units.length)).toEqual(one.permutation);
  expect(ring.offset).toBe(BigInt(one.offset));
  expect(Array.from({ length: one.lots }, (_unused, lot) => placesOf(ring, lot))).toEqual(one.places);
});

test("ringOf__units that do not fill the ring__refused", () => {
  expect(() => ringOf(`0x${"00".repeat(32)}`, [1, 1], 1, 3)).toThrow("fill 2 of a ring of 3");
});
