/** A node's descriptor taken apart: u8 op ‖ u8 dtype ‖ u8 rank ‖ u8 inputs ‖ u64be dimension… ‖ u32be input… ‖ parameters. */
import { sizeOf, specText, TUPLE } from "@/leaf/dtypes";
import { CODES, judge } from "@/leaf/errors";
import { FIELD_BYTES, type Field, OPERATIONS, opName } from "@/leaf/operations";

const HEADER = 4;
const MAX_RANK = 8;
const MAX_TENSORS = 65_535n;

export interface Node {
  readonly index: number;
  readonly op: number;
  readonly dtype: number;
  readonly dims: readonly bigint[];
  /** Elements of a tensor, tensors of a tuple. */
  readonly size: bigint;
  readonly inputs: readonly number[];
  /** In the layout's order, without the hash. */
  readonly params: readonly bigint[];
  /** The hash of a const or of a loop's body. */
  readonly hash: Uint8Array | null;
}

function numberAt(data: Uint8Array, at: number, width: number): bigint {
  let value = 0n;
  for (let k = 0; k < width; k++) value = value * 256n + BigInt(data[at + k] ?? 0);
  return value;
}

/** The node that a descriptor states; throws Malformed where it states none. */
export function decodeNode(data: Uint8Array, index: number): Node {
  judge(data.length >= HEADER, CODES.BAD_LENGTH);
  const [op, dtype, rank, arity] = data as unknown as [number, number, number, number];
  const operation = OPERATIONS[op];
  judge(operation !== undefined, CODES.UNKNOWN_OP);
  judge(rank <= MAX_RANK, CODES.BAD_SHAPE);
  judge(arity >= operation.inputs[0] && arity <= operation.inputs[1], CODES.BAD_INPUT);
  const layout: Field[] = [...operation.fixed];
  for (let axis = 0; axis < rank; axis++) layout.push(...operation.perDimension);
  const length = layout.reduce((sum, field) => sum + FIELD_BYTES[field], HEADER + 8 * rank + 4 * arity);
  judge(data.length === length, CODES.BAD_LENGTH);
  judge(operation.result(dtype), CODES.BAD_TYPE);

  let at = HEADER;
  const take = (width: number) => {
    at += width;
    return numberAt(data, at - width, width);
  };
  const dims = Array.from({ length: rank }, () => take(8));
  const size = sizeOf(dims);
  judge(size > 0n && (dtype !== TUPLE || (rank === 1 && size <= MAX_TENSORS)), CODES.BAD_SHAPE);
  const inputs = Array.from({ length: arity }, () => Number(take(4)));
  judge(
    inputs.every((input) => input < index),
    CODES.BAD_INPUT,
  );
  let hash: Uint8Array | null = null;
  const params: bigint[] = [];
  for (const field of layout) {
    if (field === "bytes32") {
      hash = data.slice(at, at + 32);
      at += 32;
    } else {
      const value = take(FIELD_BYTES[field]);
      params.push(field === "i64" ? BigInt.asIntN(64, value) : value);
    }
  }
  return { index, op, dtype, dims, size, inputs, params, hash };
}

/** "dot i32[4, 8, 16] of nodes 3 and 7". */
export function nodeText(node: Node): string {
  const inputs =
    node.inputs.length === 0
      ? ""
      : ` of ${node.inputs.length > 1 ? "nodes" : "node"} ${node.inputs.join(", ")}`;
  return `${opName(node.op)} ${specText(node.dtype, node.dims)}${inputs}`;
}
