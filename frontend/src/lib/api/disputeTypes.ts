/** Shapes of /api/v1/disputes, /claims and /convictions, as the screens read them; conventions as in types.ts. */
import type { Finality } from "@/lib/api/types";
import type { Hex } from "@/lib/bytes";

export type GameVerdict =
  | "CONVICTED_LEAF"
  | "CONVICTED_CLOCK"
  | "DEFENDED_CLOCK"
  | "DEFENDED_PROGRAM"
  | "CLOSED";

export type PositionState =
  | "ITEMS"
  | "ITEM"
  | "STEP"
  | "NODES"
  | "TUPLE"
  | "STATES"
  | "LOOP"
  | "PAGES"
  | "PAGE"
  | "TERMS";

export type Side = "DEFENDER" | "CHALLENGER";

export interface SplitLine {
  kind: "reward" | "compensation" | "kitty" | "burned" | "poke";
  account: Hex | null;
  amount_usd6: string;
}

export interface Claim {
  id: Hex;
  job_id: Hex;
  lot: number;
  place: number;
  defender: Hex;
  root: Hex;
  items: number;
  first_item: string;
  program_root: Hex;
  inputs_root: Hex;
  move_seconds: number;
  stated_at: number;
  state: "STANDING" | "CONVICTED" | "ENFORCED";
  games: number;
  open_games: string[];
  held: boolean;
  window_end: number | null;
  reason: string | null;
  reason_text: string | null;
  convicted_by: Hex | null;
  convicted_at: number | null;
  convicted_tx: Hex | null;
  enforced_at: number | null;
  enforced_tx: Hex | null;
  slashed_usd6: string;
  split: SplitLine[];
  block: number;
  tx: Hex;
  finality: Finality;
}

export interface Game {
  id: string;
  claim_id: Hex;
  job_id: Hex;
  lot: number;
  place: number;
  challenger: Hex;
  defender: Hex;
  state: "OPEN" | "ENDED";
  verdict: GameVerdict | null;
  verdict_text: string | null;
  contested: PositionState;
  bond_usd6: string;
  /** Each side's, for the whole game. */
  clock_seconds: number;
  /** Before `turn_since`. */
  defender_used_seconds: number;
  challenger_used_seconds: number;
  /** Who is on the clock; null once the game is over or its claim fell in another game. */
  turn: Side | null;
  turn_since: number | null;
  clock_ends: number | null;
  steps: number;
  moves: number;
  paid: Hex | null;
  paid_usd6: string;
  opened_at: number;
  ended_at: number | null;
  ended_tx: Hex | null;
  block: number;
  tx: Hex;
  finality: Finality;
}

export interface TensorHead {
  dtype: number;
  dims: number[];
}

/** A member is 0 where the state does not use it; numbers of up to 256 bits are decimal text. */
export interface PositionJson {
  state: PositionState;
  frame: Hex;
  node: string;
  root: Hex;
  head: Hex;
  tensor: TensorHead | null;
  rooted: boolean;
  count: string;
  level: number;
  index: string;
  agreed: Hex;
  first: string;
  last: string;
  kind: number;
  element: string;
  value: string;
}

export type Arguments = Record<string, unknown>;

export interface GameAnswer {
  move: string;
  /** null where the bytes do not decode. */
  args: Arguments | null;
  data: Hex;
  at: number;
  tx: Hex;
  game_id: string;
  /** It was made for another game on the claim. */
  shared: boolean;
}

export interface Level {
  index: number;
  key: Hex;
  contested: string;
  position: PositionJson;
  contract: string;
  named_at: number;
  named_tx: Hex;
  defender_used_seconds: number;
  challenger_used_seconds: number;
  block: number;
  answer: GameAnswer | null;
}

export interface GameRuling {
  verdict: GameVerdict;
  text: string;
  at: number;
  tx: Hex;
  contract: string | null;
  function: string | null;
  args: Arguments | null;
  /** null while the server's node does not give it. */
  calldata: Hex | null;
}

export interface ProgramOf {
  root: Hex | null;
  artifact: Hex | null;
  kind: string | null;
  title: string | null;
  spec_hash: Hex | null;
}

export interface GameDetail extends Game {
  claim: Claim;
  program: ProgramOf;
  descent: Level[];
  ruling: GameRuling | null;
}

export interface Conviction {
  provider: Hex;
  job_id: Hex;
  lot: number;
  place: number;
  reason: string;
  reason_text: string | null;
  slashed_usd6: string;
  claim_id: Hex | null;
  split: SplitLine[];
  timestamp: number;
  block: number;
  tx: Hex;
  finality: Finality;
}

/** A revealed root of a place as a claim that can be challenged. */
export interface LotClaim {
  claim_id: Hex;
  place: number;
  provider: Hex;
  root: Hex;
  standing: boolean;
  stated: boolean;
  convicted: boolean;
  reason: string | null;
  games: number;
  open_games: string[];
  slashed_usd6: string;
  enforced_tx: Hex | null;
  split: SplitLine[];
}
