/**
 * The leaf of a dispute, in the browser: twin of contracts/{Leaf,TermLeaf,RootLeaf}.vy, written from FORMAT.md and the
 * interfaces. Held against the contracts' own answers in tests/vectors/leaf.json.
 *
 * Each function answers as the contract's of the same name: a code first (0, or why the program is malformed), then what it
 * recomputed. Evidence that proves nothing throws FalseEvidence where the contract reverts.
 */
import type { Node } from "@/leaf/descriptor";
import { elementOf, judgeElements } from "@/leaf/element";
import { CODES, Malformed } from "@/leaf/errors";
import type { Hash } from "@/leaf/hashing";
import { type Evidence, type Frame, Opening } from "@/leaf/opening";
import { Steps } from "@/leaf/steps";
import { joinOf, judgeTerms, termOf, termsOf } from "@/leaf/term";
import { judgeValue, type Loop, loopOf, valueRoot } from "@/leaf/values";

export interface Answer<T> {
  readonly code: number;
  /** null when the code is not 0. */
  readonly value: T | null;
  /** null when the descriptor says no node. */
  readonly node: Node | null;
}

interface Question<T> {
  judge(node: Node): void;
  compute(node: Node, opening: Opening): T;
  /** Whether the contract looks for what is left over even where the descriptor alone is malformed. */
  finishes?: boolean;
}

function ask<T>(
  frame: Frame,
  index: number,
  evidence: Evidence,
  steps: Steps,
  question: Question<T>,
): Answer<T> {
  const opening = new Opening(frame, evidence, steps);
  let node: Node | null = null;
  let finishes = question.finishes === true;
  try {
    node = opening.node(index);
    question.judge(node);
    finishes = true;
    const value = question.compute(node, opening);
    opening.finish();
    return { code: CODES.OK, value, node };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    if (finishes) {
      opening.giveUp();
      opening.finish();
    }
    return { code: error.code, value: null, node };
  }
}

export function element(
  frame: Frame,
  node: number,
  index: bigint,
  evidence: Evidence,
  steps = new Steps(),
): Answer<bigint> {
  return ask(frame, node, evidence, steps, {
    judge: judgeElements,
    compute: (found, opening) => elementOf(found, index, opening),
  });
}

export interface Terms {
  readonly count: bigint;
  readonly join: number;
  readonly dtype: number;
}

export function terms(frame: Frame, node: number, evidence: Evidence, steps = new Steps()): Answer<Terms> {
  return ask(frame, node, evidence, steps, {
    judge: judgeTerms,
    compute: (found, opening) => ({
      count: termsOf(found, opening),
      join: joinOf(found),
      dtype: found.dtype,
    }),
  });
}

export function term(
  frame: Frame,
  node: number,
  index: bigint,
  k: bigint,
  evidence: Evidence,
  steps = new Steps(),
): Answer<bigint> {
  return ask(frame, node, evidence, steps, {
    judge: judgeTerms,
    compute: (found, opening) => termOf(found, index, k, opening),
  });
}

export function rootOf(
  frame: Frame,
  node: number,
  entry: bigint,
  evidence: Evidence,
  steps = new Steps(),
): Answer<Hash> {
  return ask(frame, node, evidence, steps, {
    judge: judgeValue,
    compute: (found, opening) => valueRoot(found, entry, frame, opening),
  });
}

export function nodeOf(frame: Frame, node: number, evidence: Evidence, steps = new Steps()): Answer<Node> {
  return ask(frame, node, evidence, steps, { judge: judgeValue, compute: (found) => found, finishes: true });
}

export function loopFacts(frame: Frame, node: number, evidence: Evidence, steps = new Steps()): Answer<Loop> {
  return ask(frame, node, evidence, steps, {
    judge: judgeValue,
    compute: (found, opening) => loopOf(found, opening),
  });
}
