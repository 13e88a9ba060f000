/** A wallet request in plain words: action, amounts, counterparty, deadline, what can go wrong. Unknown calls say so. */
import { type Abi, decodeFunctionData, type Hex } from "viem";
import { ABIS, CALLS, type Explanation, money, nameOf, SHARE_CALLS } from "@/features/wallet/demo/calls";
import { deviceShareAbi } from "@/generated/contracts";
import type { AppConfig } from "@/lib/api/types";
import { sameHex, shortHex } from "@/lib/format/ids";
import { formatExact } from "@/lib/format/time";

export type { Explanation } from "@/features/wallet/demo/calls";

type Decoded = { functionName: string; args: readonly unknown[] };

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
