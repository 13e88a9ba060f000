/** A wallet request in plain words: action, amounts, counterparty, deadline, what can go wrong. Unknown calls say so. */
import { type Abi, decodeFunctionData, type Hex } from "viem";
import {
  deviceShareAbi,
  escrowAbi,
  jobBoardAbi,
  jobMarketAbi,
  stakeVaultAbi,
  testUsdAbi,
} from "@/generated/contracts";
import type { AppConfig } from "@/lib/api/types";
import { paramOf } from "@/lib/config";
import { sameHex, shortHex } from "@/lib/format/ids";
import { formatExact } from "@/lib/format/time";
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
}

type Decoded = { functionName: string; args: readonly unknown[] };
type Explain = (args: readonly unknown[], app: AppConfig) => Omit<Explanation, "kind">;

const money = (value: unknown) => formatUsd6(BigInt(value as bigint));

/** Name of a deployed contract, else the shortened address. */
function nameOf(app: AppConfig, address: unknown): string {
  const text = String(address);
  const entry = Object.entries(app.contracts).find(([, value]) => sameHex(String(value), text));
  return entry ? `${entry[0]} (${shortHex(text)})` : shortHex(text, 10, 8);
}

/** What post_job takes: lots × (seats × (ceiling + fee) + poke) + poke; null when the deployment states no numbers. */
export function escrowOf(
  terms: Pick<Terms, "lots" | "seats" | "ceiling_usd6">,
  app: AppConfig,
): bigint | null {
  const feeBps = paramOf(app, "fee_bps");
  const pokeUsd6 = paramOf(app, "poke_price_usd6");
  if (feeBps === null || pokeUsd6 === null) return null;
  const seat = terms.ceiling_usd6 + (terms.ceiling_usd6 * BigInt(feeBps) + 9_999n) / 10_000n;
  return BigInt(terms.lots) * (BigInt(terms.seats) * seat + BigInt(pokeUsd6)) + BigInt(pokeUsd6);
}

function jobLines(terms: Terms, app: AppConfig): Explanation["lines"] {
  const escrow = escrowOf(terms, app);
  return [
    ...(escrow === null ? [] : [["Escrow taken now", money(escrow)] as const]),
    ["Job", `${terms.lots} lots, ${terms.seats} seats each, ${terms.spares} spares, ${terms.items} items`],
    ["At most per seat of a lot", money(terms.ceiling_usd6)],
    ["Stated run time of a lot", `${terms.lot_seconds} s`],
    ["Counterparties", "the providers drawn by the chain"],
  ];
}

const POST: Explain = (args, app) => ({
  title: "Post a job and escrow its budget",
  lines: jobLines(args[0] as Terms, app),
  caution: "The escrow leaves your balance now. Cancelling before the draw returns all of it.",
});

const CALLS: Record<string, Record<string, Explain>> = {
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

const SHARE_CALLS: Record<string, Explain> = {
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

const ABIS: Record<string, Abi> = {
  TestUSD: testUsdAbi,
  JobBoard: jobBoardAbi,
  JobMarket: jobMarketAbi,
  Escrow: escrowAbi,
  StakeVault: stakeVaultAbi,
};

function decode(abi: Abi, data: Hex): Decoded | null {
  try {
    const { functionName, args } = decodeFunctionData({ abi, data });
    return { functionName, args: (args ?? []) as readonly unknown[] };
  } catch {
    return null;
  }
}

export function explainCall(app: AppConfig, to: string | undefined, data: Hex | undefined): Explanation {
  const contract = Object.entries(app.contracts).find(([, address]) =>
    sameHex(String(address), to ?? ""),
  )?.[0];
  const abi = contract ? ABIS[contract] : deviceShareAbi;
  const call = abi && data ? decode(abi as Abi, data) : null;
  const explain = call && (contract ? CALLS[contract]?.[call.functionName] : SHARE_CALLS[call.functionName]);
  const target: [string, string] = [
    "Contract",
    contract ? nameOf(app, to) : shortHex(to ?? "a new contract", 10, 8),
  ];
  if (!explain || !call) {
    return {
      kind: "transaction",
      title: call ? `Call ${call.functionName}` : "Unknown transaction",
      lines: [target],
      caution: "This dialog does not know this call. Reject it unless you do.",
    };
  }
  const words = explain(call.args, app);
  return { kind: "transaction", ...words, lines: [...words.lines, target] };
}

interface TypedData {
  primaryType?: string;
  message?: Record<string, unknown>;
}

export function explainTypedData(app: AppConfig, typed: TypedData): Explanation {
  const message = typed.message ?? {};
  if (typed.primaryType === "Permit") {
    return {
      kind: "signature",
      title: "Permit a contract to take tUSD once",
      lines: [
        ["Amount", money(message.value)],
        ["To", nameOf(app, message.spender)],
        ["Valid until", formatExact(Number(message.deadline))],
      ],
      caution: "Nothing is bought yet: the job is posted by the next step.",
    };
  }
  if (typed.primaryType === "Upload") {
    return {
      kind: "signature",
      title: "Upload a file in your name",
      lines: [
        ["Kind", String(message.kind)],
        ["Size", `${String(message.size)} bytes`],
        ["Content id", shortHex(String(message.id), 10, 8)],
        ["Valid until", formatExact(Number(message.expiry))],
      ],
      caution: "Moves no money. The file counts against your upload quota and becomes public.",
    };
  }
  return {
    kind: "signature",
    title: `Sign ${typed.primaryType ?? "unknown data"}`,
    lines: [],
    caution: "This dialog does not know this message. Reject it unless you do.",
  };
}
