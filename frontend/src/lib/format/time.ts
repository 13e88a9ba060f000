/** Seconds to words. Callers pass chain time: nothing here reads a clock. */

export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min${whole % 60 ? ` ${whole % 60} s` : ""}`;
  if (whole < 86_400) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  return `${Math.floor(whole / 86_400)} d ${Math.floor((whole % 86_400) / 3600)} h`;
}

/** "12 s ago" of a chain timestamp seen from the chain's head. */
export function formatAgo(timestamp: number, now: number): string {
  const past = now - timestamp;
  if (past < 0) return `in ${formatDuration(-past)}`;
  if (past < 2) return "just now";
  if (past < 60) return `${past} s ago`;
  if (past < 3600) return `${Math.floor(past / 60)} min ago`;
  if (past < 86_400) return `${Math.floor(past / 3600)} h ago`;
  return `${Math.floor(past / 86_400)} d ago`;
}

/** "2026-11-22 17:04:09" in the reader's zone. */
export function formatExact(timestamp: number): string {
  const date = new Date(timestamp * 1000);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

export function dayOf(timestamp: number): string {
  return formatExact(timestamp).slice(0, 10);
}
