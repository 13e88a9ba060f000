/** Income day by day, each payment linked to its job. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { incomeByDay } from "@/features/devices/incomeDays";
import { strings } from "@/features/devices/strings";
import { incomeQuery } from "@/lib/api/queries";
import type { Income } from "@/lib/api/types";
import { saveCsv } from "@/lib/download";
import { shortHex } from "@/lib/format/ids";
import { Amount } from "@/ui/Amount";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Copyable } from "@/ui/Copyable";
import { DataState } from "@/ui/DataState";
import { Empty } from "@/ui/States";
import { Table } from "@/ui/Table";
import { Ago } from "@/ui/Time";

const DAY_ROWS = 12;

export function IncomeCard({ deviceId }: { deviceId: string }) {
  const income = useQuery(incomeQuery(deviceId));
  return (
    <Card
      flush
      title={strings.income}
      note={strings.incomeNote}
      actions={
        <Button
          size="small"
          disabled={!income.data?.length}
          onClick={() =>
            saveCsv(
              `income-${deviceId.slice(0, 10)}.csv`,
              (income.data ?? []).map((row) => ({ ...row })),
            )
          }
        >
          CSV
        </Button>
      }
    >
      <DataState query={income} what="Income">
        {(rows) =>
          rows.length === 0 ? (
            <Empty title={strings.noIncome} />
          ) : (
            incomeByDay(rows).map((day) => (
              <details
                key={day.day}
                open={day.rows.length <= DAY_ROWS}
                className="border-t border-line/60 first:border-0"
              >
                <summary className="flex items-baseline justify-between gap-4 px-4 py-2 text-sm">
                  <span className="font-medium">{day.day}</span>
                  <span className="text-muted">
                    {day.rows.length} {day.rows.length === 1 ? "payment" : "payments"}
                  </span>
                  <span>
                    <Amount usd6={day.total} />
                  </span>
                </summary>
                <IncomeRows rows={day.rows} />
              </details>
            ))
          )
        }
      </DataState>
    </Card>
  );
}

function IncomeRows({ rows }: { rows: readonly Income[] }) {
  return (
    <Table
      dense
      caption="Payments"
      rows={rows}
      rowKey={(row) => `${row.tx}-${row.lot}-${row.amount_usd6}-${row.block}`}
      columns={[
        {
          head: "Job",
          cell: (row) =>
            row.job_id ? (
              <Link
                to="/jobs/$jobId"
                params={{ jobId: row.job_id }}
                className="link font-mono text-[0.8125rem]"
              >
                {shortHex(row.job_id, 8, 4)}
              </Link>
            ) : (
              "gift"
            ),
        },
        { head: "Lot", align: "right", cell: (row) => row.lot ?? "–" },
        { head: "Amount", align: "right", cell: (row) => <Amount usd6={row.amount_usd6} /> },
        { head: "Holders", align: "right", from: "sm", cell: (row) => <Amount usd6={row.holders_usd6} /> },
        { head: "Operator", align: "right", from: "md", cell: (row) => <Amount usd6={row.operator_usd6} /> },
        { head: "When", align: "right", cell: (row) => <Ago timestamp={row.timestamp} /> },
        {
          head: "Transaction",
          from: "md",
          cell: (row) => <Copyable value={row.tx} what="transaction hash" />,
        },
      ]}
    />
  );
}
