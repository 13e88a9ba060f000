import { JOB_STATES, reasonOf } from "@/features/jobs/words";
import type { Finality, JobSummary } from "@/lib/api/types";
import { Badge } from "@/ui/Badge";

/** State, and when closed the reason instead: the one word a reader looks for. */
export function JobBadge({ job }: { job: Pick<JobSummary, "state" | "reason"> }) {
  const reason = job.state === "CLOSED" || job.state === "CANCELLED" ? reasonOf(job.reason) : null;
  if (reason) {
    return (
      <Badge tone={reason.tone} title={`${job.reason}: ${reason.what}`}>
        {reason.label}
      </Badge>
    );
  }
  const state = JOB_STATES[job.state];
  return <Badge tone={state?.tone ?? "neutral"}>{state?.label ?? job.state}</Badge>;
}

const FINALITY: Record<Finality, string> = {
  pending: "In the newest blocks: not buried yet",
  confirmed: "Buried by some blocks; a deep reorganisation of the chain could still move it",
  finalized: "Final: the chain cannot take it back",
};

export function FinalityBadge({ finality }: { finality: Finality | undefined }) {
  if (!finality) return null;
  return (
    <Badge tone={finality === "finalized" ? "neutral" : "info"} title={FINALITY[finality]}>
      {finality}
    </Badge>
  );
}
