/** Games that the leaf contracts ruled on: the browser comes to the same verdict from the last move's calldata alone. */
import { decodeFunctionData, encodeFunctionData } from "viem";
import { expect, test } from "vitest";
import { valueMovesAbi } from "@/generated/contracts";
import { MOVES } from "@/leaf/namings";
import { positionKey } from "@/leaf/positions";
import { ruleOn } from "@/leaf/ruling";
import type { Hex } from "@/lib/bytes";
import { GAMES, gameOf } from "@/test/games";

test.each(GAMES.map((game) => [game.name, game] as const))(
  "ruleOn__a lie in %s__the contract's verdict",
  (_, game) => {
    const ruling = ruleOn(game.final.calldata);
    expect(ruling.move).toBe(game.final.move);
    expect(ruling.verdict).toBe(game.verdict);
    expect(positionKey(ruling.claimId, ruling.position)).toBe(game.keys.at(-1));
    expect(ruling.steps.length).toBeGreaterThan(2);
  },
);

test("ruleOn__a product of a dot__operands, the right value and the claimed one", () => {
  const ruling = ruleOn(gameOf("a product of a dot").final.calldata);
  expect(ruling.reads.map((read) => read.dtype)).toEqual([3, 3]);
  const [a, b] = ruling.reads.map((read) => read.value) as [bigint, bigint];
  const clamp = (x: bigint, limit: bigint) => (x > limit ? limit : x < -limit ? -limit : x);
  expect(ruling.right).toBe(clamp(a, 127n) * clamp(b, 255n));
  expect(ruling.claimed).not.toBe(ruling.right);
  expect(ruling.term).not.toBeNull();
});

test("ruleOn__the claim was right all along__the contract would revert", () => {
  const { calldata } = gameOf("a comparison").final;
  const move = decodeFunctionData({ abi: MOVES, data: calldata });
  if (move.functionName !== "name_element") throw new Error("another move");
  const [game, claim, position, page, place, frame, evidence] = move.args;
  // the neighbour of the element that was lied about
  const args = [game, claim, position, page, place > 0n ? place - 1n : place + 1n, frame, evidence] as const;
  const ruling = ruleOn(encodeFunctionData({ abi: valueMovesAbi, functionName: "name_element", args }));
  expect(ruling.verdict).toBe("REFUSED");
  expect(ruling.claimed).toBe(ruling.right);
});

test.each([1, 5, 9])("ruleOn__evidence cut by %s words__refused, not a crash", (words) => {
  const { calldata } = gameOf("a product of a dot").final;
  const cut = `${calldata.slice(0, -64 * words - 128)}${"00".repeat(32 * words + 64)}` as Hex;
  expect(ruleOn(cut).verdict).toBe("REFUSED");
});

test("ruleOn__calldata of no such move__an error that says so", () => {
  expect(() => ruleOn("0x12345678")).toThrow();
  expect(() => ruleOn("0x")).toThrow();
});
