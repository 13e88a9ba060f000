/** Simulates a contract call (so that a refusal is a sentence before the wallet opens), then asks the wallet to send it. */
import { useCallback } from "react";
import type { Abi } from "viem";
import { useConfig as useWagmiConfig } from "wagmi";
import { simulateContract, writeContract } from "wagmi/actions";
import type { Hex } from "@/lib/bytes";
import { useConfig } from "@/lib/config";

export interface Call {
  address: Hex;
  abi: Abi;
  functionName: string;
  args: readonly unknown[];
}

export function useWrite(): (call: Call) => Promise<Hex> {
  const config = useWagmiConfig();
  const { chain_id } = useConfig();
  return useCallback(
    async (call: Call) => {
      await simulateContract(config, call);
      return writeContract(config, { ...call, chainId: chain_id });
    },
    [config, chain_id],
  );
}
