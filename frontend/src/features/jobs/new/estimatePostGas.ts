/** Gas of a post_job as the node estimates it; rejects while the allowance does not cover the escrow. */
import type { Config } from "wagmi";
import { getPublicClient } from "wagmi/actions";
import { jobBoardAbi } from "@/generated/contracts";
import type { AppConfig } from "@/lib/api/types";
import type { Hex } from "@/lib/bytes";
import type { Pick, Terms } from "@/lib/chain/terms";
import { contractOf } from "@/lib/config";

/** Any salt: gas does not depend on it. */
const SAMPLE_SALT: Hex = `0x${"5a".repeat(32)}`;

export async function estimatePostGas(
  config: Config,
  app: AppConfig,
  account: Hex,
  terms: Terms,
  picks: readonly Pick[],
): Promise<bigint> {
  const client = getPublicClient(config);
  if (!client) throw new Error("no client for this chain");
  return client.estimateContractGas({
    address: contractOf(app, "JobBoard"),
    abi: jobBoardAbi,
    functionName: "post_job",
    args: [terms, [...picks], SAMPLE_SALT],
    account,
  });
}
