/** One term of a sum, maximum or minimum, and how many terms an element has (ops 80–85). */
import type { Node } from "@/leaf/descriptor";
import { BOOL, bitsOf, coordinatesOf, isSigned } from "@/leaf/dtypes";
import { CODES, judge, must } from "@/leaf/errors";
import { fits, type Opening, type Operand } from "@/leaf/opening";
import { hasTerms, JOIN, OP, opName } from "@/leaf/operations";
import { nothing, saturate } from "@/leaf/scalar";

const MAX_RANKS = 2n ** 31n - 1n;

/** What the descriptor alone gets wrong. */
export function judgeTerms(node: Node): void {
  must(hasTerms(node.op), `${opName(node.op)} has no terms`);
  const rank = node.dims.length;
  if (node.op === OP.DOT) {
    judge(
      node.params.every((precision) => precision >= 2n && precision <= 32n),
      CODES.BAD_PARAMETER,
    );
    judge(rank === 3, CODES.BAD_SHAPE);
  }
  if (node.op === OP.RANK) judge(rank > 0 && (node.dims[rank - 1] as bigint) <= MAX_RANKS, CODES.BAD_SHAPE);
  if (node.op === OP.SCATTER) {
    judge((node.params[0] as bigint) <= BigInt(JOIN.MIN), CODES.BAD_PARAMETER);
    judge(node.dtype !== BOOL || node.params[0] !== BigInt(JOIN.ADD), CODES.BAD_TYPE);
    judge(rank === 2, CODES.BAD_SHAPE);
  }
}

/** JOIN.… of the node's terms. */
export function joinOf(node: Node): number {
  if (node.op === OP.SCATTER) return Number(node.params[0]);
  if (node.op === OP.MAX_OF) return JOIN.MAX;
  return node.op === OP.MIN_OF ? JOIN.MIN : JOIN.ADD;
}

/** Terms of each element, by the operand that says so; `step` 1 is b of a dot. */
function countOf(node: Node, operand: Operand, step: 0 | 1 = 0): bigint {
  const { dims, dtype } = operand;
  if (node.op === OP.SCATTER) {
    judge(dtype !== BOOL, CODES.BAD_TYPE);
    judge(dims.length === 1, CODES.BAD_SHAPE);
    return operand.size + 1n;
  }
  if (node.op === OP.RANK) {
    fits(operand, dtype, node.dims);
    return node.dims.at(-1) as bigint;
  }
  judge(dims.length > 0, CODES.BAD_SHAPE);
  const terms = dims.at(-1) as bigint;
  if (node.op !== OP.DOT) {
    fits(operand, node.dtype, [...node.dims, terms]);
    return terms;
  }
  judge(dims.length === 3 && dims[0] === node.dims[0] && dims[1] === node.dims[1 + step], CODES.BAD_SHAPE);
  judge(isSigned(dtype), CODES.BAD_TYPE);
  const [a, b] = node.params as [bigint, bigint];
  judge(terms << (a + b - 2n) < 1n << (bitsOf(node.dtype) - 1n), CODES.BAD_PARAMETER);
  return terms;
}

/** How many terms each element of a node has that judgeTerms passed. */
export function termsOf(node: Node, opening: Opening): bigint {
  if (node.op === OP.RANK) return node.dims.at(-1) as bigint;
  const operand = opening.next(node.inputs[node.op === OP.SCATTER ? 1 : 0] as number);
  const count = countOf(node, operand);
  operand.shape();
  return count;
}

/** Term `k` of element `index`, flat and row-major. */
export function termOf(node: Node, index: bigint, k: bigint, opening: Opening): bigint {
  must(index < node.size, "there is no such element");
  if (node.op === OP.DOT) return product(node, index, k, opening);
  if (node.op === OP.RANK) return precedes(node, index, k, opening);
  if (node.op === OP.SCATTER) return update(node, index, k, opening);
  const x = opening.next(node.inputs[0] as number);
  const count = within(k, countOf(node, x));
  return x.element(index * count + k);
}

function within(k: bigint, count: bigint): bigint {
  must(k < count, "there is no such term");
  return count;
}

/** sat(a[b, m, k], p_a) · sat(b[b, n, k], p_b) */
function product(node: Node, index: bigint, k: bigint, opening: Opening): bigint {
  const [batch, row, column] = coordinatesOf(index, node.dims) as [bigint, bigint, bigint];
  const a = opening.next(node.inputs[0] as number);
  const count = within(k, countOf(node, a, 0));
  const left = a.element((batch * (a.dims[1] as bigint) + row) * count + k);
  const b = opening.next(node.inputs[1] as number);
  judge(countOf(node, b, 1) === count, CODES.BAD_SHAPE);
  const right = b.element((batch * (b.dims[1] as bigint) + column) * count + k);
  const [precisionA, precisionB] = node.params as [bigint, bigint];
  return saturate(left, precisionA) * saturate(right, precisionB);
}

/** Whether x_k stands before x_i: smaller, or equal and earlier. */
function precedes(node: Node, index: bigint, k: bigint, opening: Opening): bigint {
  const own = opening.next(node.inputs[0] as number);
  const count = within(k, countOf(node, own));
  const mine = own.element(index);
  const other = opening.next(node.inputs[0] as number);
  countOf(node, other);
  const place = index % count;
  const theirs = other.element(index - place + k);
  return theirs < mine || (theirs === mine && k < place) ? 1n : 0n;
}

/** Term 0 is x; term m + 1 is u where the index names this row, else nothing. */
function update(node: Node, index: bigint, k: bigint, opening: Opening): bigint {
  const [row, column] = coordinatesOf(index, node.dims) as [bigint, bigint];
  const width = node.dims[1] as bigint;
  if (k === 0n) {
    const x = opening.next(node.inputs[0] as number);
    fits(x, node.dtype, node.dims);
    return x.element(index);
  }
  const names = opening.next(node.inputs[1] as number);
  const count = within(k, countOf(node, names));
  if (names.element(k - 1n) !== row) return nothing(Number(node.params[0]), node.dtype);
  const u = opening.next(node.inputs[2] as number);
  fits(u, node.dtype, [count - 1n, width]);
  return u.element((k - 1n) * width + column);
}
