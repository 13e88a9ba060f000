/** Every event of the job with its transaction; filtered by kind, exported whole. */
import { useState } from "react";
import { strings } from "@/features/jobs/page/strings";
import { EVENTS } from "@/features/jobs/words";
import type { TimelineEvent } from "@/lib/api/types";
import type { Hex } from "@/lib/bytes";
import { saveCsv, saveJson } from "@/lib/download";
import { formatUsd6 } from "@/lib/format/usd";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Copyable } from "@/ui/Copyable";
import { Empty } from "@/ui/States";
import { Table } from "@/ui/Table";
import { Ago } from "@/ui/Time";
import { Who } from "@/ui/Who";

const FIRST = 25;

export function EventTable({ jobId, events }: { jobId: string; events: readonly TimelineEvent[] }) {
  const [kind, setKind] = useState("");
  const [all, setAll] = useState(false);
  const kinds = [...new Set(events.map((event) => event.event))];
  const newest = events.filter((event) => kind === "" || event.event === kind).toReversed();
  const rows = all ? newest : newest.slice(0, FIRST);
  const transactions = new Set(events.map((event) => event.tx)).size;
  return (
    <Card
      flush
      title={strings.events}
      note={`${events.length} events in ${transactions} transactions`}
      actions={
        <>
          <select
            aria-label="Kind of event"
            value={kind}
            onChange={(event) => setKind(event.target.value)}
            className="h-8 rounded-md border border-line-strong bg-surface px-2 text-sm"
          >
            <option value="">All kinds</option>
            {kinds.map((name) => (
              <option key={name} value={name}>
                {EVENTS[name] ?? name}
              </option>
            ))}
          </select>
          <Button
            size="small"
            onClick={() => saveCsv(`job-${jobId.slice(0, 10)}-events.csv`, events.map(csvRow))}
          >
            CSV
          </Button>
          <Button size="small" onClick={() => saveJson(`job-${jobId.slice(0, 10)}-events.json`, events)}>
            JSON
          </Button>
        </>
      }
    >
      {rows.length === 0 ? (
        <Empty title="No event yet" />
      ) : (
        <Table
          dense
          caption={strings.events}
          rows={rows}
          rowKey={(row) => `${row.block}-${row.log_index}`}
          columns={[
            { head: "Event", cell: (row) => EVENTS[row.event] ?? row.event },
            { head: "Lot", align: "right", cell: (row) => row.lot ?? "–" },
            { head: "Who", from: "sm", cell: whoOf },
            { head: "Amount", align: "right", from: "sm", cell: amountOf },
            { head: "Block", align: "right", cell: (row) => row.block },
            { head: "When", from: "md", cell: (row) => <Ago timestamp={row.timestamp} /> },
            {
              head: "Transaction",
              cell: (row) => <Copyable value={row.tx} what="transaction hash" head={6} tail={4} />,
            },
          ]}
        />
      )}
      {newest.length > FIRST && (
        <div className="px-4 py-2">
          <Button size="small" look="quiet" onClick={() => setAll(!all)}>
            {all ? "Show fewer" : `Show all ${newest.length}`}
          </Button>
        </div>
      )}
    </Card>
  );
}

function whoOf(row: TimelineEvent) {
  const { provider, buyer, account, challenger } = row.args as Record<string, Hex | undefined>;
  if (provider) return <Who address={provider} as="provider" copy={false} />;
  const who = buyer ?? account ?? challenger;
  return who ? <Who address={who} as="account" copy={false} /> : "–";
}

function amountOf(row: TimelineEvent) {
  const value = row.args.amount_usd6 ?? row.args.paid_usd6 ?? row.args.escrow_usd6 ?? row.args.slashed_usd6;
  return typeof value === "string" || typeof value === "number" ? formatUsd6(BigInt(value)) : "–";
}

function csvRow(event: TimelineEvent) {
  return {
    event: event.event,
    lot: event.lot ?? "",
    block: event.block,
    timestamp: event.timestamp,
    transaction: event.tx,
    log_index: event.log_index,
    arguments: JSON.stringify(event.args),
  };
}
