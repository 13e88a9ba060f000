/**
 * Twin of `assay.commitment`: artifact ids and list roots.
 *
 * leaf = sha256(0x00 ‖ page), node = sha256(0x01 ‖ left ‖ right), rows padded with 32 zero bytes to a power of two;
 * id = sha256(0x02 ‖ tag ‖ u64be(leaf count) ‖ u64be(byte length) ‖ top). Checked against tests/vectors/artifact.json.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { concat, fromHex, type Hex, toHex, u64be } from "@/lib/bytes";

export const PAGE_BYTES = 4096;
const EMPTY = new Uint8Array(32);
const ARTIFACT_TAG = new TextEncoder().encode("assay/artifact/1");
const LIST_TAG = new TextEncoder().encode("assay/list/1");
const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);
const ROOT = Uint8Array.of(2);

function leafOf(page: Uint8Array): Uint8Array {
  return sha256.create().update(LEAF).update(page).digest();
}

function nodeOf(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256.create().update(NODE).update(left).update(right).digest();
}

/** Top of a row of leaf hashes; an empty row is EMPTY, a row of one is its leaf. */
export function topOf(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return EMPTY;
  let row = leaves.slice();
  let width = 1;
  while (width < row.length) width *= 2;
  while (row.length < width) row.push(EMPTY);
  while (row.length > 1) {
    const next: Uint8Array[] = [];
    for (let i = 0; i < row.length; i += 2) next.push(nodeOf(row[i] as Uint8Array, row[i + 1] as Uint8Array));
    row = next;
  }
  return row[0] as Uint8Array;
}

function rootOf(tag: Uint8Array, count: number, byteLength: number, top: Uint8Array): Hex {
  return toHex(sha256(concat(ROOT, tag, u64be(count), u64be(byteLength), top)));
}

/** Streaming artifact id: feed chunks of any size in order, then `finish`. */
export class ArtifactHasher {
  private readonly leaves: Uint8Array[] = [];
  private readonly page = new Uint8Array(PAGE_BYTES);
  private filled = 0;
  private total = 0;

  update(chunk: Uint8Array): this {
    let at = 0;
    this.total += chunk.length;
    while (at < chunk.length) {
      const take = Math.min(PAGE_BYTES - this.filled, chunk.length - at);
      this.page.set(chunk.subarray(at, at + take), this.filled);
      this.filled += take;
      at += take;
      if (this.filled === PAGE_BYTES) this.flush();
    }
    return this;
  }

  finish(): Hex {
    if (this.filled > 0) this.flush();
    return rootOf(ARTIFACT_TAG, this.leaves.length, this.total, topOf(this.leaves));
  }

  private flush(): void {
    this.leaves.push(leafOf(this.page.subarray(0, this.filled)));
    this.filled = 0;
  }
}

/** Artifact id of bytes held in memory. */
export function artifactId(bytes: Uint8Array): Hex {
  return new ArtifactHasher().update(bytes).finish();
}

/** List root of 32-byte ids in order: the lot root of a native job, and a job's inputs root. */
export function listRoot(ids: readonly Hex[]): Hex {
  const leaves = ids.map((id) => leafOf(fromHex(id)));
  return rootOf(LIST_TAG, ids.length, 32 * ids.length, topOf(leaves));
}

/** The ids inside a stored list object (ids concatenated). */
export function idsOfList(bytes: Uint8Array): Hex[] {
  if (bytes.length % 32 !== 0)
    throw new Error(`a list object holds 32-byte ids; ${bytes.length} bytes do not divide`);
  const ids: Hex[] = [];
  for (let at = 0; at < bytes.length; at += 32) ids.push(toHex(bytes.subarray(at, at + 32)));
  return ids;
}
