import { formatUsd6 } from "@/lib/format/usd";

/** Money with its unit; null while unknown. */
export function Amount({ usd6, sign = false }: { usd6: bigint | string | null | undefined; sign?: boolean }) {
  if (usd6 === null || usd6 === undefined) return <span className="text-muted">–</span>;
  const value = BigInt(usd6);
  return (
    <span className="whitespace-nowrap">
      {sign && value > 0n ? "+" : ""}
      {formatUsd6(value, { unit: false })}
      {/* a space in the text, not a margin: it is read aloud and copied */}
      <span className="text-[0.8em] text-muted">{"\u00a0"}USD</span>
    </span>
  );
}
