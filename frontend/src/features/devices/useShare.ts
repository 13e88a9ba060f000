/** What an account holds and may claim of one share, read from the share contract itself. */
import { useQuery } from "@tanstack/react-query";
import { useConfig as useWagmiConfig } from "wagmi";
import { readContract } from "wagmi/actions";
import { deviceShareAbi, testUsdAbi } from "@/generated/contracts";
import { keys } from "@/lib/api/keys";
import type { Hex } from "@/lib/bytes";
import { useHead } from "@/lib/live/useHead";

export interface SharePosition {
  readonly balance: bigint;
  readonly claimableUsd6: bigint;
  readonly operatorUsd6: bigint;
}

export function useSharePosition(share: Hex, account: Hex | null) {
  const wagmi = useWagmiConfig();
  const head = useHead();
  return useQuery({
    queryKey: keys.chain("share", share, account, head?.number ?? 0),
    enabled: account !== null,
    placeholderData: (previous: SharePosition | undefined) => previous,
    queryFn: async (): Promise<SharePosition> => {
      const holder = [account as Hex] as const;
      const contract = { address: share, abi: deviceShareAbi } as const;
      const [balance, claimableUsd6, operatorUsd6] = await Promise.all([
        // ERC-20's balanceOf is the same in every token
        readContract(wagmi, { address: share, abi: testUsdAbi, functionName: "balanceOf", args: holder }),
        readContract(wagmi, { ...contract, functionName: "claimable", args: holder }),
        readContract(wagmi, { ...contract, functionName: "operator_claimable" }),
      ]);
      return { balance, claimableUsd6, operatorUsd6 };
    },
  });
}
