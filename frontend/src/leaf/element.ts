/** One element of an elementwise operation or an index map, recomputed from opened operands (ops 2, 16–33, 48–51, 64–66). */
import type { Node } from "@/leaf/descriptor";
import { BOOL, clamp, coordinatesOf, flatOf, greatest, I64, least, wrap } from "@/leaf/dtypes";
import { CODES, judge, must } from "@/leaf/errors";
import { fits, type Opening } from "@/leaf/opening";
import { hasElements, isComparison, OP, opName } from "@/leaf/operations";
import { binary, leadingZeros } from "@/leaf/scalar";

/** What the descriptor alone gets wrong. */
export function judgeElements(node: Node): void {
  const rank = node.dims.length;
  if (node.op === OP.CONCAT || node.op === OP.IOTA)
    judge((node.params[0] as bigint) < BigInt(rank), CODES.BAD_PARAMETER);
  if (node.op === OP.TAKE) judge(rank === 2, CODES.BAD_SHAPE);
  if (node.op === OP.SLICE_AT || node.op === OP.UPDATE_AT) judge(rank > 0, CODES.BAD_SHAPE);
}

/** The value of element `index`, flat and row-major, of a node that judgeElements passed. */
export function elementOf(node: Node, index: bigint, opening: Opening): bigint {
  must(hasElements(node.op), `${opName(node.op)} is not judged by its elements`);
  must(index < node.size, "there is no such element");
  const map = MAPS[node.op];
  return map ? map(node, index, opening) : elementwise(node, index, opening);
}

type Rule = (node: Node, index: bigint, opening: Opening) => bigint;

const input = (node: Node, k: number): number => node.inputs[k] as number;

function elementwise(node: Node, index: bigint, opening: Opening): bigint {
  const first = opening.next(input(node, 0));
  if (node.op === OP.SELECT) {
    fits(first, BOOL, node.dims);
    const chosen = opening.next(input(node, first.element(index) === 0n ? 2 : 1));
    fits(chosen, node.dtype, node.dims);
    return chosen.element(index);
  }
  const free = node.op === OP.CONVERT || isComparison(node.op);
  fits(first, free ? first.dtype : node.dtype, node.dims);
  const a = first.element(index);
  if (node.op === OP.CONVERT) return wrap(node.dtype, a);
  if (node.op === OP.CLZ) return leadingZeros(node.dtype, a);
  const second = opening.next(input(node, 1));
  fits(second, first.dtype, node.dims);
  return binary(node.op, second.dtype, a, second.element(index));
}

const fill: Rule = (node) => wrap(node.dtype, node.params[0] as bigint);

const iota: Rule = (node, index) =>
  wrap(node.dtype, coordinatesOf(index, node.dims)[Number(node.params[0])] as bigint);

/** The whole view must lie in the operand, not only this element. */
const view: Rule = (node, index, opening) => {
  const [offset, ...strides] = node.params as [bigint, ...bigint[]];
  const place = coordinatesOf(index, node.dims);
  let found = offset;
  let lowest = offset;
  let highest = offset;
  strides.forEach((stride, axis) => {
    const reach = stride * ((node.dims[axis] as bigint) - 1n);
    found += stride * (place[axis] as bigint);
    lowest += least(reach, 0n);
    highest += greatest(reach, 0n);
  });
  const x = opening.next(input(node, 0));
  judge(x.dtype === node.dtype, CODES.BAD_TYPE);
  judge(lowest >= 0n && highest < x.size, CODES.BAD_PARAMETER);
  return x.element(found);
};

const pad: Rule = (node, index, opening) => {
  const x = opening.next(input(node, 0));
  judge(x.dtype === node.dtype, CODES.BAD_TYPE);
  judge(x.dims.length === node.dims.length, CODES.BAD_SHAPE);
  const place = coordinatesOf(index, node.dims).map((at, axis) => {
    const behind = at - (node.params[2 * axis] as bigint);
    const pace = (node.params[2 * axis + 1] as bigint) + 1n;
    const inside = behind >= 0n && behind % pace === 0n && behind / pace < (x.dims[axis] as bigint);
    return inside ? behind / pace : null;
  });
  if (place.every((at) => at !== null)) return x.element(flatOf(place as bigint[], x.dims));
  x.shape();
  const filler = opening.next(input(node, 1));
  fits(filler, node.dtype, []);
  return filler.element(0n);
};

