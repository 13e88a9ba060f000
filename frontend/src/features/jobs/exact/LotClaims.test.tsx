// @vitest-environment jsdom
import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { compensationOf, hasClaims, isExact } from "@/features/jobs/exact/exact";
import { LotClaims } from "@/features/jobs/exact/LotClaims";
import type { LotClaim } from "@/lib/api/disputeTypes";
import { jobOf, lotOf } from "@/test/jobs";
import { address, hash, renderScreen } from "@/test/render";

function claimOf(change: Partial<LotClaim> = {}): LotClaim {
  return {
    claim_id: hash("1"),
    place: 0,
    provider: address("a"),
    root: hash("2"),
    standing: true,
    stated: false,
    convicted: false,
    reason: null,
    games: 0,
    open_games: [],
    slashed_usd6: "0",
    enforced_tx: null,
    split: [],
    ...change,
  };
}

const exact = { client_salt: hash("4"), runtime_class: hash("0") };
const fallen = {
  standing: false,
  convicted: true,
  stated: true,
  reason: "CONVICTED_LEAF",
  games: 2,
  slashed_usd6: "200000",
  enforced_tx: hash("f"),
  split: [
    { kind: "reward", account: address("c"), amount_usd6: "100000" },
    { kind: "compensation", account: address("b"), amount_usd6: "50000" },
  ],
} as const satisfies Partial<LotClaim>;

test("isExact and hasClaims__runtime class and grade__exact jobs above trusted can be challenged", () => {
  expect(isExact(jobOf())).toBe(false);
  expect(isExact(jobOf({ terms: exact }))).toBe(true);
  expect(hasClaims(jobOf({ terms: exact, grade: 4 }))).toBe(true);
  expect(hasClaims(jobOf({ terms: exact, grade: 1 }))).toBe(false);
  expect(hasClaims(jobOf({ grade: 3 }))).toBe(false);
});

test("LotClaims__a standing and a challenged claim in a contested lot__each says what can happen", async () => {
  const challenged = claimOf({ claim_id: hash("5"), place: 1, stated: true, games: 1, open_games: ["7"] });
  const lot = lotOf({
    phase: "WINDOW",
    window_end: 900,
    held: true,
    contested: true,
    claims: [claimOf(), challenged],
  });
  renderScreen(<LotClaims lot={lot} />);
  expect(await screen.findByText("stands")).toBeVisible();
  expect(screen.getByText("challenged")).toBeVisible();
  expect(screen.getByText("held")).toBeVisible();
  expect(screen.getByText(/The first place wins at the end of the window/)).toBeVisible();
  expect(screen.getByRole("link", { name: "game 7" })).toHaveAttribute("href", "/disputes/7");
});

test("LotClaims__a convicted claim__its slash and where it went", async () => {
  const split = [...fallen.split];
  renderScreen(<LotClaims lot={lotOf({ phase: "CLOSED", claims: [claimOf({ ...fallen, split })] })} />);
  expect(await screen.findByText("convicted")).toBeVisible();
  expect(screen.getByText("to the buyer")).toBeVisible();
  expect(screen.getByRole("link", { name: "2 games" })).toHaveAttribute(
    "href",
    expect.stringContaining("claim="),
  );
});

test("LotClaims__a ruling nobody has enforced__says so", async () => {
  const claim = claimOf({ ...fallen, enforced_tx: null, split: [], slashed_usd6: "0" });
  renderScreen(<LotClaims lot={lotOf({ phase: "WINDOW", held: true, claims: [claim] })} />);
  expect(await screen.findByText("convicted, not enforced")).toBeVisible();
});

test("LotClaims__nothing revealed__says so", async () => {
  renderScreen(<LotClaims lot={lotOf()} />);
  expect(await screen.findByText("No result of this lot is revealed yet.")).toBeVisible();
});

test("compensationOf__two places convicted in one transaction__its lines count once", () => {
  const split = [...fallen.split];
  const claims = [
    claimOf({ ...fallen, split }),
    claimOf({ ...fallen, split, place: 1, claim_id: hash("9") }),
  ];
  const later = claimOf({ ...fallen, split, enforced_tx: hash("e") });
  expect(compensationOf([lotOf({ claims }), lotOf({ lot: 1, claims: [later] })])).toBe(100_000n);
  expect(compensationOf([lotOf()])).toBe(0n);
});
