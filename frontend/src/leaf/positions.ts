/** Positions of a game and the rows they contest; twins of contracts/modules/{game_rows,game_frames}.vy. */
import { type AbiParameter, encodeAbiParameters, keccak256 } from "viem";
import { must } from "@/leaf/errors";
import type { FrameWords } from "@/leaf/evidence";
import { climb, type Hash, heightOf, leafHash, listRoot, sameBytes, tensorRoot } from "@/leaf/hashing";
import { STATE } from "@/leaf/states";
import { fromHex, type Hex } from "@/lib/bytes";

/** IDisputeGame.Position as viem decodes it; what a field means in which state: worker/assay/disputes/positions.py. */
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

const POSITION = [
  {
    type: "tuple",
    components: [
      { name: "state", type: "uint256" },
      { name: "frame", type: "bytes32" },
      { name: "node", type: "uint256" },
      { name: "root", type: "bytes32" },
      { name: "head", type: "bytes" },
      { name: "rooted", type: "bool" },
      { name: "count", type: "uint256" },
      { name: "level", type: "uint256" },
      { name: "index", type: "uint256" },
      { name: "agreed", type: "bytes32" },
      { name: "first", type: "uint256" },
      { name: "last", type: "uint256" },
      { name: "kind", type: "uint256" },
      { name: "element", type: "uint256" },
      { name: "value", type: "int256" },
    ],
  },
] as const satisfies readonly AbiParameter[];

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

/** What the game stores and under which an answer is kept. */
export function positionKey(claimId: Hex, position: Position): Hex {
  return keccak256(`${claimId}${encodeAbiParameters(POSITION, [position]).slice(2)}`);
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

/** Steps or terms of one segment, and how many segments [first, last) has: at most 16. */
export function segmentsOf(first: bigint, last: bigint): { width: bigint; number: bigint } {
  const width = (last - first + 15n) / 16n;
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
