/** What each ruling move claims, and what the leaf says of it. Refusals throw FalseEvidence, as the contract reverts. */
import { type decodeFunctionData, encodeAbiParameters, keccak256 } from "viem";
import { frameMovesAbi, traceMovesAbi, valueMovesAbi } from "@/generated/contracts";
import type { Node } from "@/leaf/descriptor";
import { PAGE_BYTES, widthOf, written } from "@/leaf/dtypes";
import { must } from "@/leaf/errors";
import { decodeEvidence, frameOf } from "@/leaf/evidence";
import { leafHash, sameBytes } from "@/leaf/hashing";
import * as leaf from "@/leaf/leaf";
import { hasTerms, OP, opName } from "@/leaf/operations";
import {
  digestOf,
  frameKey,
  headed,
  leafIndex,
  nodesRow,
  openedDigest,
  type Position,
  partialsOf,
  segmentsOf,
} from "@/leaf/positions";
import { join } from "@/leaf/scalar";
import { STATE } from "@/leaf/states";
import type { Steps } from "@/leaf/steps";
import { fromHex, type Hex, toHex } from "@/lib/bytes";

/** Functions of the contracts whose moves a leaf may rule on. */
export const MOVES = [...valueMovesAbi, ...frameMovesAbi, ...traceMovesAbi] as const;

/** A value of the program, or the root of one. */
export type Shown = bigint | Hex;

export interface Found {
  code: number;
  /** Whether what was recomputed differs from the claim; null: the game would go on. */
  differs: boolean | null;
  node: Node | null;
  nodeIndex: number;
  element?: bigint;
  term?: bigint;
  claimed?: Shown;
  right?: Shown | null;
}

export type Move = ReturnType<typeof decodeFunctionData<typeof MOVES>>;

/** What the move comes to. */
export function judged(move: Move, position: Position, steps: Steps): Found {
  switch (move.functionName) {
    case "name_element":
      return nameElement(position, move.args[3], move.args[4], move.args[5], move.args[6], steps);
    case "name_term":
      return nameTerm(position, move.args[3], move.args[4], move.args[5], move.args[6], steps);
    case "name_entry": {
      const [, , , frame, child, evidence] = move.args;
      inState(position, STATE.TUPLE);
      inFrame(position, frame);
      const entry = leafIndex(position, child);
      steps.note("position", `The named entry ${entry} hashes to the contested tuple.`);
      const answer = leaf.rootOf(
        frameOf(frame),
        Number(position.node),
        entry,
        decodeEvidence(evidence),
        steps,
      );
      return compared(answer, Number(position.node), child.hash);
    }
    case "name_node":
      return nameNode(position, move.args[3], move.args[4], move.args[5], steps);
    case "name_trace":
    case "name_loop":
      return nameLoops(move, position, steps);
    case "name_state": {
      const [, , , frame, child, , , evidence] = move.args;
      inState(position, STATE.STATES);
      inFrame(position, frame);
      const index = leafIndex(position, child);
      const node = Number(position.node);
      const answer = leaf.loopFacts(frameOf(frame), node, decodeEvidence(evidence), steps);
      if (answer.value === null || index > 0n)
        return { code: answer.code, differs: null, node: answer.node, nodeIndex: node };
      const carry = toHex(answer.value.carry);
      const differs = carry !== child.hash;
      return { code: 0, differs, node: answer.node, nodeIndex: node, claimed: child.hash, right: carry };
    }
    default:
      throw new Error(`${move.functionName} is not a move that a leaf rules on`);
  }
}

type Arguments<Name extends string> = Extract<Move, { functionName: Name }>["args"];
type Frame = Arguments<"name_element">[5];

function inState(position: Position, state: number): void {
  must(Number(position.state) === state, "the move is made in another state of the game");
}

function inFrame(position: Position, frame: Frame): void {
  must(frameKey(frame) === position.frame, "the move names another frame");
}

function compared(answer: leaf.Answer<Uint8Array>, nodeIndex: number, claimed: Hex): Found {
  if (answer.value === null)
    return { code: answer.code, differs: null, node: answer.node, nodeIndex, claimed };
  const right = toHex(answer.value);
  return { code: 0, differs: right !== claimed, node: answer.node, nodeIndex, claimed, right };
}

function nameElement(
  position: Position,
  pageHex: Hex,
  place: bigint,
  frame: Frame,
  evidence: Hex,
  steps: Steps,
): Found {
  inState(position, STATE.PAGE);
  inFrame(position, frame);
  const head = fromHex(position.head);
  const dtype = head[0] as number;
  const width = widthOf(dtype);
  const shown = fromHex(pageHex);
  must(place < BigInt(Math.floor(shown.length / width)), "the page has no such element");
  const page = new Uint8Array(PAGE_BYTES);
  page.set(shown);
  must(
    sameBytes(headed(position, leafHash(page)), fromHex(position.root)),
    "the page does not hash to the contested root",
  );
  const digest = digestOf(keccak256(encodeAbiParameters([{ type: "bytes" }], [pageHex])));
  steps.note(
    "answer",
    `The page that the defender showed hashes to the contested root; its digest is ${digest}.`,
  );
  const element = position.index * BigInt(PAGE_BYTES / width) + place;
  const claimed = written(page, dtype, Number(place));
  const node = Number(position.node);
  if (hasTerms(Number(position.kind))) {
    const answer = leaf.terms(frameOf(frame), node, decodeEvidence(evidence), steps);
    return { code: answer.code, differs: null, node: answer.node, nodeIndex: node, element, claimed };
  }
  const answer = leaf.element(frameOf(frame), node, element, decodeEvidence(evidence), steps);
  return ofValue(answer, node, claimed, { element }, steps);
}

