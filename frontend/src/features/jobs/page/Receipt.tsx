import { compensationOf } from "@/features/jobs/exact/exact";
import { receiptOf } from "@/features/jobs/page/receipt";
import { strings } from "@/features/jobs/page/strings";
import { reasonOf } from "@/features/jobs/words";
import type { JobDetail, Lot } from "@/lib/api/types";
import { Amount } from "@/ui/Amount";
import { Card } from "@/ui/Card";
import { type Fact, Facts } from "@/ui/Facts";

export function Receipt({ job, lots }: { job: JobDetail; lots: readonly Lot[] }) {
  const compensation = compensationOf(lots);
  const lines = receiptOf(job);
  const over = job.state === "CLOSED" || job.state === "CANCELLED";
  const reason = over ? reasonOf(job.reason) : null;
  return (
    <Card title={strings.receipt} note={over ? "as settled" : "so far"}>
      {reason && (
        <p className="mb-2 text-sm">
          {reason.what} {reason.next}
        </p>
      )}
      <Facts
        rows={[
          [strings.escrowed, <Amount key="a" usd6={lines.escrow} />],
          [strings.paid, <Amount key="a" usd6={lines.paid} />],
          [strings.fee, <Amount key="a" usd6={lines.fee} />],
          ...(over ? ([[strings.keepers, <Amount key="a" usd6={lines.keepers} />]] as Fact[]) : []),
          [strings.refund, <Amount key="a" usd6={lines.refund} />],
          ...(over ? [] : ([[strings.open, <Amount key="a" usd6={lines.open} />]] as Fact[])),
          [strings.slashed, <Amount key="a" usd6={lines.slashed} />],
          ...(compensation > 0n
            ? ([[strings.compensation, <Amount key="a" usd6={compensation} />]] as Fact[])
            : []),
        ]}
      />
    </Card>
  );
}
