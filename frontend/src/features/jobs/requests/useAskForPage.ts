/** The two transactions of a page request: an exact approval of its price unless one stands, then the request. */
import { useCallback } from "react";
import { useConfig as useWagmiConfig } from "wagmi";
import { readContract, waitForTransactionReceipt } from "wagmi/actions";
import { OUTPUT } from "@/features/jobs/requests/pageRequests";
import { useWrite } from "@/features/wallet/useWrite";
import { availabilityAbi, testUsdAbi } from "@/generated/contracts";
import type { JobDetail } from "@/lib/api/types";
import type { Hex } from "@/lib/bytes";
import { contractOf, useConfig } from "@/lib/config";

/** The award list as the contract hashed it. */
export function awardList(job: JobDetail) {
  return job.awardees.map(({ provider, device_id, payee, price_usd6, units }) => ({
    provider,
    device_id,
    payee,
    price_usd6: BigInt(price_usd6),
    units,
  }));
}

interface Wanted {
  readonly job: JobDetail;
  readonly lot: number;
  /** Offset of the item in the lot, and page in the item. */
  readonly item: number;
  readonly page: number;
  readonly priceUsd6: bigint;
}

export function useAskForPage(): (owner: Hex, wanted: Wanted) => Promise<Hex> {
  const wagmi = useWagmiConfig();
  const app = useConfig();
  const write = useWrite();
  return useCallback(
    async (owner, { job, lot, item, page, priceUsd6 }) => {
      const token = { address: contractOf(app, "TestUSD"), abi: testUsdAbi } as const;
      const escrow = contractOf(app, "Escrow");
      const allowance = await readContract(wagmi, {
        ...token,
        functionName: "allowance",
        args: [owner, escrow],
      });
      if (allowance < priceUsd6) {
        const hash = await write({ ...token, functionName: "approve", args: [escrow, priceUsd6] });
        const receipt = await waitForTransactionReceipt(wagmi, { hash });
        if (receipt.status !== "success")
          throw new Error("The approval was mined but reverted. Nothing was asked.");
      }
      return write({
        address: contractOf(app, "Availability"),
        abi: availabilityAbi,
        functionName: "request_page",
        // the place is read for providers only
        args: [job.id, awardList(job), lot, 0, OUTPUT, BigInt(item), BigInt(page)],
      });
    },
    [wagmi, app, write],
  );
}
