/** Games in plain words; one place, ready for translation. */
import type { Duty } from "@/features/disputes/duties";
import type { Claim, Game, GameVerdict, PositionState, Side, SplitLine } from "@/lib/api/disputeTypes";
import type { Tone } from "@/ui/Badge";

export const VERDICTS: Record<GameVerdict, { label: string; tone: Tone; what: string }> = {
  CONVICTED_LEAF: {
    label: "Convicted",
    tone: "bad",
    what: "The contract recomputed one scalar operation and got another value than was claimed.",
  },
  CONVICTED_CLOCK: {
    label: "Convicted by the clock",
    tone: "bad",
    what: "The provider did not answer in time, or had no answer that fits what it had claimed.",
  },
  DEFENDED_CLOCK: {
    label: "Defended",
    tone: "good",
    what: "The challenger did not move in time, or had nothing to name: the claim stands.",
  },
  DEFENDED_PROGRAM: {
    label: "Defended",
    tone: "good",
    what: "The program itself is malformed there, which no provider can mend: the claim stands.",
  },
  CLOSED: {
    label: "Closed",
    tone: "neutral",
    what: "Another game convicted the claim first; the challenger's bond went back.",
  },
};

export const CONTESTED: Record<PositionState, string> = {
  ITEMS: "which item",
  ITEM: "one item",
  STEP: "one step",
  NODES: "which node",
  TUPLE: "which tensor",
  STATES: "which state",
  LOOP: "which step",
  PAGES: "which page",
  PAGE: "which element",
  TERMS: "which term",
};

export const SIDES: Record<Side, string> = { DEFENDER: "Provider", CHALLENGER: "Challenger" };

export const SPLIT: Record<SplitLine["kind"], string> = {
  reward: "to the challenger",
  compensation: "to the buyer",
  kitty: "to the kitty",
  burned: "burned",
  poke: "to whoever enforced it",
};

export const CLAIMS: Record<Claim["state"], { label: string; tone: Tone; what: string }> = {
  STANDING: { label: "stands", tone: "info", what: "Nobody has proven it wrong." },
  CONVICTED: {
    label: "convicted",
    tone: "bad",
    what: "Ruled against. Anyone may enforce the ruling, which splits the bond and refunds the buyer.",
  },
  ENFORCED: { label: "convicted, enforced", tone: "bad", what: "Its bond is split and paid." },
};

export const DUTIES: Record<Duty, { title: string; text: string; label: string }> = {
  call_time: {
    title: "A clock has run out",
    text: "Whoever is on the clock has lost. Anyone may say so; the contract checks the times.",
    label: "Call time",
  },
  close_game: {
    title: "This game can be closed",
    text: "Another game has convicted the claim. Closing this one gives the challenger its bond back.",
    label: "Close the game",
  },
  enforce: {
    title: "A ruling waits to be enforced",
    text: "Anyone may make the market act on it: bonds are split, the buyer is refunded. Whoever does is paid a small price out of the slash.",
    label: "Enforce the ruling",
  },
};

export function stateOf(game: Pick<Game, "state" | "verdict" | "turn">): {
  label: string;
  tone: Tone;
  what: string;
} {
  if (game.verdict) return VERDICTS[game.verdict];
  if (game.turn === null)
    return { label: "To be closed", tone: "warn", what: "Another game has convicted the claim." };
  return {
    label: `${SIDES[game.turn]} to move`,
    tone: "accent",
    what: "Both sides descend to the first thing on which they differ. Silence loses.",
  };
}

export const strings = {
  title: "Disputes",
  lead: "Anyone may challenge a revealed result of exact arithmetic. Both sides descend to one scalar operation, and a contract computes it.",
  none: "No dispute yet",
  noneText: "A game opens when somebody re-executes a revealed result, gets other bits and puts up a bond.",
  noneFiltered: "No dispute matches these filters",
  descent: "The descent",
  descentNote:
    "At each level the provider shows what it claims, and the challenger names the first part that differs from its own run.",
  clocks: "Clocks",
  clocksNote: "Each side has one clock for the whole game. Silence loses.",
  ranOut: "ran out: anyone may call it",
  money: "Money at stake",
  split: "How the bonds that fell were split",
  bonds: "Bonds from disputes",
  bondsNote:
    "Bonds that games have paid to this account. Anyone may trigger the payment; it goes to the account.",
  withdrawBonds: "Withdraw bonds",
  noBonds: "No bonds to withdraw",
  waitAnswer: "The provider owes its answer.",
  waitName: "The challenger is to name what differs.",
  leaf: "The last step, recomputed here",
  leafNote:
    "Your browser takes the ruling transaction's own bytes, checks every hash in them, and computes the operation.",
  same: "Recomputed in your browser: same as the contract.",
  differs: "Your browser comes to another verdict than the contract. Do not trust this page; report it.",
  noCalldata: "The server's node does not give the ruling transaction yet, so there is nothing to recompute.",
  byClock: "This game was ended by a clock: there was no operation to recompute.",
  forwarded:
    "The ruling came through another contract; its own calldata is not a move, so it cannot be recomputed here.",
  reorg: "This game is in blocks that are not final: the chain could still take its last moves back.",
  vanished: "The chain took this game back",
  vanishedText:
    "It was here when you opened the page, and the chain has been reorganised since. If its transaction is mined again, it comes back.",
};
