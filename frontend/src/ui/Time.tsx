import { formatAgo, formatDuration, formatExact } from "@/lib/format/time";
import { useChainNow } from "@/lib/live/useHead";

/** Relative to the chain's head; the exact local time on hover and for screen readers. */
export function Ago({ timestamp }: { timestamp: number | null | undefined }) {
  const now = useChainNow();
  if (timestamp === null || timestamp === undefined) return <span className="text-muted">–</span>;
  const exact = formatExact(timestamp);
  return (
    <time dateTime={new Date(timestamp * 1000).toISOString()} title={exact} className="whitespace-nowrap">
      {now === null ? exact : formatAgo(timestamp, now)}
    </time>
  );
}

/** Time left until a block timestamp, by the chain's clock; `over` is said when it has passed. */
export function Countdown({ until, over }: { until: number; over: string }) {
  const now = useChainNow();
  const exact = formatExact(until);
  if (now === null) return <time title={exact}>{exact}</time>;
  return (
    <time
      dateTime={new Date(until * 1000).toISOString()}
      title={`${exact} by the chain's clock`}
      className="whitespace-nowrap"
    >
      {now >= until ? over : formatDuration(until - now)}
    </time>
  );
}
