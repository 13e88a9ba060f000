/** Income of a device summed by day of the reader's zone, newest first; sums are bigint. */
import type { Income } from "@/lib/api/types";
import { dayOf } from "@/lib/format/time";

export interface IncomeDay {
  readonly day: string;
  readonly total: bigint;
  readonly holders: bigint;
  readonly rows: readonly Income[];
}

export function incomeByDay(rows: readonly Income[]): IncomeDay[] {
  const days = new Map<string, Income[]>();
  for (const row of rows) {
    const day = dayOf(row.timestamp);
    const list = days.get(day);
    if (list) list.push(row);
    else days.set(day, [row]);
  }
  const sum = (list: readonly Income[], field: "amount_usd6" | "holders_usd6") =>
    list.reduce((total, row) => total + BigInt(row[field]), 0n);
  return [...days.entries()]
    .sort(([a], [b]) => (a < b ? 1 : -1))
    .map(([day, list]) => ({
      day,
      total: sum(list, "amount_usd6"),
      holders: sum(list, "holders_usd6"),
      rows: list.toSorted((a, b) => b.timestamp - a.timestamp),
    }));
}
