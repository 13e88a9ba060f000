/** What the browser did to recompute a leaf, in words, and the operands that it read. */

export interface Read {
  readonly node: number;
  readonly dtype: number;
  readonly dims: readonly bigint[];
  /** Flat, row-major. */
  readonly index: bigint;
  readonly value: bigint;
}

export type StepKind = "position" | "answer" | "descriptor" | "operand" | "trace" | "value" | "verdict";

export interface Step {
  readonly kind: StepKind;
  readonly text: string;
}

export class Steps {
  readonly list: Step[] = [];
  readonly reads: Read[] = [];

  note(kind: StepKind, text: string): void {
    this.list.push({ kind, text });
  }

  read(read: Read): void {
    this.reads.push(read);
  }
}
