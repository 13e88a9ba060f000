/** The browser's leaf against answers of the contracts (tests/vectors/leaf.json) and edge operands (ops.json). */
import { expect, test } from "vitest";
import { decodeNode } from "@/leaf/descriptor";
import { elementIn, widthOf } from "@/leaf/dtypes";
import { FalseEvidence } from "@/leaf/errors";
import { decodeEvidence, frameOf } from "@/leaf/evidence";
import { type Answer, element, loopFacts, nodeOf, rootOf, term, terms } from "@/leaf/leaf";
import type { Evidence, Frame } from "@/leaf/opening";
import { OP, OPERATIONS, opName } from "@/leaf/operations";
import { binary, leadingZeros } from "@/leaf/scalar";
import { fromHex, type Hex, toHex } from "@/lib/bytes";
import { vectorsOf } from "@/test/vectors";

type Call = [
  name: string,
  frame: [Hex, Hex, Hex, Hex, Hex],
  node: number,
  numbers: string[],
  evidence: Hex,
  answer: Hex[] | null,
];

const CALLS = vectorsOf<Call[]>("leaf");

const word = (value: bigint | number): bigint => BigInt.asUintN(256, BigInt(value));
const wordOf = (hash: Uint8Array): bigint => BigInt(toHex(hash));

type Ask = (frame: Frame, node: number, numbers: bigint[], evidence: Evidence) => bigint[];

function worded<T>(answer: Answer<T>, words: (value: T) => bigint[]): bigint[] {
  return answer.value === null ? [BigInt(answer.code)] : [0n, ...words(answer.value).map(word)];
}

const ASK: Record<string, Ask> = {
  element: (frame, node, [index = 0n], evidence) => worded(element(frame, node, index, evidence), (v) => [v]),
  term: (frame, node, [index = 0n, k = 0n], evidence) =>
    worded(term(frame, node, index, k, evidence), (v) => [v]),
  terms: (frame, node, _, evidence) =>
    worded(terms(frame, node, evidence), (v) => [v.count, BigInt(v.join), BigInt(v.dtype)]),
  value_root: (frame, node, [entry = 0n], evidence) =>
    worded(rootOf(frame, node, entry, evidence), (v) => [wordOf(v)]),
  loop_of: (frame, node, _, evidence) =>
    worded(loopFacts(frame, node, evidence), (v) => [
      wordOf(v.body),
      v.trips,
      v.stride,
      wordOf(v.carry),
      wordOf(v.invariants),
    ]),
  node_of: (frame, node, _, evidence) =>
    worded(nodeOf(frame, node, evidence), (v) => [
      BigInt(v.op),
      BigInt(v.dtype),
      128n,
      BigInt(v.dims.length),
      ...v.dims,
    ]),
};

/** What this folder says of a call, as words; null where the contract would revert. */
function answerTo([name, frame, node, numbers, evidence]: Call): bigint[] | null {
  try {
    const [body_root, trace_root, carry_root, invariants_root, step] = frame;
    return (ASK[name] as Ask)(
      frameOf({ body_root, trace_root, carry_root, invariants_root, step: BigInt(step) }),
      node,
      numbers.map(BigInt),
      decodeEvidence(evidence),
    );
  } catch (error) {
    if (error instanceof FalseEvidence) return null;
    throw error;
  }
}

/** Behind a code nothing is said. */
function shortened(answer: Hex[] | null): bigint[] | null {
  const words = answer?.map(BigInt) ?? null;
  return words && words[0] !== 0n ? words.slice(0, 1) : words;
}

test.each([...new Set(CALLS.map(([name]) => name))])(
  "%s__every golden call__the contract's answer",
  (name) => {
    for (const [k, call] of CALLS.entries()) {
      if (call[0] === name) expect([k, answerTo(call)]).toEqual([k, shortened(call[5])]);
    }
  },
);

test("golden calls__each kind of outcome__is among them", () => {
  const codes = new Set(CALLS.map(([, , , , , answer]) => (answer ? Number(answer[0]) : null)));
  expect([...codes].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, null].sort());
  const asked = new Set<number>();
  for (const call of CALLS) {
    if (call[5] && BigInt(call[5][0] as Hex) === 0n)
      asked.add(decodeEvidence(call[4]).descriptor[0] as number);
  }
  const missing = Object.keys(OPERATIONS).filter((op) => !asked.has(Number(op)));
  expect(missing.map((op) => opName(Number(op)))).toEqual([]);
});

interface Tensor {
  dtype: string;
  dims: number[];
  bytes: Hex;
}

const DTYPES = ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"];

function valuesOf(tensor: Tensor): bigint[] {
  const dtype = DTYPES.indexOf(tensor.dtype);
  const bytes = fromHex(tensor.bytes);
  return Array.from({ length: bytes.length / widthOf(dtype) }, (_, k) => elementIn(bytes, dtype, k));
}

const OPS = vectorsOf<{ cases: { op: string; descriptor: Hex; operands: Tensor[]; result: Tensor }[] }>(
  "ops",
);

test("binary and leadingZeros__every pair of edge operands__the reference's result", () => {
  let compared = 0;
  for (const vector of OPS.cases) {
    const [a, b] = vector.operands;
    const { op } = decodeNode(fromHex(vector.descriptor), 3);
    if (!a || ((op < OP.ADD || op > OP.LE) && op !== OP.CLZ)) continue;
    const dtype = DTYPES.indexOf(a.dtype);
    const right = b ? valuesOf(b) : [];
    const made = valuesOf(a).map((value, k) =>
      op === OP.CLZ ? leadingZeros(dtype, value) : binary(op, dtype, value, right[k] as bigint),
    );
    expect([vector.op, a.dtype, made]).toEqual([vector.op, a.dtype, valuesOf(vector.result)]);
    compared += made.length;
  }
  expect(compared).toBeGreaterThan(10_000);
});
