/** What the connected account lacks for an order: dollars for the escrow, the chain's coin for gas. Zero where it has enough. */
import { useGasBalance, useTokenBalance } from "@/features/wallet/useToken";
import type { Hex } from "@/lib/bytes";

export interface Shortfall {
  readonly haveUsd6: bigint;
  readonly missingUsd6: bigint;
  readonly haveWei: bigint;
  readonly missingWei: bigint;
}

/** Null until both balances are known. A gas estimate that is not there yet asks for some gas money at least. */
export function useFunds(account: Hex | null, escrowUsd6: bigint, gasWei: bigint | null): Shortfall | null {
  const usd = useTokenBalance(account).data;
  const wei = useGasBalance(account).data;
  if (usd === undefined || wei === undefined) return null;
  const over = (need: bigint, have: bigint) => (need > have ? need - have : 0n);
  return {
    haveUsd6: usd,
    missingUsd6: over(escrowUsd6, usd),
    haveWei: wei,
    missingWei: over(gasWei ?? 1n, wei),
  };
}
