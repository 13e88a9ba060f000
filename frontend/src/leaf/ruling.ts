/**
 * The move that ends a game, checked again from its calldata: the position it was made at, the answer it names something in,
 * and the leaf. Says the verdict that the contract must have come to, and how.
 */
import { decodeFunctionData } from "viem";
import type { Node } from "@/leaf/descriptor";
import { CODE_WORDS, CODES, FalseEvidence } from "@/leaf/errors";
import { type Found, judged, MOVES, type Shown } from "@/leaf/namings";
import { type Position, positionKey, unpackPosition } from "@/leaf/positions";
import { type Read, type Step, Steps } from "@/leaf/steps";
import type { Hex } from "@/lib/bytes";

/** GOES_ON: no ruling; REFUSED: the contract reverts on this move, so nobody has moved. */
export type Verdict = "CONVICTED_LEAF" | "DEFENDED_PROGRAM" | "GOES_ON" | "REFUSED";

export interface Ruling {
  readonly move: string;
  readonly gameId: bigint;
  readonly claimId: Hex;
  readonly position: Position;
  readonly verdict: Verdict;
  /** Why, in words. */
  readonly reason: string;
  readonly node: Node | null;
  readonly nodeIndex: number;
  readonly element: bigint | null;
  readonly term: bigint | null;
  readonly claimed: Shown | null;
  /** null where nothing was recomputed. */
  readonly right: Shown | null;
  readonly reads: readonly Read[];
  readonly steps: readonly Step[];
}

/** What the ruling move of this calldata comes to; throws when it is no move that can end a game. */
export function ruleOn(calldata: Hex): Ruling {
  const move = decodeFunctionData({ abi: MOVES, data: calldata });
  const [gameId, claimId, packed] = move.args as unknown as [bigint, Hex, Hex];
  const position = unpackPosition(packed);
  const steps = new Steps();
  const known = { move: move.functionName, gameId, claimId, position };
  const nothing = {
    node: null,
    nodeIndex: Number(position.node),
    element: null,
    term: null,
    claimed: null,
    right: null,
  };
  try {
    steps.note(
      "position",
      `The move was made at the position with the key ${positionKey(claimId, position)}.`,
    );
    const found = judged(move, position, steps);
    const { verdict, reason } = ruled(found);
    steps.note("verdict", reason);
    return {
      ...known,
      verdict,
      reason,
      node: found.node,
      nodeIndex: found.nodeIndex,
      element: found.element ?? null,
      term: found.term ?? null,
      claimed: found.claimed ?? null,
      right: found.right ?? null,
      reads: steps.reads,
      steps: steps.list,
    };
  } catch (error) {
    if (!(error instanceof FalseEvidence)) throw error;
    const reason = `The move proves nothing: ${error.message}.`;
    return { ...known, ...nothing, verdict: "REFUSED", reason, reads: steps.reads, steps: steps.list };
  }
}

function ruled({ code, differs }: Found): { verdict: Verdict; reason: string } {
  if (code !== CODES.OK)
    return {
      verdict: "DEFENDED_PROGRAM",
      reason: `The program itself is malformed here: ${CODE_WORDS[code]}.`,
    };
  if (differs === null)
    return { verdict: "GOES_ON", reason: "The evidence holds; the game goes on from here." };
  return differs
    ? {
        verdict: "CONVICTED_LEAF",
        reason: "Recomputed, and it differs from the claim: the claim is convicted.",
      }
    : {
        verdict: "REFUSED",
        reason: "Recomputed, and it is what was claimed: the contract reverts such a move.",
      };
}
