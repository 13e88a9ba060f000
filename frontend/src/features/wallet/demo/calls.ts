/** Words for every call the pages make, by contract and function. */
import type { Abi } from "viem";
import {
  availabilityAbi,
  claimsAbi,
  disputeGameAbi,
  escrowAbi,
  jobBoardAbi,
  jobMarketAbi,
  stakeVaultAbi,
  testUsdAbi,
} from "@/generated/contracts";
import type { AppConfig } from "@/lib/api/types";
import { paramOf } from "@/lib/config";
import { sameHex, shortHex } from "@/lib/format/ids";
import { formatUsd6 } from "@/lib/format/usd";

export interface Explanation {
  title: string;
  /** "signature" costs nothing by itself; "transaction" is sent to the chain. */
  kind: "signature" | "transaction";
  lines: readonly (readonly [label: string, value: string])[];
  caution: string | null;
}

interface Terms {
  lots: number;
  seats: number;
  spares: number;
  items: bigint;
  lot_seconds: number;
  ceiling_usd6: bigint;
  grade: number;
  audit_bps: number;
}

type Explain = (args: readonly unknown[], app: AppConfig) => Omit<Explanation, "kind">;

export const money = (value: unknown) => formatUsd6(BigInt(value as bigint));

/** Name of a deployed contract, else the shortened address. */
export function nameOf(app: AppConfig, address: unknown): string {
  const text = String(address);
  const entry = Object.entries(app.contracts).find(([, value]) => sameHex(String(value), text));
  return entry ? `${entry[0]} (${shortHex(text)})` : shortHex(text, 10, 8);
}

/** What post_job takes: lots × (seats × (ceiling + fee) + poke) + poke; null when the deployment states no numbers. */
export function escrowOf(
  terms: Pick<Terms, "lots" | "seats" | "ceiling_usd6" | "grade">,
  app: AppConfig,
): bigint | null {
  const feeBps = paramOf(app, "fee_bps");
  const pokeUsd6 = paramOf(app, "poke_price_usd6");
  if (feeBps === null || pokeUsd6 === null) return null;
  const seat = terms.ceiling_usd6 + (terms.ceiling_usd6 * BigInt(feeBps) + 9_999n) / 10_000n;
  // a sampled lot sets aside for its auditor, too
  const seats = terms.grade === 2 ? 2 : terms.seats;
  return BigInt(terms.lots) * (BigInt(seats) * seat + BigInt(pokeUsd6)) + BigInt(pokeUsd6);
}

function jobLines(terms: Terms, app: AppConfig, extraUsd6 = 0n): Explanation["lines"] {
  const budget = escrowOf(terms, app);
  const escrow = budget === null ? null : budget + extraUsd6;
  return [
    ...(escrow === null ? [] : [["Escrow taken now", money(escrow)] as const]),
    ["Job", `${terms.lots} lots, ${terms.seats} seats each, ${terms.spares} spares, ${terms.items} items`],
    ["At most per seat of a lot", money(terms.ceiling_usd6)],
    ["Stated run time of a lot", `${terms.lot_seconds} s`],
    ["Counterparties", "the providers drawn by the chain"],
  ];
}

function pageLines(app: AppConfig): Explanation["lines"] {
  const [price, clock] = [paramOf(app, "page_price_usd6"), paramOf(app, "page_clock_seconds")];
  if (price === null || clock === null) return [];
  return [
    ["Price of a page", money(price)],
    ["Time to show it", `${clock} s`],
  ];
}

const POST: Explain = (args, app) => ({
  title: "Post a job and escrow its budget",
  lines: jobLines(args[0] as Terms, app),
  caution: "The escrow leaves your balance now. Cancelling before the draw returns all of it.",
});

/** One poke price more than an instant order: for who has the bids cleared. */
const POST_AUCTION: Explain = (args, app) => ({
  title: "Open a job to sealed bids and escrow its budget",
  lines: jobLines(args[0] as Terms, app, BigInt(paramOf(app, "poke_price_usd6") ?? 0)),
  caution: "The escrow leaves your balance now. Cancelling before the first opened bid returns all of it.",
});

