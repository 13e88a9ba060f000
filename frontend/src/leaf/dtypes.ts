/** Element types of programs: their sizes, ranges and bytes. */

export const BOOL = 0;
export const I32 = 3;
export const I64 = 4;
export const U64 = 8;
export const TUPLE = 255;
export const PAGE_BYTES = 256;
/** No tensor is larger, so no product of sizes needs an end. */
export const MAX_ELEMENTS = 2n ** 60n;

const NAMES = ["bool", "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64"] as const;
const WIDTHS = [1, 1, 2, 4, 8, 1, 2, 4, 8] as const;

export const dtypeName = (dtype: number): string =>
  dtype === TUPLE ? "tuple" : (NAMES[dtype] ?? `dtype ${dtype}`);
/** Bytes of an element. */
export const widthOf = (dtype: number): number => WIDTHS[dtype] as number;
export const bitsOf = (dtype: number): bigint => BigInt(8 * widthOf(dtype));
export const isSigned = (dtype: number): boolean => dtype !== BOOL && dtype <= I64;

/** Modulo 2ⁿ into the dtype's range; a bool is whether the value is not 0. */
export function wrap(dtype: number, value: bigint): bigint {
  if (dtype === BOOL) return value === 0n ? 0n : 1n;
  const bits = Number(bitsOf(dtype));
  return isSigned(dtype) ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
}

/** Elements of a tensor of these dimensions; 0 when one is 0 or there are more than any tensor has. */
export function sizeOf(dims: readonly bigint[]): bigint {
  const size = dims.reduce((product, dim) => product * dim, 1n);
  return size > MAX_ELEMENTS ? 0n : size;
}

/** The bytes at an element's place in its page, as a number; of a bool the byte itself. */
export function written(page: Uint8Array, dtype: number, place: number): bigint {
  const width = widthOf(dtype);
  let value = 0n;
  for (let k = width - 1; k >= 0; k--) value = value * 256n + BigInt(page[place * width + k] ?? 0);
  return isSigned(dtype) ? BigInt.asIntN(8 * width, value) : value;
}

/** The value of an element in its page: a bool reads as "not 0". */
export function elementIn(page: Uint8Array, dtype: number, place: number): bigint {
  const value = written(page, dtype, place);
  return dtype === BOOL && value > 1n ? 1n : value;
}

/** "i32[128, 64]"; a scalar is "i32". */
export function specText(dtype: number, dims: readonly bigint[]): string {
  if (dtype === TUPLE) return `${dims[0]} tensors`;
  return dims.length === 0 ? dtypeName(dtype) : `${dtypeName(dtype)}[${dims.join(", ")}]`;
}

export function coordinatesOf(index: bigint, dims: readonly bigint[]): bigint[] {
  const found: bigint[] = [];
  let rest = index;
  for (const dim of dims.toReversed()) {
    found.unshift(rest % dim);
    rest /= dim;
  }
  return found;
}

export function flatOf(place: readonly bigint[], dims: readonly bigint[]): bigint {
  return place.reduce((index, at, axis) => index * (dims[axis] as bigint) + at, 0n);
}

export const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
export const greatest = (a: bigint, b: bigint): bigint => (a > b ? a : b);
/** `value` moved into [low, high]. */
export const clamp = (value: bigint, low: bigint, high: bigint): bigint => greatest(low, least(value, high));
