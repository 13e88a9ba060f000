/** Seats of a provider that lost their bonds, newest first. */
import { Link } from "@tanstack/react-router";
import { reasonOf } from "@/features/jobs/words";
import { strings } from "@/features/providers/strings";
import type { Conviction } from "@/lib/api/disputeTypes";
import { shortHex } from "@/lib/format/ids";
import { Amount } from "@/ui/Amount";
import { Badge } from "@/ui/Badge";
import { Card } from "@/ui/Card";
import { Copyable } from "@/ui/Copyable";
import { Table } from "@/ui/Table";
import { Ago } from "@/ui/Time";

export function Convictions({ rows }: { rows: readonly Conviction[] }) {
  return (
    <Card flush title={strings.convictions} note={strings.convictionsNote}>
      <Table
        dense
        caption={strings.convictions}
        rows={rows}
        rowKey={(row) => `${row.tx}-${row.job_id}-${row.lot}-${row.place}`}
        columns={[
          {
            head: "Job",
            cell: (row) => (
              <Link to="/jobs/$jobId" params={{ jobId: row.job_id }} className="link whitespace-nowrap">
                <span className="font-mono text-[0.8125rem]">{shortHex(row.job_id, 8, 4)}</span> lot {row.lot}
              </Link>
            ),
          },
          {
            head: "Why",
            cell: (row) => {
              const reason = reasonOf(row.reason);
              return (
                <Badge tone="bad" title={reason?.what ?? row.reason_text ?? ""}>
                  {reason?.label ?? row.reason}
                </Badge>
              );
            },
          },
          { head: "Slashed", align: "right", cell: (row) => <Amount usd6={row.slashed_usd6} /> },
          {
            head: "Games",
            from: "sm",
            cell: (row) =>
              row.claim_id ? (
                <Link to="/disputes" search={{ claim: row.claim_id }} className="link">
                  its games
                </Link>
              ) : (
                "–"
              ),
          },
          { head: "When", from: "md", cell: (row) => <Ago timestamp={row.timestamp} /> },
          {
            head: "Transaction",
            from: "sm",
            cell: (row) => <Copyable value={row.tx} what="transaction hash" />,
          },
        ]}
      />
    </Card>
  );
}
