/** An order that was being sent when the page closed or the answer was lost: asks the chain what became of it. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect } from "react";
import { useConfig as useWagmiConfig } from "wagmi";
import { readContract } from "wagmi/actions";
import { forgetDraft, type JobDraft } from "@/features/jobs/new/draft";
import { POST_KEY } from "@/features/jobs/new/PostPanel";
import { strings } from "@/features/jobs/new/strings";
import { pendingOf } from "@/features/wallet/pendingTx";
import { bidBookAbi, jobMarketAbi } from "@/generated/contracts";
import { keys } from "@/lib/api/keys";
import { contractOf, useConfig } from "@/lib/config";
import { formatUsd6 } from "@/lib/format/usd";
import { Button, buttonClass } from "@/ui/Button";
import { Copyable } from "@/ui/Copyable";
import { Notice } from "@/ui/States";

const ASK_MS = 1_500;

export function ResumeDraft({ draft, onDiscard }: { draft: JobDraft; onDiscard(): void }) {
  const wagmi = useWagmiConfig();
  const app = useConfig();
  const state = useQuery({
    queryKey: keys.chain("job-state", draft.jobId),
    queryFn: async () => {
      const job = await readContract(wagmi, {
        address: contractOf(app, "JobMarket"),
        abi: jobMarketAbi,
        functionName: "job",
        args: [draft.jobId],
      });
      // at auction the market does not know it yet
      const open = await readContract(wagmi, {
        address: contractOf(app, "BidBook"),
        abi: bidBookAbi,
        functionName: "is_known",
        args: [draft.jobId],
      });
      return Math.max(Number(job.state), open ? 1 : 0);
    },
    refetchInterval: (query) => (query.state.data ? false : ASK_MS),
  });
  const found = (state.data ?? 0) > 0;
  useEffect(() => {
    if (found) forgetDraft();
  }, [found]);
  const pending = pendingOf(POST_KEY, app.genesis_hash);
  return (
    <Notice
      tone={found ? "good" : "info"}
      title={strings.resumeTitle}
      action={
        <div className="flex flex-wrap gap-2">
          <Link to="/jobs/$jobId" params={{ jobId: draft.jobId }} className={buttonClass("primary", "small")}>
            {strings.open}
          </Link>
          <Button
            size="small"
            disabled={!found && pending !== null}
            onClick={() => {
              forgetDraft();
              onDiscard();
            }}
          >
            {found ? strings.title : strings.resumeDiscard}
          </Button>
        </div>
      }
    >
      <p>
        <Copyable value={draft.jobId} what="job id" /> · {formatUsd6(draft.escrowUsd6)}
      </p>
      <p>{found ? strings.resumeFound : pending ? strings.resumePending : strings.resumeLost}</p>
    </Notice>
  );
}
