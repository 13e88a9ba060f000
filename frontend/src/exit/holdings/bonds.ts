import type { Source } from "@/exit/holding";
import { addressOf } from "@/exit/node";
import { disputeGameAbi } from "@/generated/contracts";
import { formatUsd6 } from "@/lib/format/usd";

/** Bonds of ended games that belong to this account now. */
export const bonds: Source = {
  name: "Dispute bonds",
  about: "Bonds of challenges that ended in this account's favour or came back.",
  nothing: "No bond waits for this account.",
  async read(node, account) {
    const to = addressOf(node, "DisputeGame");
    const amount = await node.client.readContract({
      address: to,
      abi: disputeGameAbi,
      functionName: "credit_of",
      args: [account],
    });
    if (amount === 0n) return [];
    return [
      {
        key: "bonds",
        title: "Dispute game",
        facts: [["Bonds", formatUsd6(amount)]],
        actions: [
          { label: "Withdraw all", to, abi: disputeGameAbi, functionName: "withdraw", args: [account] },
        ],
      },
    ];
  },
};
