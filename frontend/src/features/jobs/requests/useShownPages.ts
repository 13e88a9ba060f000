/** Bytes of pages that were shown on chain, read from the logs that hold them; request id → page. */
import { useQueries } from "@tanstack/react-query";
import { parseEventLogs } from "viem";
import { useConfig as useWagmiConfig } from "wagmi";
import { getTransactionReceipt } from "wagmi/actions";
import type { PageRequest } from "@/features/jobs/requests/pageRequests";
import { availabilityAbi } from "@/generated/contracts";
import { keys } from "@/lib/api/keys";
import { fromHex, type Hex } from "@/lib/bytes";
import { contractOf, useConfig } from "@/lib/config";
import { sameHex } from "@/lib/format/ids";

export function useShownPages(requests: readonly PageRequest[]): ReadonlyMap<Hex, Uint8Array> {
  const wagmi = useWagmiConfig();
  const app = useConfig();
  return useQueries({
    queries: requests.flatMap(({ id, shownIn }) =>
      shownIn === null
        ? []
        : [
            {
              queryKey: keys.chain("page", id, shownIn),
              staleTime: Number.POSITIVE_INFINITY,
              queryFn: async () => {
                const { logs } = await getTransactionReceipt(wagmi, { hash: shownIn });
                const answers = parseEventLogs({ abi: availabilityAbi, eventName: "PageAnswered", logs });
                const mine = answers.find(
                  (log) =>
                    sameHex(log.args.request_id, id) && sameHex(log.address, contractOf(app, "Availability")),
                );
                if (!mine) throw new Error(`transaction ${shownIn} shows no page of this request`);
                return { id, bytes: fromHex(mine.args.page) };
              },
            },
          ],
    ),
    combine: pagesOf,
  });
}

function pagesOf(
  results: readonly { data?: { id: Hex; bytes: Uint8Array } | undefined }[],
): ReadonlyMap<Hex, Uint8Array> {
  return new Map(results.flatMap(({ data }) => (data ? [[data.id, data.bytes] as const] : [])));
}
