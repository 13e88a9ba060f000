/** The descent, level by level: up to thirty-two parts as a row of cells, the one that was named, and the hashes behind them. */
import type { Cell, Mark, Rung } from "@/features/disputes/descent";
import { strings } from "@/features/disputes/words";
import type { GameDetail } from "@/lib/api/disputeTypes";
import { Card } from "@/ui/Card";
import { Copyable } from "@/ui/Copyable";
import { Table } from "@/ui/Table";
import { Ago } from "@/ui/Time";

export function Descent({ rungs, game }: { rungs: readonly Rung[]; game: GameDetail }) {
  return (
    <Card title={strings.descent} note={strings.descentNote}>
      <Legend />
      <ol className="grid" aria-label={strings.descent}>
        {rungs.map((rung, index) => (
          <RungItem
            key={rung.level.key}
            rung={rung}
            last={index === rungs.length - 1}
            namedTx={rungs[index + 1]?.level.named_tx ?? game.ruling?.tx ?? null}
            waiting={index === rungs.length - 1 && game.turn !== null}
          />
        ))}
      </ol>
    </Card>
  );
}

const LOOK: Record<Mark, string> = {
  agreed: "bg-good-soft text-good",
  named: "bg-bad text-surface font-semibold",
  after: "bg-raised text-muted",
  open: "bg-info-soft text-info",
};

const MARKS: Record<Mark, string> = {
  agreed: "both sides have the same",
  named: "the first that differs",
  after: "not looked at",
  open: "shown, nothing named yet",
};

function Legend() {
  return (
    <ul className="mb-3 flex flex-wrap gap-x-4 gap-y-1 text-xs text-muted">
      {(Object.keys(MARKS) as Mark[]).map((mark) => (
        <li key={mark} className="flex items-center gap-1.5">
          <span aria-hidden="true" className={`size-3 rounded-[2px] ${LOOK[mark]}`} />
          {MARKS[mark]}
        </li>
      ))}
    </ul>
  );
}

interface RungProps {
  rung: Rung;
  last: boolean;
  namedTx: string | null;
  waiting: boolean;
}

function RungItem({ rung, last, namedTx, waiting }: RungProps) {
  const { level, cells } = rung;
  const { answer } = level;
  return (
    <li
      aria-current={waiting ? "step" : undefined}
      className={`relative grid min-w-0 gap-1.5 pb-5 pl-6 ${last ? "" : "border-l border-line-strong/50"} ml-1.5`}
    >
      <span
        aria-hidden="true"
        className={`absolute top-1 -left-[0.4375rem] size-3.5 rounded-full border-2 border-surface ${waiting ? "animate-pulse bg-accent" : rung.named ? "bg-bad" : "bg-line-strong"}`}
      />
      <div className="flex flex-wrap items-baseline gap-x-3">
        <h3 className="text-sm">{rung.title}</h3>
        <p className="min-w-0 text-xs break-words text-muted">{rung.note}</p>
      </div>
      {cells.length > 0 && <Cells cells={cells} />}
      <p className="text-sm" aria-live="polite">
        {rung.named ? (
          <>
            <span aria-hidden="true" className="text-bad">
              ↳{" "}
            </span>
            <b className="font-medium break-words">{rung.named}</b>
          </>
        ) : waiting ? (
          <span className="text-muted">{answer ? strings.waitName : strings.waitAnswer}</span>
        ) : null}
      </p>
      {answer && (
        <details className="text-xs text-muted">
          <summary className="w-fit rounded hover:text-ink">
            shown <Ago timestamp={answer.at} />
            {answer.shared ? ", for another game on this claim" : ""}: hashes and transactions
          </summary>
          <div className="mt-2 grid gap-2">
            <p className="flex flex-wrap items-center gap-x-4">
              <span>
                shown in <Copyable value={answer.tx} what="transaction hash" />
              </span>
              {rung.named && namedTx && (
                <span>
                  named in <Copyable value={namedTx} what="transaction hash" />
                </span>
              )}
              <span>
                contested <Copyable value={level.position.root} what="contested root" />
              </span>
            </p>
            <CellTable cells={cells} title={rung.title} />
          </div>
        </details>
      )}
    </li>
  );
}

/** Cells to a row on a phone and on a wide screen, by the longest label. */
function columnsOf(cells: readonly Cell[]): string {
  const longest = Math.max(...cells.map((cell) => cell.label.length));
  if (longest <= 4) return "grid-cols-8 md:grid-cols-[repeat(16,minmax(0,1fr))]";
  if (longest <= 7) return "grid-cols-6 md:grid-cols-[repeat(16,minmax(0,1fr))]";
  return longest <= 12 ? "grid-cols-4 md:grid-cols-8" : "grid-cols-2 md:grid-cols-4";
}

/** What a cell means is in its title, for readers of screens in its text, and in the table below. */
function Cells({ cells }: { cells: readonly Cell[] }) {
  return (
    <ul className={`grid gap-px ${columnsOf(cells)}`}>
      {cells.map((cell) => (
        <li
          key={cell.label}
          title={`${cell.label}: ${MARKS[cell.mark]}\n${cell.value}`}
          className={`min-w-0 truncate rounded-[3px] px-0.5 py-1 text-center text-[0.6875rem] leading-tight ${LOOK[cell.mark]}`}
        >
          {cell.label}
          <span className="sr-only">, {MARKS[cell.mark]}</span>
        </li>
      ))}
    </ul>
  );
}

function CellTable({ cells, title }: { cells: readonly Cell[]; title: string }) {
  return (
    <Table
      dense
      caption={`${title}: what the provider showed`}
      rows={cells}
      rowKey={(cell) => cell.label}
      columns={[
        { head: "Part", cell: (cell) => <span className="whitespace-nowrap">{cell.label}</span> },
        {
          head: "Shown",
          cell: (cell) =>
            cell.value.startsWith("0x") ? (
              <Copyable value={cell.value} what="hash" head={10} tail={6} />
            ) : (
              <span className="font-mono">{cell.value}</span>
            ),
        },
        { head: "Compared", cell: (cell) => MARKS[cell.mark] },
      ]}
    />
  );
}
