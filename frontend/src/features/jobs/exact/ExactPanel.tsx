/** What an exact job computes and how anyone checks it; stands where a render job has its picture. */
import { hasClaims } from "@/features/jobs/exact/exact";
import { strings } from "@/features/jobs/exact/strings";
import type { JobDetail } from "@/lib/api/types";
import { Card } from "@/ui/Card";
import { Copyable, CopyButton } from "@/ui/Copyable";
import { type Fact, Facts } from "@/ui/Facts";

export function ExactPanel({ job }: { job: JobDetail }) {
  const { title, program } = (job.spec ?? {}) as { title?: unknown; program?: unknown };
  return (
    <Card title={strings.title} note={strings.note}>
      <div className="grid gap-3">
        <p className="text-sm">{hasClaims(job) ? strings.challengeable : strings.trusted}</p>
        <Facts
          rows={[
            ...(typeof title === "string" ? ([["Title", title]] as Fact[]) : []),
            ["Items", `${job.items} in ${job.lots} ${job.lots === 1 ? "lot" : "lots"}`],
            ["Program root", <Copyable key="r" value={String(job.terms.program_root)} what="program root" />],
            ...(typeof program === "string"
              ? ([
                  ["Program file", <Copyable key="f" value={program} what="program's artifact id" />],
                ] as Fact[])
              : []),
            ["Inputs root", <Copyable key="i" value={String(job.terms.inputs_root)} what="inputs root" />],
          ]}
        />
        <Command text={strings.check} command={`assay verify ${job.id}`} />
        {hasClaims(job) && job.state === "RUNNING" && (
          <Command text={strings.challenge} command={`assay challenge ${job.id} 0 --dry-run`} />
        )}
      </div>
    </Card>
  );
}

/** One line to run in a terminal. */
function Command({ text, command }: { text: string; command: string }) {
  return (
    <div className="text-sm">
      <p className="text-muted">{text}</p>
      <p className="mt-1 flex items-center gap-1 rounded-md bg-raised px-3 py-1.5">
        <code className="min-w-0 flex-1 text-xs break-all">{command}</code>
        <CopyButton value={command} what="command" />
      </p>
    </div>
  );
}
