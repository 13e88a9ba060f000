import type { Holding, Source } from "@/exit/holding";
import { logsOf, type Node } from "@/exit/node";
import { deviceShareAbi, shareFactoryAbi } from "@/generated/contracts";
import type { Hex } from "@/lib/bytes";
import { formatShares, formatUsd6 } from "@/lib/format/usd";

interface Created {
  share: Hex;
  name: string;
  symbol: string;
}

/** Shares of devices: balance, income of a holder, cut of an operator. Income stays claimable for ever. */
export const shares: Source = {
  name: "Device shares",
  about: "Shares of devices, the income they earned, and the cut of those who run the devices.",
  nothing: "This account holds no shares and has no income waiting in any.",
  async read(node, account) {
    const made = await logsOf<Created>(node, {
      contract: "ShareFactory",
      abi: shareFactoryAbi,
      event: "ShareCreated",
    });
    const found = await Promise.all(made.map((one) => holdingOf(node, one, account)));
    return found.filter((one): one is Holding => one !== null);
  },
};

async function holdingOf(node: Node, made: Created, account: Hex): Promise<Holding | null> {
  const share = { address: made.share, abi: deviceShareAbi } as const;
  const [balance, claimable, cut] = await Promise.all([
    node.client.readContract({ ...share, functionName: "balanceOf", args: [account] }),
    node.client.readContract({ ...share, functionName: "claimable", args: [account] }),
    node.client.readContract({ ...share, functionName: "operator_claimable_of", args: [account] }),
  ]);
  if (balance === 0n && claimable === 0n && cut === 0n) return null;
  const call = { to: made.share, abi: deviceShareAbi, args: [account] } as const;
  return {
    key: made.share,
    title: `${made.name} (${made.symbol})`,
    facts: [
      ["Shares", formatShares(balance)],
      ["Income to claim", formatUsd6(claimable)],
      ...(cut > 0n ? ([["Operator's cut to claim", formatUsd6(cut)]] as const) : []),
    ],
    actions: [
      ...(claimable > 0n ? [{ ...call, label: "Claim income", functionName: "claim_for" }] : []),
      ...(cut > 0n
        ? [{ ...call, label: "Claim the operator's cut", functionName: "claim_operator_for" }]
        : []),
    ],
  };
}
