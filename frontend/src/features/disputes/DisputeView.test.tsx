// @vitest-environment jsdom
import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import "@/features/disputes/LeafCard";
import { DisputeView } from "@/features/disputes/DisputeView";
import type { GameDetail } from "@/lib/api/disputeTypes";
import { keys } from "@/lib/api/keys";
import { detailOf } from "@/test/disputes";
import { gameOf } from "@/test/games";
import { jobOf } from "@/test/jobs";
import { address, CONFIG, renderScreen } from "@/test/render";

let game: GameDetail | null;
let contractSays: string;
const config = { ...CONFIG, contracts: { ...CONFIG.contracts, Leaf: address("6"), TermLeaf: address("7") } };
const show = (id = "0") => renderScreen(<DisputeView id={id} />, config);

function answer(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });
}

beforeEach(() => {
  contractSays = "0x";
  vi.stubGlobal(
    "fetch",
    vi.fn(async (url: string) => {
      if (url.includes("/disputes/")) return game ? answer(game) : answer({ title: "Not found" }, 404);
      if (url.includes("/jobs/"))
        return answer(
          jobOf({
            grade: 4,
            awardees: [
              {
                provider: address("d"),
                device_id: "0x",
                payee: address("d"),
                price_usd6: "100000",
                units: 1,
                name: "",
              },
            ],
          }),
        );
      if (url.includes("/status"))
        return answer({
          head: { number: 5, timestamp: 1_100, hash: "0x" },
          cursor: null,
          mirrors: [],
          problems: [],
        });
      if (url.startsWith("http")) return answer({ jsonrpc: "2.0", id: 1, result: contractSays });
      return answer({ results: [], next: null });
    }),
  );
});

afterEach(() => vi.unstubAllGlobals());

const word = (value: bigint) => BigInt.asUintN(256, value).toString(16).padStart(64, "0");

test("DisputeView__a game convicted by a leaf__descent, operands, verdict and split", async () => {
  game = detailOf(gameOf("a product of a dot"));
  show("0");
  expect(await screen.findByText("Recomputed in your browser: same as the contract.")).toBeVisible();
  expect(screen.getByText(/term 5 of element \[0, 4, 0\] of node 2: dot/)).toBeVisible();
  const operands = within(screen.getByRole("table", { name: "Operands, opened and proven" }));
  expect(operands.getAllByRole("row")).toHaveLength(3);
  expect(within(screen.getByRole("list", { name: "The descent" })).getAllByRole("heading")).toHaveLength(8);
  expect(screen.getByText("to the buyer", { exact: false })).toBeVisible();
  expect(screen.getByText("burned")).toBeVisible();
});

test("DisputeView__the contract is asked__its own number stands beside the browser's", async () => {
  game = detailOf(gameOf("a product of a dot"));
  contractSays = `0x${word(0n)}${word(-77n)}`;
  show("0");
  expect(await screen.findByText("-77")).toBeVisible();
});

test("DisputeView__a verdict that the calldata does not bear out__says not to trust the page", async () => {
  game = { ...detailOf(gameOf("a product of a dot")), verdict: "DEFENDED_PROGRAM" };
  if (game.ruling) game.ruling.verdict = "DEFENDED_PROGRAM";
  show("0");
  expect(await screen.findByText(/comes to another verdict than the contract/)).toBeVisible();
});

test("DisputeView__calldata of another game__says not to trust the page", async () => {
  game = { ...detailOf(gameOf("a product of a dot")), id: "4" };
  show("4");
  expect(await screen.findByText(/comes to another verdict than the contract/)).toBeVisible();
});

test("DisputeView__a running game__who is on the clock and what is at stake", async () => {
  game = detailOf(gameOf("a product of a dot"), 5);
  show("0");
  expect(await screen.findByText("on the clock")).toBeVisible();
  await waitFor(() =>
    // 800 s, 30 used before, 100 since the turn began
    expect(screen.getByRole("timer", { name: "Challenger's clock" })).toHaveTextContent("11 min 10 s"),
  );
  expect(screen.getByRole("timer", { name: "Provider's clock" })).toHaveTextContent("13 min");
  expect(screen.getByText("The challenger is to name what differs.")).toBeVisible();
  expect(await screen.findByText("0.14")).toBeVisible();
});

test("DisputeView__no calldata from the node__says why nothing is recomputed", async () => {
  game = detailOf(gameOf("a product of a dot"));
  if (game.ruling) Object.assign(game.ruling, { calldata: null, function: null, args: null });
  show("0");
  expect(await screen.findByText(/does not give the ruling transaction/)).toBeVisible();
});

test.each(["99", "../../status", "1".repeat(30)])(
  "DisputeView__no such game %s__not found, with a way out",
  async (id) => {
    game = null;
    show(id);
    expect(await screen.findByText("The game was not found")).toBeVisible();
  },
);

test("DisputeView__a game that a reorganisation took back__says so", async () => {
  game = detailOf(gameOf("a sum"), 2);
  const { client } = show("0");
  expect(await screen.findByText("on the clock")).toBeVisible();
  game = null;
  await client.invalidateQueries({ queryKey: keys.dispute("0") });
  expect(await screen.findByText("The chain took this game back")).toBeVisible();
});
