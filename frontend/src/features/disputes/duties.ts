/** What a game or its claim waits for that anyone may do. */
import type { Position } from "@/leaf/positions";
import { STATE } from "@/leaf/states";
import type { GameDetail, PositionJson } from "@/lib/api/disputeTypes";

/** call_time: a clock has run out. close_game: the claim fell in another game. enforce: a ruling waits to be acted on. */
export type Duty = "call_time" | "close_game" | "enforce";

export function dutyOf(
  game: Pick<GameDetail, "state" | "turn" | "clock_ends" | "claim">,
  now: number | null,
): Duty | null {
  if (game.state === "OPEN" && game.turn === null) return "close_game";
  if (game.clock_ends !== null && now !== null && now > game.clock_ends) return "call_time";
  return game.claim.state === "CONVICTED" ? "enforce" : null;
}

/** The position as the contract has it. */
export function positionOf(json: PositionJson): Position {
  return {
    state: BigInt(STATE[json.state]),
    frame: json.frame,
    node: BigInt(json.node),
    root: json.root,
    head: json.head,
    rooted: json.rooted,
    count: BigInt(json.count),
    level: BigInt(json.level),
    index: BigInt(json.index),
    agreed: json.agreed,
    first: BigInt(json.first),
    last: BigInt(json.last),
    kind: BigInt(json.kind),
    element: BigInt(json.element),
    value: BigInt(json.value),
  };
}
