/**
 * Evidence as it is opened: a descriptor proven in the frame's body, operands in its node trace.
 *
 * Operands come packed, in the order in which the operation needs them: a head (u8 dtype ‖ u8 rank ‖ u64be dimension…), then
 * u16be length ‖ page, or, where the shape is enough, the top of the page tree. Siblings: the descriptor's, each opened
 * page's, then, in one, those of all opened nodes in the trace. Nothing is believed until `finish` has folded all of it.
 */
import { decodeNode, type Node } from "@/leaf/descriptor";
import { elementIn, PAGE_BYTES, sizeOf, specText, U64, widthOf } from "@/leaf/dtypes";
import { CODES, judge, must } from "@/leaf/errors";
import {
  bodyRoot,
  climb,
  climbTogether,
  type Hash,
  heightOf,
  leafHash,
  listRoot,
  Siblings,
  sameBytes,
  tensorRoot,
} from "@/leaf/hashing";
import type { Steps } from "@/leaf/steps";
import { toHex } from "@/lib/bytes";

/** One run of a body. */
export interface Frame {
  readonly bodyRoot: Hash;
  readonly traceRoot: Hash;
  readonly carryRoot: Hash;
  readonly invariantsRoot: Hash;
  readonly step: bigint;
}

export interface Evidence {
  readonly nodes: bigint;
  readonly descriptorBytes: bigint;
  readonly descriptor: Uint8Array;
  readonly operands: Uint8Array;
  readonly siblings: readonly Hash[];
}

/** Limits of the contract's types. */
const MAX_NODES = 65_535n;
const MAX_DESCRIPTOR = 256;
const MAX_OPERANDS = 1_024;
const MAX_SIBLINGS = 192;
const MAX_RANK = 8;

/** An operand whose head was read; exactly one of `element` and `shape` is then called. */
export interface Operand {
  readonly node: number;
  readonly dtype: number;
  readonly dims: readonly bigint[];
  readonly size: bigint;
  /** Opens the page of an element and reads it; `more` reads further elements of the same page. */
  element(index: bigint): bigint;
  more(index: bigint): bigint;
  /** Its shape is enough. */
  shape(): void;
}

export class Opening {
  private at = 0;
  private readonly siblings: Siblings;
  private readonly seen = new Map<number, Hash>();
  private pending: Operand | null = null;

  constructor(
    private readonly frame: Frame,
    private readonly evidence: Evidence,
    private readonly steps: Steps,
  ) {
    must(
      evidence.descriptor.length <= MAX_DESCRIPTOR &&
        evidence.operands.length <= MAX_OPERANDS &&
        evidence.siblings.length <= MAX_SIBLINGS,
      "the evidence is longer than any leaf takes",
    );
    this.siblings = new Siblings(evidence.siblings);
  }

  /** Node `index` of the frame's body. */
  node(index: number): Node {
    const { nodes, descriptorBytes, descriptor } = this.evidence;
    must(BigInt(index) < nodes && nodes <= MAX_NODES && descriptorBytes < 2n ** 64n, "no such node");
    const height = heightOf(nodes);
    const top = climb(leafHash(descriptor), BigInt(index), this.siblings.take(height));
    const root = bodyRoot(nodes, descriptorBytes, top);
    must(sameBytes(root, this.frame.bodyRoot), "the descriptor is not in the frame's body");
    this.steps.note(
      "descriptor",
      `The descriptor of node ${index} hashes up ${height} levels to the body root ${toHex(root)}.`,
    );
    return decodeNode(descriptor, index);
  }

