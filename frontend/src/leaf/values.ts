/** Values that are some other value (params, constants, parts, entries of a pack, a loop's beginning): roots are compared. */
import type { Node } from "@/leaf/descriptor";
import { I64, PAGE_BYTES } from "@/leaf/dtypes";
import { CODES, judge, must } from "@/leaf/errors";
import { EMPTY, type Hash, leafHash, sameBytes, tensorRoot } from "@/leaf/hashing";
import type { Frame, Opening } from "@/leaf/opening";
import { OP, opName } from "@/leaf/operations";

const MAX_TRIPS = 2n ** 63n - 1n;
const CARRY = 0n;
const STEP = 2n;

/** What the descriptor alone gets wrong. */
export function judgeValue(node: Node): void {
  const [first = 0n, second = 0n] = node.params;
  if (node.op === OP.PACK) judge(first + node.size === BigInt(node.index), CODES.BAD_PARAMETER);
  if (node.op === OP.LOOP) judge(first > 0n && first <= MAX_TRIPS, CODES.BAD_PARAMETER);
  if (node.op === OP.PARAM && first >= STEP) {
    judge(first === STEP && second === 0n, CODES.BAD_PARAMETER);
    judge(node.dtype === I64, CODES.BAD_TYPE);
    judge(node.dims.length === 0, CODES.BAD_SHAPE);
  }
}

/** Root of the step index as a tensor: an i64 scalar in one page. */
export function stepRoot(step: bigint): Hash {
  const page = new Uint8Array(PAGE_BYTES);
  new DataView(page.buffer).setBigUint64(0, step, true);
  return tensorRoot(Uint8Array.of(I64, 0), leafHash(page));
}

/** The root that a param, const, part, or entry `entry` of a pack must have, of a node that judgeValue passed. */
export function valueRoot(node: Node, entry: bigint, frame: Frame, opening: Opening): Hash {
  const [first = 0n, second = 0n] = node.params;
  if (node.op === OP.PACK) {
    must(entry < node.size, "the pack has no such entry");
    return opening.root(Number(first + entry));
  }
  must(entry === 0n, "there is no such entry");
  if (node.op === OP.CONST) return node.hash as Hash;
  if (node.op === OP.PARAM && first === STEP) return stepRoot(frame.step);
  if (node.op === OP.PART) {
    const [root, whole] = opening.tensorOf(Number(first));
    opening.keep(node.inputs[0] as number, whole);
    return root;
  }
  must(node.op === OP.PARAM, `${opName(node.op)} is not judged by its root`);
  const [root, whole] = opening.tensorOf(Number(second));
  const given = first === CARRY ? frame.carryRoot : frame.invariantsRoot;
  must(sameBytes(whole, given), "the tensor is not in the frame's tuple");
  return root;
}

export interface Loop {
  readonly body: Hash;
  readonly trips: bigint;
  /** 0: its states are not committed. */
  readonly stride: bigint;
  readonly carry: Hash;
  readonly invariants: Hash;
}

/** What a loop begins with. */
export function loopOf(node: Node, opening: Opening): Loop {
  must(node.op === OP.LOOP, "the node is no loop");
  const [carry, invariants = EMPTY] = node.inputs.map((id) => opening.root(id)) as [Hash, Hash?];
  const [trips, stride] = node.params as [bigint, bigint];
  return { body: node.hash as Hash, trips, stride, carry, invariants };
}
