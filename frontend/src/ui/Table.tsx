import type { ReactNode } from "react";

export interface Column<Row> {
  head: string;
  cell(row: Row): ReactNode;
  align?: "right";
  /** Hidden below this width; the fact must then be reachable elsewhere (the row's own page). */
  from?: "sm" | "md" | "lg";
}

const FROM = { sm: "max-sm:hidden", md: "max-md:hidden", lg: "max-lg:hidden" } as const;

interface Props<Row> {
  caption: string;
  columns: Column<Row>[];
  rows: readonly Row[];
  rowKey(row: Row): string;
  dense?: boolean;
}

export function Table<Row>({ caption, columns, rows, rowKey, dense = false }: Props<Row>) {
  const pad = dense ? "py-1" : "py-2.5";
  return (
    <div className="overflow-x-auto">
      <table className="w-full border-collapse text-sm">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr className="border-b border-line text-left text-muted">
            {columns.map((column) => (
              <th
                key={column.head}
                scope="col"
                className={`px-2 py-1.5 font-medium whitespace-nowrap first:pl-4 last:pr-4 ${column.align === "right" ? "text-right" : ""} ${column.from ? FROM[column.from] : ""}`}
              >
                {column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)} className="border-b border-line/60 last:border-0 hover:bg-raised/60">
              {columns.map((column) => (
                <td
                  key={column.head}
                  className={`px-2 first:pl-4 last:pr-4 ${pad} ${column.align === "right" ? "text-right" : ""} ${column.from ? FROM[column.from] : ""}`}
                >
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
