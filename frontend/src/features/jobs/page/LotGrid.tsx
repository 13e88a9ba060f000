/** Lots × places as a heat strip, and the chosen lot's seats in full. */
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { LotDetail } from "@/features/jobs/page/LotDetail";
import { strings } from "@/features/jobs/page/strings";
import { PHASES, SEATS } from "@/features/jobs/words";
import type { JobDetail, Lot, Seat } from "@/lib/api/types";
import { useNames } from "@/lib/useNames";
import { Amount } from "@/ui/Amount";
import { Card } from "@/ui/Card";
import { Empty } from "@/ui/States";
import { Table } from "@/ui/Table";
import { Who } from "@/ui/Who";

/** More lots than this are shown in pages of the strip. */
const STRIP = 96;

const CELL: Record<string, string> = {
  DRAWN: "bg-accent-soft",
  SEALED: "bg-info/50",
  TAGGED: "bg-info",
  PAID: "bg-good",
  UNPAID: "bg-warn",
  DEFAULTED: "bg-bad",
  DECLINED: "bg-line-strong",
  CONVICTED: "bg-bad",
};

export function LotGrid({ job, lots }: { job: JobDetail; lots: readonly Lot[] }) {
  const [chosen, setChosen] = useState<number | null>(null);
  const [from, setFrom] = useState(0);
  const shown = lots.slice(from, from + STRIP);
  const lot = lots.find((one) => one.lot === chosen) ?? null;
  return (
    <Card title={strings.seats} note={strings.seatsNote}>
      {lots.length === 0 ? (
        <p className="text-muted">{strings.notDrawn}</p>
      ) : (
        <div className="grid gap-4">
          <div className="flex gap-px overflow-x-auto pb-1">
            {shown.map((one) => (
              <LotColumn
                key={one.lot}
                lot={one}
                chosen={one.lot === chosen}
                onChoose={() => setChosen(one.lot)}
              />
            ))}
          </div>
          {lots.length > STRIP && (
            <label className="flex items-center gap-2 text-sm text-muted">
              Lots {from}–{from + shown.length - 1} of {lots.length}
              <input
                type="range"
                min={0}
                max={Math.floor((lots.length - 1) / STRIP)}
                value={from / STRIP}
                onChange={(event) => setFrom(Number(event.target.value) * STRIP)}
              />
            </label>
          )}
          <Legend lots={lots} />
          {lot ? <LotDetail lot={lot} job={job} /> : <ByProvider lots={lots} />}
        </div>
      )}
    </Card>
  );
}

function LotColumn({ lot, chosen, onChoose }: { lot: Lot; chosen: boolean; onChoose(): void }) {
  const names = useNames();
  const summary = lot.seats
    .filter((seat) => !seat.spare || seat.called)
    .map((seat) => `${names(seat.provider) ?? seat.provider}: ${SEATS[seat.status]?.label}`)
    .join(", ");
  return (
    <button
      type="button"
      onClick={onChoose}
      aria-pressed={chosen}
      aria-label={`Lot ${lot.lot}, ${PHASES[lot.phase]}. ${summary}`}
      title={`Lot ${lot.lot}: ${summary}`}
      className={`grid min-w-6 flex-1 content-start gap-px rounded-sm p-0.5 hover:bg-raised ${chosen ? "bg-raised ring-2 ring-accent" : ""}`}
    >
      {lot.seats.map((seat) => (
        <span
          key={seat.place}
          className={`block h-5 rounded-[2px] ${seat.spare && !seat.called ? "border border-dashed border-line" : (CELL[seat.status] ?? "bg-raised")}`}
        />
      ))}
      <span className="text-center text-[0.6875rem] text-muted">{lot.lot}</span>
    </button>
  );
}

function Legend({ lots }: { lots: readonly Lot[] }) {
  const seen = new Set(
    lots.flatMap((lot) => lot.seats.filter((seat) => !seat.spare || seat.called).map((seat) => seat.status)),
  );
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-muted">
      {[...seen].map((status) => (
        <li key={status} className="flex items-center gap-1.5" title={SEATS[status]?.what}>
          <span className={`size-3 rounded-[2px] ${CELL[status] ?? "bg-raised"}`} aria-hidden="true" />
          {SEATS[status]?.label ?? status}
        </li>
      ))}
      <li className="flex items-center gap-1.5">
        <span className="size-3 rounded-[2px] border border-dashed border-line-strong" aria-hidden="true" />
        spare, not called
      </li>
    </ul>
  );
}

interface Tally {
  provider: Seat["provider"];
  device: Seat["device_id"];
  seats: number;
  paid: number;
  missed: number;
  earned: bigint;
  slashed: bigint;
}

export function tallyOf(lots: readonly Lot[]): Tally[] {
  const tallies = new Map<string, Tally>();
  for (const seat of lots.flatMap((lot) => lot.seats)) {
    if (seat.spare && !seat.called) continue;
    const fresh = {
      provider: seat.provider,
      device: seat.device_id,
      seats: 0,
      paid: 0,
      missed: 0,
      earned: 0n,
      slashed: 0n,
    };
    const tally = tallies.get(seat.device_id) ?? fresh;
    tally.seats += 1;
    tally.paid += seat.status === "PAID" ? 1 : 0;
    tally.missed += seat.status === "DEFAULTED" || seat.status === "CONVICTED" ? 1 : 0;
    tally.earned += BigInt(seat.amount_usd6);
    tally.slashed += BigInt(seat.slashed_usd6);
    tallies.set(seat.device_id, tally);
  }
  return [...tallies.values()].sort((a, b) => b.seats - a.seats);
}

function ByProvider({ lots }: { lots: readonly Lot[] }) {
  const rows = tallyOf(lots);
  if (rows.length === 0) return <Empty title="No seat was called yet" />;
  return (
    <div className="-mx-4">
      <Table
        dense
        caption="What each provider did in this job"
        rows={rows}
        rowKey={(row) => row.device}
        columns={[
          { head: "Provider", cell: (row) => <Who address={row.provider} as="provider" copy={false} /> },
          {
            head: "Device",
            from: "md",
            cell: (row) => (
              <Link
                to="/devices/$deviceId"
                params={{ deviceId: row.device }}
                className="link font-mono text-[0.8125rem]"
              >
                {row.device.slice(0, 10)}…
              </Link>
            ),
          },
          { head: "Seats", align: "right", cell: (row) => row.seats },
          { head: "Paid", align: "right", cell: (row) => row.paid },
          { head: "Missed", align: "right", from: "sm", cell: (row) => row.missed || "–" },
          { head: "Earned", align: "right", cell: (row) => <Amount usd6={row.earned} /> },
          {
            head: "Slashed",
            align: "right",
            from: "sm",
            cell: (row) => (row.slashed > 0n ? <Amount usd6={row.slashed} /> : "–"),
          },
        ]}
      />
    </div>
  );
}
