import { expect, test } from "vitest";
import type { Hex } from "@/lib/bytes";
import { fromHex } from "@/lib/bytes";
import { ArtifactHasher, artifactId, idsOfList, listRoot } from "@/lib/merkle";
import { vectorsOf } from "@/test/vectors";

const artifacts = vectorsOf<{ artifacts: { size: number; id: Hex }[] }>("artifact").artifacts;
const lists = vectorsOf<{ lists: { ids: Hex[]; root: Hex }[] }>("list").lists;

/** The vectors' rule: byte i = (i + floor(i / 4096)) mod 251. */
function bytesOf(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => (i + Math.floor(i / 4096)) % 251);
}

test.each(artifacts)("artifactId__vector of $size bytes__equals the golden id", ({ size, id }) => {
  expect(artifactId(bytesOf(size))).toBe(id);
});

test("ArtifactHasher__chunks that split pages__same id as in one piece", () => {
  const bytes = bytesOf(12_289);
  for (const step of [1, 7, 4095, 4096, 4097, 10_000]) {
    const hasher = new ArtifactHasher();
    for (let at = 0; at < bytes.length; at += step) hasher.update(bytes.subarray(at, at + step));
    expect(hasher.finish()).toBe(artifactId(bytes));
  }
});

test("artifactId__one flipped bit__another id", () => {
  const bytes = bytesOf(8192);
  const before = artifactId(bytes);
  bytes[5000] = (bytes[5000] ?? 0) ^ 1;
  expect(artifactId(bytes)).not.toBe(before);
});

test.each(lists.map((one) => [one.ids.length, one] as const))(
  "listRoot__%i ids__equals the golden root",
  (_, one) => {
    expect(listRoot(one.ids)).toBe(one.root);
  },
);

test("idsOfList__bytes that are not whole ids__says so", () => {
  expect(() => idsOfList(new Uint8Array(33))).toThrow("33 bytes");
  const ids = lists.at(-1)?.ids.slice(0, 3) ?? [];
  const joined = Uint8Array.from(ids.flatMap((id) => [...fromHex(id)]));
  expect(idsOfList(joined)).toEqual(ids);
});

test("listRoot__an id that is no hex__names it", () => {
  expect(() => listRoot(["0xzz" as Hex])).toThrow("0xzz");
});
