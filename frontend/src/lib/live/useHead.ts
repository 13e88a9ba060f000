/** The chain's head as the indexer sees it: every countdown and every "ago" is measured against its timestamp. */
import { useQuery } from "@tanstack/react-query";
import { statusQuery } from "@/lib/api/queries";
import type { BlockRef } from "@/lib/api/types";

export function useHead(): BlockRef | null {
  const { data } = useQuery(statusQuery);
  return data?.cursor ?? data?.head ?? null;
}

/** Chain time in seconds; null until the first status has come. */
export function useChainNow(): number | null {
  const { data } = useQuery(statusQuery);
  return data?.head?.timestamp ?? data?.cursor?.timestamp ?? null;
}
