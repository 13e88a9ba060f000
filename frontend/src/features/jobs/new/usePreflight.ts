/** What only the chain can say about an order before it is signed: the contract's own escrow, balance, pause, gas. */
import { useQuery } from "@tanstack/react-query";
import { useConfig as useWagmiConfig } from "wagmi";
import { estimateFeesPerGas, readContract } from "wagmi/actions";
import { estimatePostGas } from "@/features/jobs/new/estimatePostGas";
import { jobBoardAbi } from "@/generated/contracts";
import { keys } from "@/lib/api/keys";
import type { Hex } from "@/lib/bytes";
import type { Pick, Terms } from "@/lib/chain/terms";
import { contractOf, useConfig } from "@/lib/config";

export interface Preflight {
  readonly escrowUsd6: bigint;
  readonly pausedUntil: bigint;
}

export function usePreflight(terms: Terms | null, auction: boolean) {
  const wagmi = useWagmiConfig();
  const app = useConfig();
  return useQuery({
    queryKey: keys.chain(
      "preflight",
      auction,
      terms ? JSON.stringify(terms, (_, v) => (typeof v === "bigint" ? `${v}` : v)) : "",
    ),
    enabled: terms !== null,
    queryFn: async (): Promise<Preflight> => {
      const board = { address: contractOf(app, "JobBoard"), abi: jobBoardAbi } as const;
      const [escrowUsd6, pausedUntil] = await Promise.all([
        readContract(wagmi, {
          ...board,
          functionName: auction ? "auction_escrow_for" : "escrow_for",
          args: [terms as Terms],
        }),
        readContract(wagmi, { ...board, functionName: "paused_until" }),
      ]);
      return { escrowUsd6, pausedUntil };
    },
  });
}

/** Gas of post_job once the allowance stands; before that an estimate would revert, so a bound of the gas snapshot. */
const POST_GAS_BASE = 245_000n;
const POST_GAS_PER_AWARDEE = 55_000n;

/** Cost in wei of posting the job now; null until the node has said it. */
export function usePostGas(terms: Terms | null, picks: readonly Pick[], account: Hex | null): bigint | null {
  const wagmi = useWagmiConfig();
  const app = useConfig();
  const { data } = useQuery({
    queryKey: keys.chain("post-gas", account, picks.length, terms?.spec_hash ?? ""),
    enabled: terms !== null,
    queryFn: async () => {
      const fees = await estimateFeesPerGas(wagmi);
      const bound = POST_GAS_BASE + POST_GAS_PER_AWARDEE * BigInt(picks.length);
      const exact = account
        ? await estimatePostGas(wagmi, app, account, terms as Terms, picks).catch(() => null)
        : null;
      return (exact ?? bound) * fees.maxFeePerGas;
    },
  });
  return data ?? null;
}
