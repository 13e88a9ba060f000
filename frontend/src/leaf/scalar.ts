/** One scalar operation, total: a value for every bit pattern. Operands are in the range of their dtype. */
import { BOOL, bitsOf, clamp, greatest, isSigned, least, wrap } from "@/leaf/dtypes";
import { JOIN, OP } from "@/leaf/operations";

const flag = (holds: boolean): bigint => (holds ? 1n : 0n);

type Binary = (a: bigint, b: bigint, dtype: number) => bigint;
/** A shift amount: clamped to [0, n]. */
const amount = (by: bigint, dtype: number) => clamp(by, 0n, bitsOf(dtype));

const BINARY: Readonly<Record<number, Binary>> = {
  [OP.ADD]: (a, b) => a + b,
  [OP.SUB]: (a, b) => a - b,
  [OP.MUL]: (a, b) => a * b,
  // bigint division truncates towards zero, and a remainder has the dividend's sign: as the format says
  [OP.DIV]: (a, b) => (b === 0n ? 0n : a / b),
  [OP.REM]: (a, b) => (b === 0n ? 0n : a % b),
  [OP.MIN]: least,
  [OP.MAX]: greatest,
  [OP.AND]: (a, b) => a & b,
  [OP.OR]: (a, b) => a | b,
  [OP.XOR]: (a, b) => a ^ b,
  [OP.SHL]: (a, b, dtype) => a << amount(b, dtype),
  [OP.SHR]: (a, b, dtype) => a >> amount(b, dtype),
  [OP.EQ]: (a, b) => flag(a === b),
  [OP.LT]: (a, b) => flag(a < b),
  [OP.LE]: (a, b) => flag(a <= b),
};

/** Ops 16–30; `dtype` is the operands'. */
export function binary(op: number, dtype: number, a: bigint, b: bigint): bigint {
  const compute = BINARY[op];
  if (!compute) throw new Error(`operation ${op} does not take two values`);
  return op >= OP.EQ ? compute(a, b, dtype) : wrap(dtype, compute(a, b, dtype));
}

/** Leading zero bits of the n-bit pattern; of 0 all n. */
export function leadingZeros(dtype: number, value: bigint): bigint {
  const bits = bitsOf(dtype);
  const pattern = BigInt.asUintN(Number(bits), value);
  return pattern === 0n ? bits : bits - BigInt(pattern.toString(2).length);
}

/** Into ±(2^(p−1) − 1). */
export function saturate(value: bigint, precision: bigint): bigint {
  const limit = (1n << (precision - 1n)) - 1n;
  return clamp(value, -limit, limit);
}

/** Two partial values as one. */
export function join(kind: number, dtype: number, a: bigint, b: bigint): bigint {
  if (kind === JOIN.ADD) return wrap(dtype, a + b);
  return kind === JOIN.MAX ? greatest(a, b) : least(a, b);
}

/** What changes no partial value. */
export function nothing(kind: number, dtype: number): bigint {
  if (kind === JOIN.ADD) return 0n;
  if (dtype === BOOL) return flag(kind === JOIN.MIN);
  const bits = bitsOf(dtype);
  const low = isSigned(dtype) ? -(1n << (bits - 1n)) : 0n;
  return kind === JOIN.MAX ? low : low + (1n << bits) - 1n;
}
