import { expect, test } from "vitest";
import type { Hex } from "@/lib/bytes";
import { canonicalJson, type Json, specHash } from "@/lib/spec";
import { vectorsOf } from "@/test/vectors";

const cases = vectorsOf<{ cases: { spec: Json; canonical: string; hash: Hex }[] }>("spec").cases;

test.each(cases)("canonicalJson__golden spec__same bytes and hash", ({ spec, canonical, hash }) => {
  expect(canonicalJson(spec)).toBe(canonical);
  expect(specHash(spec)).toBe(hash);
});

test("canonicalJson__numbers JSON cannot hold__refused", () => {
  expect(() => canonicalJson({ a: Number.NaN })).toThrow("NaN");
  expect(() => canonicalJson([Number.POSITIVE_INFINITY])).toThrow("Infinity");
});

test("canonicalJson__lone surrogate__refused", () => {
  expect(() => canonicalJson("\ud800")).toThrow("surrogate");
  expect(() => canonicalJson({ "\udc00": 1 })).toThrow("surrogate");
});
