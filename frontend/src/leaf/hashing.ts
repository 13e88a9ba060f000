/**
 * Merkle rows and roots of the program format (worker/assay/program/FORMAT.md): leaf(x) = sha256(00 ‖ x),
 * node(l, r) = sha256(01 ‖ l ‖ r), rows padded with 32 zero bytes to a power of two, roots sha256(02 ‖ domain ‖ … ‖ top).
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { must } from "@/leaf/errors";
import { concat, u64be } from "@/lib/bytes";

export type Hash = Uint8Array;

const text = (name: string) => concat(Uint8Array.of(2), new TextEncoder().encode(name));
const TENSOR = text("assay/tensor/1");
const LIST = text("assay/list/1");
const BODY = text("assay/body/1");
const PROGRAM = text("assay/program/1");
const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export const EMPTY: Hash = new Uint8Array(32);

export const leafHash = (data: Uint8Array): Hash => sha256(concat(LEAF, data));
export const nodeHash = (left: Hash, right: Hash): Hash => sha256(concat(NODE, left, right));

export const tensorRoot = (head: Uint8Array, top: Hash): Hash => sha256(concat(TENSOR, head, top));
export const bodyRoot = (nodes: bigint, bytes: bigint, top: Hash): Hash =>
  sha256(concat(BODY, u64be(nodes), u64be(bytes), top));
export const programRoot = (inputs: bigint, main: Hash): Hash => sha256(concat(PROGRAM, u64be(inputs), main));

/** Root of a list of `count` ids whose row ends in `top`. */
export function listRoot(count: bigint, top: Hash): Hash {
  must(count > 0n && count < 2n ** 32n, "a list has 1 to 2³² − 1 entries");
  return sha256(concat(LIST, u64be(count), u64be(32n * count), top));
}

/** Levels above a row of `count` ≥ 1 leaves. */
export function heightOf(count: bigint): number {
  return count <= 1n ? 0 : (count - 1n).toString(2).length;
}

/** Top of the whole row of these leaves. */
export function topOf(leaves: readonly Hash[], height = heightOf(BigInt(leaves.length))): Hash {
  let row = [...leaves];
  let padding = EMPTY;
  for (let level = 0; level < height; level++) {
    const next: Hash[] = [];
    for (let k = 0; k < row.length; k += 2) next.push(nodeHash(row[k] as Hash, row[k + 1] ?? padding));
    padding = nodeHash(padding, padding);
    row = next;
  }
  return row[0] ?? padding;
}

/** What stands above a leaf at `index`, by its siblings, lowest first. */
export function climb(leaf: Hash, index: bigint, siblings: readonly Hash[]): Hash {
  let top = leaf;
  let position = index;
  for (const sibling of siblings) {
    top = position % 2n === 0n ? nodeHash(top, sibling) : nodeHash(sibling, top);
    position /= 2n;
  }
  return top;
}

/** Siblings of several proofs as one list, taken from the front. */
export class Siblings {
  private next = 0;
  constructor(private readonly hashes: readonly Hash[]) {}

  take(count: number): Hash[] {
    must(this.next + count <= this.hashes.length, "the proof is too short");
    this.next += count;
    return this.hashes.slice(this.next - count, this.next);
  }

  get left(): number {
    return this.hashes.length - this.next;
  }
}

/** Top above several leaves of one row: siblings level by level, from left to right; two that meet need none. */
export function climbTogether(leaves: ReadonlyMap<number, Hash>, height: number, siblings: Siblings): Hash {
  let row = [...leaves].sort(([a], [b]) => a - b);
  for (let level = 0; level < height; level++) {
    const above: [number, Hash][] = [];
    for (let k = 0; k < row.length; k++) {
      const [position, hash] = row[k] as [number, Hash];
      const beside = row[k + 1];
      const isLeft = position % 2 === 0;
      if (isLeft && beside?.[0] === position + 1) {
        above.push([position / 2, nodeHash(hash, beside[1])]);
        k += 1;
        continue;
      }
      const [sibling] = siblings.take(1) as [Hash];
      above.push([Math.floor(position / 2), isLeft ? nodeHash(hash, sibling) : nodeHash(sibling, hash)]);
    }
    row = above;
  }
  return (row[0] as [number, Hash])[1];
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, k) => byte === b[k]);
}
