/** Asks the leaf contract itself the question that the ruling move asked it: a call without a transaction. */
import { decodeFunctionData, decodeFunctionResult, encodeFunctionData, type Hex as ViemHex } from "viem";
import { leafAbi, termLeafAbi } from "@/generated/contracts";
import { MOVES } from "@/leaf/namings";
import type { Ruling } from "@/leaf/ruling";
import type { AppConfig } from "@/lib/api/types";
import type { Hex } from "@/lib/bytes";
import { contractOf } from "@/lib/config";

/** Evidence travels ABI-encoded inside a move: it is spliced behind the other arguments, as the contract does. */
function spliced(call: ViemHex, heads: number, evidence: ViemHex): Hex {
  const offset = (32 * heads).toString(16).padStart(64, "0");
  return `0x${call.slice(2, 2 + 8 + 64 * (heads - 1))}${offset}${evidence.slice(2)}`;
}

const EMPTY = { nodes: 0n, descriptor_bytes: 0n, descriptor: "0x", operands: "0x", siblings: [] } as const;

interface Question {
  contract: "Leaf" | "TermLeaf";
  data: Hex;
}

/** The call behind a naming of an element or a term; null for others, whose answer is a root. */
export function questionOf(calldata: Hex, ruling: Ruling): Question | null {
  const move = decodeFunctionData({ abi: MOVES, data: calldata });
  const node = BigInt(ruling.nodeIndex);
  if (ruling.element === null) return null;
  if (move.functionName === "name_element" && ruling.right !== null) {
    const args = [move.args[5], node, ruling.element, EMPTY] as const;
    const call = encodeFunctionData({ abi: leafAbi, functionName: "element", args });
    return { contract: "Leaf", data: spliced(call, 8, move.args[6]) };
  }
  if (move.functionName === "name_term" && ruling.term !== null) {
    const args = [move.args[5], node, ruling.element, ruling.term, EMPTY] as const;
    const call = encodeFunctionData({ abi: termLeafAbi, functionName: "term", args });
    return { contract: "TermLeaf", data: spliced(call, 9, move.args[6]) };
  }
  return null;
}

/** The contract's (code, value). Throws when the node does not answer or the contract reverts. */
export async function askLeaf(
  config: AppConfig,
  { contract, data }: Question,
  signal: AbortSignal,
): Promise<readonly [code: bigint, value: bigint]> {
  const call = { to: contractOf(config, contract), data };
  const response = await fetch(config.rpc_url, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_call", params: [call, "latest"] }),
    signal,
  });
  const said = (await response.json()) as { result?: Hex; error?: { message?: string } };
  if (!said.result) throw new Error(said.error?.message ?? `the node answered HTTP ${response.status}`);
  return contract === "Leaf"
    ? decodeFunctionResult({ abi: leafAbi, functionName: "element", data: said.result })
    : decodeFunctionResult({ abi: termLeafAbi, functionName: "term", data: said.result });
}
