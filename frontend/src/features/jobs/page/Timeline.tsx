import { type Step, stepsOf } from "@/features/jobs/page/progress";
import { strings } from "@/features/jobs/page/strings";
import type { JobDetail, Lot, TimelineEvent } from "@/lib/api/types";
import { formatExact } from "@/lib/format/time";
import { Card } from "@/ui/Card";
import { Countdown } from "@/ui/Time";

interface Props {
  job: JobDetail;
  lots: readonly Lot[];
  events: readonly TimelineEvent[];
}

export function Timeline({ job, lots, events }: Props) {
  const steps = stepsOf(job, lots, events);
  return (
    <Card>
      <ol aria-label="Timeline" className="grid gap-x-2 gap-y-3 sm:grid-cols-4 lg:grid-cols-7">
        {steps.map((step) => (
          <TimelineStep key={step.key} step={step} all={job.lots} />
        ))}
      </ol>
    </Card>
  );
}

const DOTS: Record<Step["state"], string> = {
  done: "bg-good",
  current: "bg-accent animate-pulse",
  todo: "bg-raised border border-line-strong",
  skipped: "bg-raised border border-dashed border-line-strong",
};

/** A later step that some lots have already reached shows half a light. */
function dotOf(step: Step): string {
  return step.state === "todo" && (step.lots ?? 0) > 0 ? "bg-accent/40" : DOTS[step.state];
}

function TimelineStep({ step, all }: { step: Step; all: number }) {
  const [label, what] = strings.steps[step.key];
  const blocks =
    step.first && step.last
      ? step.first.block === step.last.block
        ? `block ${step.first.block}`
        : `blocks ${step.first.block}–${step.last.block}`
      : null;
  return (
    <li aria-current={step.state === "current" ? "step" : undefined} title={what} className="min-w-0">
      <div className="flex items-center gap-2">
        <span aria-hidden="true" className={`size-2.5 shrink-0 rounded-full ${dotOf(step)}`} />
        <span className={step.state === "todo" || step.state === "skipped" ? "text-muted" : "font-medium"}>
          {label}
        </span>
        <span className="sr-only">
          {step.state}. {what}
        </span>
        <span aria-hidden="true" className="h-px flex-1 bg-line max-sm:hidden" />
      </div>
      <div className="mt-0.5 pl-4.5 sm:min-h-9 text-xs text-muted">
        {step.lots !== null && <p>{strings.lotsOf(step.lots, all)}</p>}
        {blocks && step.key !== "window" && (
          <p title={step.last ? formatExact(step.last.timestamp) : undefined}>{blocks}</p>
        )}
        {step.state === "current" && step.deadline !== null && (
          <p className="font-medium text-ink">
            <Countdown until={step.deadline} over={strings.due} />
          </p>
        )}
      </div>
    </li>
  );
}
