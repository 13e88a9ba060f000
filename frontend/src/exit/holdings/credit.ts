import type { Source } from "@/exit/holding";
import { addressOf } from "@/exit/node";
import { escrowAbi } from "@/generated/contracts";
import { formatUsd6 } from "@/lib/format/usd";

/** What Escrow owes: income, refunds, rewards, compensations. */
export const credit: Source = {
  name: "Credit",
  about: "Pay for work, refunds, rewards and compensations that wait in the escrow contract.",
  nothing: "The escrow contract owes this account nothing.",
  async read(node, account) {
    const to = addressOf(node, "Escrow");
    const amount = await node.client.readContract({
      address: to,
      abi: escrowAbi,
      functionName: "credit_of",
      args: [account],
    });
    if (amount === 0n) return [];
    return [
      {
        key: "credit",
        title: "Escrow",
        facts: [["Credit", formatUsd6(amount)]],
        actions: [{ label: "Withdraw all", to, abi: escrowAbi, functionName: "withdraw", args: [account] }],
      },
    ];
  },
};
