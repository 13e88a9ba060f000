import type { ReactNode } from "react";

export type Fact = [label: ReactNode, value: ReactNode];

/** Label and value pairs; a definition list, two columns when there is room. */
export function Facts({ rows, columns = 1 }: { rows: Fact[]; columns?: 1 | 2 }) {
  return (
    <dl className={`grid gap-x-8 ${columns === 2 ? "sm:grid-cols-2" : ""}`}>
      {rows.map(([label, value], index) => (
        <div
          // the rows of one list are fixed; their order is their identity
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          key={index}
          className="flex min-w-0 items-baseline justify-between gap-4 border-b border-line/60 py-1.5 last:border-0"
        >
          <dt className="min-w-0 text-sm text-muted">{label}</dt>
          <dd className="max-w-[65%] min-w-0 shrink-0 text-right">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** One figure with its name; used in rows of figures. */
export function Figure({ label, children, hint }: { label: string; children: ReactNode; hint?: ReactNode }) {
  return (
    <div className="min-w-0">
      <p className="text-sm text-muted">{label}</p>
      <p className="mt-0.5 min-h-8 text-xl font-semibold tracking-tight sm:text-2xl">{children}</p>
      {hint && <p className="text-xs text-muted">{hint}</p>}
    </div>
  );
}