  /** Reads the head of the next operand, which is the value of node `id`. */
  next(id: number): Operand {
    const { operands } = this.evidence;
    const start = this.at;
    must(start + 2 <= operands.length, "an operand is missing");
    const dtype = operands[start] as number;
    const rank = operands[start + 1] as number;
    must(dtype <= U64 && rank <= MAX_RANK, "an operand is no tensor");
    const end = start + 2 + 8 * rank;
    must(end <= operands.length, "an operand is cut off");
    const dims = Array.from({ length: rank }, (_, axis) => this.number(start + 2 + 8 * axis, 8));
    const size = sizeOf(dims);
    must(size > 0n, "an operand is no tensor");
    const head = operands.slice(start, end);
    let page: Uint8Array = new Uint8Array(0);
    const perPage = BigInt(PAGE_BYTES / widthOf(dtype));
    const operand: Operand = {
      node: id,
      dtype,
      dims,
      size,
      element: (index) => {
        this.pending = null;
        page = this.page(end);
        const number = index / perPage;
        const height = heightOf((size + perPage - 1n) / perPage);
        const top = climb(leafHash(page), number, this.siblings.take(height));
        const root = tensorRoot(head, top);
        this.keep(id, root);
        const value = elementIn(page, dtype, Number(index % perPage));
        this.steps.read({ node: id, dtype, dims, index, value });
        this.steps.note(
          "operand",
          `Page ${number} of node ${id}, ${specText(dtype, dims)}, hashes up ${height} levels to the tensor root ${toHex(root)}.`,
        );
        return value;
      },
      more: (index) => elementIn(page, dtype, Number(index % perPage)),
      shape: () => {
        this.pending = null;
        this.keep(id, tensorRoot(head, this.bytes(end, 32)));
        this.steps.note("operand", `Node ${id} is shown by its shape alone: ${specText(dtype, dims)}.`);
      },
    };
    this.pending = operand;
    return operand;
  }

  /** 32 bytes of the operands as the root of node `id`, or of nothing that is in the trace (null). */
  root(id: number | null): Hash {
    const root = this.bytes(this.at, 32);
    if (id !== null) this.keep(id, root);
    return root;
  }

  /** Tensor k of a tuple that the operands show by u32be tensors ‖ root: (its root, the tuple's root). */
  tensorOf(k: number): [Hash, Hash] {
    const count = this.number(this.at, 4);
    must(BigInt(k) < count && count <= MAX_NODES, "the tuple has no such tensor");
    const root = this.bytes(this.at + 4, 32);
    const top = climb(leafHash(root), BigInt(k), this.siblings.take(heightOf(count)));
    return [root, listRoot(count, top)];
  }

  /** Remembers a node's root; the same node opened twice must have the same one. */
  keep(id: number, root: Hash): void {
    const before = this.seen.get(id);
    const leaf = leafHash(root);
    must(before === undefined || sameBytes(before, leaf), "one node is shown with two roots");
    this.seen.set(id, leaf);
  }

  /** A malformed program is shown by the shape of the operand that says so. */
  giveUp(): void {
    this.pending?.shape();
  }

  /** All that was opened stands in the frame's node trace, and nothing is left over. */
  finish(): void {
    must(this.at === this.evidence.operands.length, "operands are left over");
    if (this.seen.size > 0) {
      const { nodes } = this.evidence;
      const top = climbTogether(this.seen, heightOf(nodes), this.siblings);
      const root = listRoot(nodes, top);
      must(sameBytes(root, this.frame.traceRoot), "an operand is not in the frame's node trace");
      this.steps.note(
        "trace",
        `${this.seen.size === 1 ? "Its root folds" : `All ${this.seen.size} roots fold`} into the agreed node trace ${toHex(root)}.`,
      );
    }
    must(this.siblings.left === 0, "siblings are left over");
  }

  private number(at: number, width: number): bigint {
    must(at + width <= this.evidence.operands.length, "the operands are too short");
    let value = 0n;
    for (let k = 0; k < width; k++) value = value * 256n + BigInt(this.evidence.operands[at + k] as number);
    return value;
  }

  private bytes(at: number, length: number): Uint8Array {
    must(at + length <= this.evidence.operands.length, "the operands are too short");
    this.at = at + length;
    return this.evidence.operands.slice(at, at + length);
  }

  /** A page whose trailing zeros may be left out. */
  private page(at: number): Uint8Array {
    const length = Number(this.number(at, 2));
    must(length <= PAGE_BYTES, "a page has 256 bytes");
    const page = new Uint8Array(PAGE_BYTES);
    page.set(this.bytes(at + 2, length));
    return page;
  }
}

/** The operand must be a tensor of this dtype and these dimensions. */
export function fits(operand: Operand, dtype: number, dims: readonly bigint[]): void {
  judge(operand.dtype === dtype, CODES.BAD_TYPE);
  judge(
    operand.dims.length === dims.length && operand.dims.every((dim, axis) => dim === dims[axis]),
    CODES.BAD_SHAPE,
  );
}
