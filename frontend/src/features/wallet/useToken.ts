/** The stablecoin as the connected account sees it: balance, read from the chain itself. */
import { useQuery } from "@tanstack/react-query";
import { useConfig as useWagmiConfig } from "wagmi";
import { getBalance, readContract } from "wagmi/actions";
import { testUsdAbi } from "@/generated/contracts";
import { keys } from "@/lib/api/keys";
import type { Hex } from "@/lib/bytes";
import { contractOf, useConfig } from "@/lib/config";
import { useHead } from "@/lib/live/useHead";

export function useTokenBalance(account: Hex | null) {
  const wagmi = useWagmiConfig();
  const app = useConfig();
  const head = useHead();
  return useQuery({
    queryKey: keys.chain("balance", account, head?.number ?? 0),
    queryFn: () =>
      readContract(wagmi, {
        address: contractOf(app, "TestUSD"),
        abi: testUsdAbi,
        functionName: "balanceOf",
        args: [account as Hex],
      }),
    enabled: account !== null,
    placeholderData: (previous) => previous,
  });
}

/** Native coin for gas. */
export function useGasBalance(account: Hex | null) {
  const wagmi = useWagmiConfig();
  const head = useHead();
  return useQuery({
    queryKey: keys.chain("gas-balance", account, head?.number ?? 0),
    queryFn: async () => (await getBalance(wagmi, { address: account as Hex })).value,
    enabled: account !== null,
    placeholderData: (previous) => previous,
  });
}