const concat: Rule = (node, index, opening) => {
  const axis = Number(node.params[0]);
  const place = coordinatesOf(index, node.dims);
  for (const [k, id] of node.inputs.entries()) {
    const part = opening.next(id);
    const length = part.dims[axis] ?? 0n;
    fits(part, node.dtype, node.dims.with(axis, length));
    const at = place[axis] as bigint;
    if (at < length) return part.element(flatOf(place, part.dims));
    // behind the last part the whole should have ended
    judge(k + 1 < node.inputs.length, CODES.BAD_SHAPE);
    part.shape();
    place[axis] = at - length;
  }
  throw new Error("a concat has at least one part");
};

/** x at the row that the index names, clamped: no value leads outside. */
const take: Rule = (node, index, opening) => {
  const [row, column] = coordinatesOf(index, node.dims) as [bigint, bigint];
  const names = opening.next(input(node, 1));
  judge(names.dtype !== BOOL, CODES.BAD_TYPE);
  judge(names.dims.length === 1 && names.size === node.dims[0], CODES.BAD_SHAPE);
  const named = names.element(row);
  const x = opening.next(input(node, 0));
  judge(x.dtype === node.dtype, CODES.BAD_TYPE);
  judge(x.dims.length === 2 && x.dims[1] === node.dims[1], CODES.BAD_SHAPE);
  const [rows, width] = x.dims as [bigint, bigint];
  return x.element(clamp(named, 0n, rows - 1n) * width + column);
};

/** The start of a part, as many numbers as the node has dimensions. */
function startOf(node: Node, k: number, opening: Opening): bigint[] {
  const start = opening.next(input(node, k));
  fits(start, I64, [BigInt(node.dims.length)]);
  const first = start.element(0n);
  return node.dims.map((_, axis) => (axis === 0 ? first : start.more(BigInt(axis))));
}

const sliceAt: Rule = (node, index, opening) => {
  const start = startOf(node, 1, opening);
  const x = opening.next(input(node, 0));
  judge(x.dtype === node.dtype, CODES.BAD_TYPE);
  judge(
    x.dims.length === node.dims.length && node.dims.every((part, axis) => part <= (x.dims[axis] as bigint)),
    CODES.BAD_SHAPE,
  );
  const place = coordinatesOf(index, node.dims).map(
    (at, axis) =>
      at + clamp(start[axis] as bigint, 0n, (x.dims[axis] as bigint) - (node.dims[axis] as bigint)),
  );
  return x.element(flatOf(place, x.dims));
};

const updateAt: Rule = (node, index, opening) => {
  const start = startOf(node, 2, opening);
  const u = opening.next(input(node, 1));
  judge(u.dtype === node.dtype, CODES.BAD_TYPE);
  judge(
    u.dims.length === node.dims.length && node.dims.every((whole, axis) => (u.dims[axis] as bigint) <= whole),
    CODES.BAD_SHAPE,
  );
  const place = coordinatesOf(index, node.dims).map((at, axis) => {
    const whole = node.dims[axis] as bigint;
    const part = u.dims[axis] as bigint;
    return at - clamp(start[axis] as bigint, 0n, whole - part);
  });
  if (place.every((at, axis) => at >= 0n && at < (u.dims[axis] as bigint)))
    return u.element(flatOf(place, u.dims));
  u.shape();
  const x = opening.next(input(node, 0));
  fits(x, node.dtype, node.dims);
  return x.element(index);
};

const MAPS: Readonly<Record<number, Rule>> = {
  [OP.FILL]: fill,
  [OP.IOTA]: iota,
  [OP.VIEW]: view,
  [OP.PAD]: pad,
  [OP.CONCAT]: concat,
  [OP.TAKE]: take,
  [OP.SLICE_AT]: sliceAt,
  [OP.UPDATE_AT]: updateAt,
};
