import { expect, test } from "vitest";
import { dutyOf, positionOf } from "@/features/disputes/duties";
import { positionKey } from "@/leaf/positions";
import { detailOf } from "@/test/disputes";
import { GAMES, gameOf } from "@/test/games";

const running = detailOf(gameOf("a sum"), 2);
const over = detailOf(gameOf("a sum"));
const ruled = { ...over, claim: { ...over.claim, state: "CONVICTED" as const } };

test.each([
  [running, 1_770, null],
  [running, 1_771, "call_time"],
  [running, null, null],
  [{ ...running, turn: null, clock_ends: null }, 1_100, "close_game"],
  [ruled, 1_100, "enforce"],
  [over, 9_999, null],
] as const)("dutyOf__case %#__what anyone may do", (game, now, duty) => {
  expect(dutyOf(game, now)).toBe(duty);
});

test("positionOf__every golden position as the API tells it__the key that the game stores", () => {
  for (const game of GAMES) {
    for (const level of detailOf(game).descent)
      expect(positionKey(game.claim_id, positionOf(level.position))).toBe(level.key);
  }
});
