import { expect, test } from "vitest";
import { descentOf, pathOf } from "@/features/disputes/descent";
import { detailOf } from "@/test/disputes";
import { GAMES, gameOf } from "@/test/games";

test.each(GAMES.map((game) => [game.name, game] as const))(
  "descentOf__a lie in %s__each level names exactly one part",
  (_, game) => {
    const rungs = descentOf(detailOf(game));
    expect(rungs).toHaveLength(game.positions.length);
    for (const rung of rungs) {
      expect([rung.title, rung.named]).not.toEqual([rung.title, null]);
      expect(rung.cells.length).toBeLessThanOrEqual(32);
      // the committed states of a loop are no part of the row of nodes that an item shows
      const named = rung.cells.filter((cell) => cell.mark === "named").length;
      const whole = rung.named?.startsWith("the committed states") || rung.named?.startsWith("which loops");
      expect([rung.title, named]).toEqual([rung.title, whole ? 0 : 1]);
    }
  },
);

test("descentOf__a product of a dot in step 7 of a loop__says so, level by level", () => {
  const rungs = descentOf(detailOf(gameOf("a product of a dot")));
  expect(rungs.map((rung) => rung.named)).toEqual([
    "item 0",
    "nodes 12–13",
    "node 13: a loop of 20 steps",
    "step 7 of 20",
    "nodes 0–3",
    "node 2: dot i32[1, 6, 6]",
    "element [0, 4, 0]",
    "term 5",
  ]);
  expect(pathOf(rungs)).toEqual([
    "item 0",
    "node 13: a loop of 20 steps",
    "step 7 of 20",
    "node 2: dot i32[1, 6, 6]",
    "element [0, 4, 0]",
    "term 5",
  ]);
});

test("descentOf__a level that is not named yet__its parts are open", () => {
  const rungs = descentOf(detailOf(gameOf("a product of a dot"), 5));
  const last = rungs.at(-1);
  expect(last?.named).toBeNull();
  expect(new Set(last?.cells.map((cell) => cell.mark))).toEqual(new Set(["open"]));
});

test("descentOf__an answer whose bytes do not decode__no cells, no crash", () => {
  const game = detailOf(gameOf("a sum"));
  for (const level of game.descent) if (level.answer) level.answer.args = null;
  for (const rung of descentOf(game)) expect(rung.title).not.toBe("");
});

test("descentOf__nothing answered yet__one open level", () => {
  const game = detailOf(gameOf("a sum"), 1);
  if (game.descent[0]) game.descent[0].answer = null;
  const [rung] = descentOf(game);
  expect(rung?.cells).toEqual([]);
  expect(rung?.named).toBeNull();
});