export const CALLS: Record<string, Record<string, Explain>> = {
  TestUSD: {
    approve: ([spender, amount], app) => ({
      title: "Allow a contract to take tUSD",
      lines: [
        ["Amount", money(amount)],
        ["To", nameOf(app, spender)],
      ],
      caution: "Nothing is bought yet: this only allows the next step.",
    }),
    mint: ([to, amount]) => ({
      title: "Get test dollars from the faucet",
      lines: [
        ["Amount", money(amount)],
        ["To", shortHex(String(to))],
      ],
      caution: null,
    }),
  },
  JobBoard: {
    post_job: POST,
    post_job_with_permit: POST,
    post_auction: POST_AUCTION,
    post_auction_with_permit: POST_AUCTION,
    cancel_auction: ([order]) => ({
      title: "Cancel an auction before any bid is opened",
      lines: [["Ceiling of a seat", money((order as { terms: Terms }).terms.ceiling_usd6)]],
      caution: "All of the escrow becomes your credit; deposits of bids go back to their bidders.",
    }),
  },
  Availability: {
    request_page: ([job, , lot, , , item, page], app) => ({
      title: "Ask for a page of a result on chain",
      lines: [
        ...pageLines(app),
        ["Page", `${Number(page) + 1} of item ${String(item)} of lot ${String(lot)}`],
        ["Job", shortHex(String(job), 10, 8)],
      ],
      caution: "Whoever shows the page in time keeps the price. If nobody does, it comes back to you.",
    }),
    close_request: ([job, , lot]) => ({
      title: "End a page request that nobody answered",
      lines: [
        ["Lot", String(lot)],
        ["Job", shortHex(String(job), 10, 8)],
      ],
      caution: "The seats that vouched for the lot lose their bonds.",
    }),
  },
  JobMarket: {
    cancel_job: ([job]) => ({
      title: "Cancel a job",
      lines: [["Job", shortHex(String(job), 10, 8)]],
      caution: "Lots that already have a seal go on and are paid.",
    }),
  },
  Escrow: {
    withdraw: ([account]) => ({
      title: "Withdraw credit",
      lines: [["Paid to", shortHex(String(account), 10, 8)]],
      caution: null,
    }),
  },
  Claims: {
    enforce: ([claim]) => ({
      title: "Enforce a ruling",
      lines: [["Claim", shortHex(String(claim), 10, 8)]],
      caution: "Splits the fallen bonds and refunds the buyer. You are paid a small price out of the slash.",
    }),
  },
  DisputeGame: {
    call_time: ([game]) => ({
      title: "End a game whose clock has run out",
      lines: [["Game", String(game)]],
      caution: null,
    }),
    close_game: ([game]) => ({
      title: "Close a game whose claim has fallen",
      lines: [["Game", String(game)]],
      caution: "The challenger gets its bond back.",
    }),
    withdraw: ([account]) => ({
      title: "Withdraw bonds that games have paid",
      lines: [["Paid to", shortHex(String(account), 10, 8)]],
      caution: null,
    }),
  },
  StakeVault: {
    request_unbond: ([amount]) => ({
      title: "Ask stake back",
      lines: [["Amount", money(amount)]],
      caution: "It can still be slashed for jobs taken before, until it is withdrawn.",
    }),
    cancel_unbond: ([request]) => ({
      title: "Keep stake that was asked back",
      lines: [["Request", String(request)]],
      caution: null,
    }),
    withdraw: ([provider, request]) => ({
      title: "Withdraw unbonded stake",
      lines: [
        ["Paid to", shortHex(String(provider), 10, 8)],
        ["Request", String(request)],
      ],
      caution: null,
    }),
    deposit: ([provider, amount]) => ({
      title: "Stake",
      lines: [
        ["Amount", money(amount)],
        ["For provider", shortHex(String(provider), 10, 8)],
      ],
      caution: "Stake can be slashed when a job's deadline is missed.",
    }),
  },
};

export const SHARE_CALLS: Record<string, Explain> = {
  claim: () => ({ title: "Claim your income from a device", lines: [["Paid to", "you"]], caution: null }),
  claim_for: ([holder]) => ({
    title: "Claim a holder's income",
    lines: [["Paid to", shortHex(String(holder), 10, 8)]],
    caution: null,
  }),
  claim_operator: () => ({
    title: "Claim the operator's cut",
    lines: [["Paid to", "the operator"]],
    caution: null,
  }),
};

export const ABIS: Record<string, Abi> = {
  TestUSD: testUsdAbi,
  Availability: availabilityAbi,
  Claims: claimsAbi,
  DisputeGame: disputeGameAbi,
  JobBoard: jobBoardAbi,
  JobMarket: jobMarketAbi,
  Escrow: escrowAbi,
  StakeVault: stakeVaultAbi,
};
