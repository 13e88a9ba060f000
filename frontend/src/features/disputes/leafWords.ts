/** The recomputed step as a formula and as operands with names. */
import { coordinatesOf, dtypeName, specText } from "@/leaf/dtypes";
import { OP, opName } from "@/leaf/operations";
import type { Ruling } from "@/leaf/ruling";
import { saturate } from "@/leaf/scalar";
import type { Read } from "@/leaf/steps";

const SIGNS: Readonly<Record<number, string>> = {
  [OP.ADD]: "a + b",
  [OP.SUB]: "a − b",
  [OP.MUL]: "a · b",
  [OP.DIV]: "a ÷ b, towards zero",
  [OP.REM]: "a rem b",
  [OP.MIN]: "the smaller of a and b",
  [OP.MAX]: "the larger of a and b",
  [OP.AND]: "a and b, bit by bit",
  [OP.OR]: "a or b, bit by bit",
  [OP.XOR]: "a xor b, bit by bit",
  [OP.SHL]: "a shifted left by b",
  [OP.SHR]: "a shifted right by b",
  [OP.EQ]: "whether a = b",
  [OP.LT]: "whether a < b",
  [OP.LE]: "whether a ≤ b",
  [OP.CLZ]: "the leading zero bits of a",
  [OP.SUM]: "a, as a term of the sum",
  [OP.MAX_OF]: "a, as a term of the maximum",
  [OP.MIN_OF]: "a, as a term of the minimum",
  [OP.RANK]: "1 if b stands before a, else 0",
  [OP.VIEW]: "a, at the place that the view's offset and strides say",
  [OP.PAD]: "the tensor's element at this place, or the padding",
  [OP.CONCAT]: "the element of the part that this place lies in",
  [OP.TAKE]: "b, in the row that the index a names",
  [OP.SLICE_AT]: "b, at this place behind the start that begins with a",
  [OP.UPDATE_AT]: "b: the update where it lies at this place, else the tensor",
};

/** The operation in words, for the values a, b, … in the order in which they were opened. */
export function formulaOf(ruling: Ruling): string {
  const { node } = ruling;
  if (!node) return "no operation: the descriptor is malformed";
  if (node.op === OP.DOT) {
    const [p, q] = node.params as [bigint, bigint];
    const [a, b] = ruling.reads;
    const numbers = a && b ? `: ${saturate(a.value, p)} · ${saturate(b.value, q)}` : "";
    return `a · b, after a is cut to ${p} bits and b to ${q}${numbers}`;
  }
  if (node.op === OP.SELECT) return "b: the choice that the condition a makes";
  if (node.op === OP.CONVERT) return `a, as ${dtypeName(node.dtype)}`;
  if (node.op === OP.FILL) return `${node.params[0]}, as ${dtypeName(node.dtype)}`;
  if (node.op === OP.IOTA) return `the coordinate on axis ${node.params[0]}`;
  if (node.op === OP.SCATTER)
    return ruling.term === 0n
      ? "a, the tensor before the updates"
      : "b where the index a names this row, else nothing";
  if (typeof ruling.claimed !== "bigint") return ROOTS[node.op] ?? `the root of a ${opName(node.op)}`;
  return SIGNS[node.op] ?? opName(node.op);
}

const ROOTS: Readonly<Record<number, string>> = {
  [OP.PARAM]: "the root of the tensor that the parameter names",
  [OP.CONST]: "the root that the program states",
  [OP.PART]: "the root of this tensor of the tuple",
  [OP.PACK]: "the root of the node that this entry is",
  [OP.LOOP]: "the state that the loop begins with",
};

export interface OperandWords {
  readonly name: string;
  readonly where: string;
  readonly value: string;
}

const NAMES = "abcdefgh";

export function operandWords(reads: readonly Read[]): OperandWords[] {
  return reads.map((read, k) => ({
    name: NAMES[k] ?? "?",
    where: `node ${read.node}, ${specText(read.dtype, read.dims)}, element [${coordinatesOf(read.index, read.dims).join(", ")}]`,
    value: read.value.toString(),
  }));
}

/** "term 33 of element [5, 17] of node 42: dot i32[64, 128]". */
export function placeOf(ruling: Ruling): string {
  const { node } = ruling;
  const what = node
    ? `node ${ruling.nodeIndex}: ${opName(node.op)} ${specText(node.dtype, node.dims)}`
    : `node ${ruling.nodeIndex}`;
  const element =
    ruling.element !== null && node
      ? `element [${coordinatesOf(ruling.element, node.dims).join(", ")}] of `
      : "";
  const term = ruling.term !== null ? `term ${ruling.term} of ` : "";
  return `${term}${element}${what}`;
}
