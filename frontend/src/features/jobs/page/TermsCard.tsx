import { isExact } from "@/features/jobs/exact/exact";
import { strings as exact } from "@/features/jobs/exact/strings";
import { strings } from "@/features/jobs/page/strings";
import { GRADES } from "@/features/jobs/words";
import type { JobDetail } from "@/lib/api/types";
import { formatDuration } from "@/lib/format/time";
import { renderSpecOf } from "@/lib/render/plan";
import { Amount } from "@/ui/Amount";
import { Card } from "@/ui/Card";
import { Copyable } from "@/ui/Copyable";
import { type Fact, Facts } from "@/ui/Facts";
import { Who } from "@/ui/Who";

export function TermsCard({ job }: { job: JobDetail }) {
  const spec = renderSpecOf(job.spec);
  const hash = (value: unknown, what: string) => <Copyable key={what} value={String(value)} what={what} />;
  return (
    <Card title={strings.terms}>
      <Facts
        rows={[
          ["Buyer", <Who key="b" address={job.buyer} as="account" />],
          ...(spec
            ? ([
                ["Picture", `${spec.width} × ${spec.height} px, ${spec.samples} samples`],
                ["Scene", hash(spec.scene, "scene id")],
              ] as Fact[])
            : []),
          ["Grade", `${GRADES[job.grade] ?? job.grade}${isExact(job) ? ", exact" : ""}`],
          ["Seats + spares", `${job.seats} + ${job.spares}`],
          ...(job.audit_bps > 0 ? ([["Lots audited", `${job.audit_bps / 100}%`]] as Fact[]) : []),
          ["Lots × items", `${job.lots} × ${String(job.terms.items_per_lot ?? "–")} (${job.items})`],
          ["Stated run time of a lot", formatDuration(job.lot_seconds)],
          ["Ceiling for a seat", <Amount key="c" usd6={job.ceiling_usd6} />],
          ["Spec hash", hash(job.spec_hash, "spec hash")],
          ["Program", hash(job.terms.program_root, "program id")],
          ["Inputs root", hash(job.terms.inputs_root, "inputs root")],
          ["Runtime class", isExact(job) ? exact.anyDevice : hash(job.terms.runtime_class, "runtime class")],
        ]}
      />
    </Card>
  );
}
