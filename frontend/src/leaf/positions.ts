/** Positions of a game and the rows they contest; twins of contracts/modules/{game_rows,game_frames}.vy. */
import { type AbiParameter, concatHex, encodeAbiParameters, keccak256, numberToHex } from "viem";
import { isSigned } from "@/leaf/dtypes";
import { must } from "@/leaf/errors";
import type { FrameWords } from "@/leaf/evidence";
import { climb, type Hash, heightOf, leafHash, listRoot, sameBytes, tensorRoot } from "@/leaf/hashing";
import { STATE } from "@/leaf/states";
import { fromHex, type Hex } from "@/lib/bytes";

/** A position unpacked; what a field means in which state: worker/assay/disputes/positions.py. */
export interface Position {
  readonly state: bigint;
  readonly frame: Hex;
  readonly node: bigint;
  readonly root: Hex;
  readonly head: Hex;
  readonly rooted: boolean;
  readonly count: bigint;
  readonly level: bigint;
  readonly index: bigint;
  readonly agreed: Hex;
  readonly first: bigint;
  readonly last: bigint;
  readonly kind: bigint;
  readonly element: bigint;
  readonly value: bigint;
}

export interface Child {
  readonly index: bigint;
  readonly hash: Hex;
  readonly siblings: readonly Hex[];
}

/** A frame that the defender has revealed. */
export interface Opened {
  readonly frame: FrameWords;
  readonly nodes: bigint;
  readonly extra: Hex;
}

const FRAME = [
  {
    type: "tuple",
    components: [
      { name: "body_root", type: "bytes32" },
      { name: "trace_root", type: "bytes32" },
      { name: "carry_root", type: "bytes32" },
      { name: "invariants_root", type: "bytes32" },
      { name: "step", type: "uint256" },
    ],
  },
] as const satisfies readonly AbiParameter[];

const FIXED_BYTES = 160;

/** As movers send it and events carry it; twin of contracts/modules/game_position.vy. */
export function packPosition(position: Position): Hex {
  const long = (value: bigint) => numberToHex(value, { size: 8 });
  return concatHex([
    numberToHex(position.state, { size: 1 }),
    position.rooted ? "0x01" : "0x00",
    numberToHex(position.level, { size: 1 }),
    numberToHex(position.kind, { size: 1 }),
    numberToHex(position.node, { size: 4 }),
    long(position.count),
    long(position.index),
    long(position.element),
    long(position.first),
    long(position.last),
    numberToHex(position.value, { size: 16, signed: true }),
    position.frame,
    position.root,
    position.agreed,
    position.head,
  ]);
}

/** What packPosition was given. */
export function unpackPosition(packed: Hex): Position {
  const bytes = fromHex(packed);
  must(bytes.length >= FIXED_BYTES, "this is no position");
  const hex = (from: number, to: number): Hex => `0x${packed.slice(2 + 2 * from, 2 + 2 * to)}`;
  const number = (from: number, size: number) => BigInt(hex(from, from + size));
  return {
    state: number(0, 1),
    rooted: number(1, 1) === 1n,
    level: number(2, 1),
    kind: number(3, 1),
    node: number(4, 4),
    count: number(8, 8),
    index: number(16, 8),
    element: number(24, 8),
    first: number(32, 8),
    last: number(40, 8),
    value: BigInt.asIntN(128, number(48, 16)),
    frame: hex(64, 96),
    root: hex(96, 128),
    agreed: hex(128, 160),
    head: hex(FIXED_BYTES, bytes.length),
  };
}

/** What an answer is kept under. */
export function positionKey(claimId: Hex, position: Position): Hex {
  return keccak256(concatHex([claimId, packPosition(position)]));
}

/** Partial values as the defender showed them: eight bytes each, big-endian; signed where the dtype is. */
export function partialsOf(dtype: number, packed: Hex): bigint[] {
  const values: bigint[] = [];
  for (let at = 2; at < packed.length; at += 16) {
    const bits = BigInt(`0x${packed.slice(at, at + 16)}`);
    values.push(isSigned(dtype) ? BigInt.asIntN(64, bits) : bits);
  }
  return values;
}

export const frameKey = (frame: FrameWords): Hex => keccak256(encodeAbiParameters(FRAME, [frame]));

/** What the game keeps of an answer that no tree binds: the last 20 bytes of a hash. */
export const digestOf = (hash: Hex): Hex => `0x${hash.slice(26)}`;

export function openedDigest(opened: Opened): Hex {
  const types = [{ type: "bytes32" }, { type: "uint256" }, { type: "bytes32" }] as const;
  return digestOf(
    keccak256(encodeAbiParameters(types, [frameKey(opened.frame), opened.nodes, opened.extra])),
  );
}

/** Steps or terms of one segment, and how many segments [first, last) has: at most 32. */
export function segmentsOf(first: bigint, last: bigint): { width: bigint; number: bigint } {
  const width = (last - first + 31n) / 32n;
  return { width, number: (last - first + width - 1n) / width };
}

const CHILD_LEVELS = 4;

/** Of a row's node: how many children stand over a leaf, and how many levels down they are. */
export function childrenOf(position: Pick<Position, "count" | "level" | "index">): {
  number: number;
  levels: number;
} {
  const level = Number(position.level);
  if (level === 0) return { number: 1, levels: 0 };
  const levels = Math.min(level, CHILD_LEVELS);
  const span = 1n << BigInt(level - levels);
  const filled = (position.count + span - 1n) / span;
  const first = position.index << BigInt(levels);
  must(first < filled, "there is no such node in the row");
  return { number: Number(filled - first < 16n ? filled - first : BigInt(1 << levels)), levels };
}

/** The contested root as it is built from the top of its row. */
export function headed(position: Position, top: Hash): Hash {
  if (!position.rooted) return top;
  const state = Number(position.state);
  if (state === STATE.PAGES || state === STATE.PAGE) return tensorRoot(fromHex(position.head), top);
  return listRoot(position.count, top);
}

/** Index of a child that is a leaf of its row, once it is proven to be one. */
export function leafIndex(position: Position, child: Child): bigint {
  const { number, levels } = childrenOf(position);
  must(child.index < BigInt(number), "there is no such child");
  must(child.siblings.length === levels, "the child's path has another length");
  const bottom = Number(position.level) === levels;
  must(bottom, "the child is no leaf");
  const hashed = Number(position.state) === STATE.PAGES ? fromHex(child.hash) : leafHash(fromHex(child.hash));
  const top = climb(hashed, child.index, child.siblings.map(fromHex));
  must(sameBytes(headed(position, top), fromHex(position.root)), "the child does not hash to its parent");
  return (position.index << BigInt(levels)) + child.index;
}

const NOWHERE: Hex = `0x${"00".repeat(32)}`;

/** The row of the node trace that an answer to ITEM or STEP has shown. */
export function nodesRow(position: Position, opened: Opened): Position {
  const key = frameKey(opened.frame);
  if (Number(position.state) === STATE.NODES) {
    must(key === position.frame && opened.nodes === position.count, "the move names another frame");
    return position;
  }
  return {
    state: BigInt(STATE.NODES),
    frame: key,
    node: 0n,
    root: opened.frame.trace_root,
    head: "0x",
    rooted: true,
    count: opened.nodes,
    level: BigInt(heightOf(opened.nodes)),
    index: 0n,
    agreed: NOWHERE,
    first: 0n,
    last: 0n,
    kind: 0n,
    element: 0n,
    value: 0n,
  };
}