function nameTerm(
  position: Position,
  packed: Hex,
  index: bigint,
  frame: Frame,
  evidence: Hex,
  steps: Steps,
): Found {
  inState(position, STATE.TERMS);
  inFrame(position, frame);
  const { width, number } = segmentsOf(position.first, position.last);
  const dtype = fromHex(position.head)[0] as number;
  const partials = partialsOf(dtype, packed);
  must(index < number && packed.length === 2 + 16 * Number(number), "there is no such segment");
  const k = position.first + index * width;
  must((k + width < position.last ? width : position.last - k) === 1n, "the segment has more than one term");
  const total = partials.reduce((sum, part) => join(Number(position.kind), dtype, sum, part));
  must(total === position.value, "the partial values do not join to the contested one");
  const digest = digestOf(keccak256(encodeAbiParameters([{ type: "bytes" }], [packed])));
  steps.note(
    "answer",
    `The ${number} partial values that the defender showed join to the contested ${position.value}; their digest is ${digest}.`,
  );
  const claimed = partials[Number(index)] as bigint;
  const node = Number(position.node);
  const answer = leaf.term(frameOf(frame), node, position.element, k, decodeEvidence(evidence), steps);
  return ofValue(answer, node, claimed, { element: position.element, term: k }, steps);
}

function ofValue(
  answer: leaf.Answer<bigint>,
  nodeIndex: number,
  claimed: bigint,
  place: { element: bigint; term?: bigint },
  steps: Steps,
): Found {
  const { code, node, value } = answer;
  if (value !== null && node)
    steps.note("value", `${opName(node.op)} of what was opened is ${value}; the claim says ${claimed}.`);
  const differs = value === null ? null : value !== claimed;
  return { code, differs, node, nodeIndex, ...place, claimed, right: value };
}

function nameNode(
  position: Position,
  opened: Arguments<"name_node">[3],
  child: Arguments<"name_node">[4],
  evidence: Hex,
  steps: Steps,
): Found {
  const row = nodesRow(position, opened);
  if (row !== position)
    steps.note("answer", `The frame that the defender opened has the digest ${openedDigest(opened)}.`);
  const node = Number(leafIndex(row, child));
  steps.note("position", `The named value, of node ${node}, hashes to the contested node trace.`);
  const given = decodeEvidence(evidence);
  const frame = frameOf(opened.frame);
  const op = given.descriptor[0];
  must(op !== undefined, "the evidence has no descriptor");
  if (op === OP.PARAM || op === OP.CONST || op === OP.PART)
    return compared(leaf.rootOf(frame, node, 0n, given, steps), node, child.hash);
  const answer =
    op === OP.LOOP ? leaf.loopFacts(frame, node, given, steps) : leaf.nodeOf(frame, node, given, steps);
  return { code: answer.code, differs: null, node: answer.node, nodeIndex: node, claimed: child.hash };
}

/** An entry that the defender calls a loop's states and is none, or a loop with states that its entries leave out. */
function nameLoops(
  move: Extract<Move, { functionName: "name_trace" | "name_loop" }>,
  position: Position,
  steps: Steps,
): Found {
  const [, , , opened, entries, loops, which, evidence] = move.args;
  inState(position, STATE.ITEM);
  const types = [{ type: "bytes32[]" }, { type: "uint256[]" }] as const;
  const listed = keccak256(encodeAbiParameters(types, [entries, loops]));
  must(listed === opened.extra, "the move shows other entries than the defender did");
  steps.note("answer", `The entries are those of the defender's answer, digest ${openedDigest(opened)}.`);
  const given = decodeEvidence(evidence);
  const frame = frameOf(opened.frame);
  if (move.functionName === "name_loop") {
    must(!loops.includes(which), "this loop is listed");
    const node = Number(which);
    const answer = leaf.loopFacts(frame, node, given, steps);
    if (answer.value === null)
      return { code: answer.code, differs: null, node: answer.node, nodeIndex: node };
    return { code: 0, differs: answer.value.stride > 0n, node: answer.node, nodeIndex: node };
  }
  must(which > 0n && which < BigInt(entries.length), "there is no such state trace");
  const node = Number(loops[Number(which) - 1]);
  const claimed = entries[Number(which)] as Hex;
  const isLoop = given.descriptor[0] === OP.LOOP;
  const answer = isLoop ? leaf.loopFacts(frame, node, given, steps) : leaf.nodeOf(frame, node, given, steps);
  const stride = answer.value !== null && "stride" in answer.value ? answer.value.stride : 0n;
  const differs = answer.value !== null && stride === 0n ? true : null;
  return { code: answer.code, differs, node: answer.node, nodeIndex: node, claimed };
}
