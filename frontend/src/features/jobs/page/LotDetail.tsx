/** One lot: its seats in full, its result, and of an exact job the claims that can be challenged. */
import { hasClaims } from "@/features/jobs/exact/exact";
import { LotClaims } from "@/features/jobs/exact/LotClaims";
import { strings } from "@/features/jobs/page/strings";
import { PHASES, reasonOf, SEATS } from "@/features/jobs/words";
import type { JobDetail, Lot, Seat } from "@/lib/api/types";
import { Amount } from "@/ui/Amount";
import { Badge } from "@/ui/Badge";
import { Copyable } from "@/ui/Copyable";
import { Facts } from "@/ui/Facts";
import { Table } from "@/ui/Table";
import { Countdown } from "@/ui/Time";
import { Who } from "@/ui/Who";

export function LotDetail({ lot, job }: { lot: Lot; job: JobDetail }) {
  const reason = reasonOf(lot.reason);
  const columns = [
    {
      head: "Place",
      cell: (seat: Seat) =>
        seat.place < job.seats ? `seat ${seat.place}` : `spare ${seat.place - job.seats}`,
    },
    { head: "Provider", cell: (seat: Seat) => <Who address={seat.provider} as="provider" copy={false} /> },
    {
      head: "Status",
      cell: (seat: Seat) =>
        seat.spare && !seat.called ? (
          <span className="text-muted">not called</span>
        ) : (
          <Badge tone={SEATS[seat.status]?.tone ?? "neutral"} title={SEATS[seat.status]?.what ?? ""}>
            {SEATS[seat.status]?.label ?? seat.status}
          </Badge>
        ),
    },
    {
      head: "Tag",
      from: "md" as const,
      cell: (seat: Seat) => (seat.tag ? <Copyable value={seat.tag} what="tag" /> : "–"),
    },
    {
      head: "Paid",
      align: "right" as const,
      cell: (seat: Seat) => (BigInt(seat.amount_usd6) > 0n ? <Amount usd6={seat.amount_usd6} /> : "–"),
    },
    {
      head: "Slashed",
      align: "right" as const,
      from: "sm" as const,
      cell: (seat: Seat) => (BigInt(seat.slashed_usd6) > 0n ? <Amount usd6={seat.slashed_usd6} /> : "–"),
    },
  ];
  const deadline = lot.phase === "WINDOW" ? lot.window_end : lot.deadline;
  return (
    <div className="grid gap-3">
      <h3 className="flex flex-wrap items-center gap-2">
        Lot {lot.lot}
        <Badge tone={reason?.tone ?? "accent"}>{reason ? reason.label : PHASES[lot.phase]}</Badge>
        {lot.audited && <Badge tone="info">{strings.audited}</Badge>}
        {lot.audit_due && <Badge tone="info">{strings.auditDue(lot.audit_block)}</Badge>}
        {lot.phase !== "CLOSED" && deadline && (
          <span className="text-sm font-normal text-muted">
            <Countdown until={deadline} over={strings.due} />
          </span>
        )}
      </h3>
      {reason && <p className="text-sm text-muted">{reason.what}</p>}
      <div className="-mx-4">
        <Table
          dense
          caption={`Seats of lot ${lot.lot}`}
          columns={columns}
          rows={lot.seats}
          rowKey={(seat) => String(seat.place)}
        />
      </div>
      {hasClaims(job) && <LotClaims lot={lot} />}
      {lot.root && (
        <Facts
          rows={[
            ["Result root", <Copyable key="r" value={lot.root} what="result root" head={12} tail={8} />],
          ]}
        />
      )}
    </div>
  );
}
