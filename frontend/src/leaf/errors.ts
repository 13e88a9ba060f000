/** The two ways in which a question to the leaf has no value. */

/** Numbers of contracts/modules/leaf_codes.vy. Anything but OK rules for the defender. */
export const CODES = {
  OK: 0,
  UNKNOWN_OP: 1,
  BAD_LENGTH: 2,
  BAD_TYPE: 3,
  BAD_SHAPE: 4,
  BAD_INPUT: 5,
  BAD_PARAMETER: 6,
} as const;

export const CODE_WORDS: Record<number, string> = {
  1: "the program names an operation that does not exist",
  2: "the node's descriptor is shorter or longer than its operation says",
  3: "a dtype that does not exist or that the operation does not take",
  4: "a rank, dimension or size that the operation does not allow",
  5: "an input that does not stand before the node, or a wrong number of them",
  6: "a parameter outside its range, or one that leads outside a tensor",
};

/** The program itself is malformed: the contract answers a code. */
export class Malformed extends Error {
  override readonly name = "Malformed";
  constructor(readonly code: number) {
    super(CODE_WORDS[code] ?? `leaf code ${code}`);
  }
}

/** Evidence that proves nothing: the contract reverts, and nobody has moved. */
export class FalseEvidence extends Error {
  override readonly name = "FalseEvidence";
}

/** Evidence must hold; `otherwise` says what does not. */
export function must(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new FalseEvidence(otherwise);
}

/** A program must hold; else it is malformed in this way. */
export function judge(holds: boolean, code: number): asserts holds {
  if (!holds) throw new Malformed(code);
}
