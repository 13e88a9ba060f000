/** The operation table of FORMAT.md: code, name, inputs, parameters, and which dtypes a result may have. */
import { BOOL, I32, I64, TUPLE, U64 } from "@/leaf/dtypes";

export const OP = {
  PARAM: 0,
  CONST: 1,
  FILL: 2,
  PACK: 3,
  PART: 4,
  LOOP: 5,
  ADD: 16,
  SUB: 17,
  MUL: 18,
  DIV: 19,
  REM: 20,
  MIN: 21,
  MAX: 22,
  AND: 23,
  OR: 24,
  XOR: 25,
  SHL: 26,
  SHR: 27,
  EQ: 28,
  LT: 29,
  LE: 30,
  SELECT: 31,
  CONVERT: 32,
  CLZ: 33,
  VIEW: 48,
  PAD: 49,
  CONCAT: 50,
  IOTA: 51,
  TAKE: 64,
  SLICE_AT: 65,
  UPDATE_AT: 66,
  SUM: 80,
  MAX_OF: 81,
  MIN_OF: 82,
  DOT: 83,
  RANK: 84,
  SCATTER: 85,
} as const;

export type Field = "u8" | "u16" | "u32" | "u64" | "i64" | "bytes32";
export const FIELD_BYTES: Record<Field, number> = { u8: 1, u16: 2, u32: 4, u64: 8, i64: 8, bytes32: 32 };

export interface Operation {
  readonly name: string;
  /** Least and greatest number of inputs. */
  readonly inputs: readonly [number, number];
  readonly fixed: readonly Field[];
  /** Once for each dimension of the result. */
  readonly perDimension: readonly Field[];
  result(dtype: number): boolean;
}

const anyTensor = (dtype: number) => dtype <= U64;
const noBool = (dtype: number) => dtype <= U64 && dtype !== BOOL;
const only =
  (...dtypes: number[]) =>
  (dtype: number) =>
    dtypes.includes(dtype);

function row(
  name: string,
  inputs: number | readonly [number, number],
  result: (dtype: number) => boolean,
  fixed: readonly Field[] = [],
  perDimension: readonly Field[] = [],
): Operation {
  return {
    name,
    inputs: typeof inputs === "number" ? [inputs, inputs] : inputs,
    fixed,
    perDimension,
    result,
  };
}

export const OPERATIONS: Readonly<Record<number, Operation>> = {
  [OP.PARAM]: row("param", 0, anyTensor, ["u8", "u16"]),
  [OP.CONST]: row("const", 0, anyTensor, ["bytes32"]),
  [OP.FILL]: row("fill", 0, anyTensor, ["i64"]),
  [OP.PACK]: row("pack", 0, only(TUPLE), ["u32"]),
  [OP.PART]: row("part", 1, anyTensor, ["u16"]),
  [OP.LOOP]: row("loop", [1, 2], only(TUPLE), ["bytes32", "u64", "u64"]),
  [OP.ADD]: row("add", 2, noBool),
  [OP.SUB]: row("sub", 2, noBool),
  [OP.MUL]: row("mul", 2, noBool),
  [OP.DIV]: row("div", 2, noBool),
  [OP.REM]: row("rem", 2, noBool),
  [OP.MIN]: row("min", 2, anyTensor),
  [OP.MAX]: row("max", 2, anyTensor),
  [OP.AND]: row("and", 2, anyTensor),
  [OP.OR]: row("or", 2, anyTensor),
  [OP.XOR]: row("xor", 2, anyTensor),
  [OP.SHL]: row("shl", 2, noBool),
  [OP.SHR]: row("shr", 2, noBool),
  [OP.EQ]: row("eq", 2, only(BOOL)),
  [OP.LT]: row("lt", 2, only(BOOL)),
  [OP.LE]: row("le", 2, only(BOOL)),
  [OP.SELECT]: row("select", 3, anyTensor),
  [OP.CONVERT]: row("convert", 1, anyTensor),
  [OP.CLZ]: row("clz", 1, noBool),
  [OP.VIEW]: row("view", 1, anyTensor, ["i64"], ["i64"]),
  [OP.PAD]: row("pad", 2, anyTensor, [], ["u64", "u64"]),
  [OP.CONCAT]: row("concat", [1, 8], anyTensor, ["u8"]),
  [OP.IOTA]: row("iota", 0, noBool, ["u8"]),
  [OP.TAKE]: row("take", 2, anyTensor),
  [OP.SLICE_AT]: row("slice_at", 2, anyTensor),
  [OP.UPDATE_AT]: row("update_at", 3, anyTensor),
  [OP.SUM]: row("sum", 1, noBool),
  [OP.MAX_OF]: row("max_of", 1, anyTensor),
  [OP.MIN_OF]: row("min_of", 1, anyTensor),
  [OP.DOT]: row("dot", 2, only(I32, I64), ["u8", "u8"]),
  [OP.RANK]: row("rank", 1, only(I32)),
  [OP.SCATTER]: row("scatter", 3, anyTensor, ["u8"]),
};

export const opName = (op: number): string => OPERATIONS[op]?.name ?? `operation ${op}`;

/** How terms and partial values join; also the parameter of scatter. */
export const JOIN = { ADD: 0, MAX: 1, MIN: 2 } as const;
export const JOIN_WORDS = ["sum", "maximum", "minimum"] as const;

export const isComparison = (op: number): boolean => op >= OP.EQ && op <= OP.LE;
/** Whether an element of the operation is made of terms. */
export const hasTerms = (op: number): boolean => op >= OP.SUM;
/** Whether an element is judged by elements of operands. */
export const hasElements = (op: number): boolean => op === OP.FILL || (op >= OP.ADD && op < OP.SUM);
