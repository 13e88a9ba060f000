import type { Source } from "@/exit/holding";
import { addressOf, logsOf } from "@/exit/node";
import { auctionAbi } from "@/generated/contracts";
import type { Hex } from "@/lib/bytes";
import { shortHex } from "@/lib/format/ids";
import { formatUsd6 } from "@/lib/format/usd";

/** Standing asks: while one stands, new jobs may lock stake. */
export const asks: Source = {
  name: "Asks",
  about: "Standing prices of a provider's devices. While an ask stands, new jobs can lock its stake.",
  nothing: "No device of this account asks for work.",
  async read(node, account) {
    const auction = { address: addressOf(node, "Auction"), abi: auctionAbi } as const;
    const posted = await logsOf<{ device_id: Hex }>(node, {
      contract: "Auction",
      abi: auctionAbi,
      event: "AskPosted",
      args: { provider: account },
    });
    const devices = [...new Set(posted.map((one) => one.device_id))];
    const standing = await Promise.all(
      devices.map((device) =>
        node.client.readContract({ ...auction, functionName: "ask_of", args: [device] }),
      ),
    );
    return standing.flatMap((ask, index) => {
      const device = devices[index] as Hex;
      if (ask.provider.toLowerCase() !== account.toLowerCase()) return [];
      return [
        {
          key: device,
          title: `Device ${shortHex(device)}`,
          facts: [["Price of an hour", formatUsd6(ask.price_per_hour_usd6)]] as const,
          actions: [
            {
              label: "Withdraw the ask",
              to: auction.address,
              abi: auctionAbi,
              functionName: "withdraw_ask",
              args: [device],
              own: true,
            },
          ],
        },
      ];
    });
  },
};
