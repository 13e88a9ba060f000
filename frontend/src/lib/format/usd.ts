/** Amounts are whole numbers of 10⁻⁶ USD (`usd6`): strings in JSON, bigint here, never a float. */

const UNIT = 1_000_000n;

/** "1,234.50 USD": at least two decimals, up to six when they carry value. */
export function formatUsd6(amount: bigint | string, options: { unit?: boolean } = {}): string {
  const value = BigInt(amount);
  const magnitude = value < 0n ? -value : value;
  const whole = (magnitude / UNIT).toString().replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  const six = (magnitude % UNIT).toString().padStart(6, "0");
  const decimals = six.replace(/0+$/, "").padEnd(2, "0");
  const text = `${value < 0n ? "−" : ""}${whole}.${decimals}`;
  return options.unit === false ? text : `${text} USD`;
}

/** What a person typed, as usd6; null when it is not an amount with at most six decimals. */
export function parseUsd6(text: string): bigint | null {
  const match = /^\s*(\d{1,12})(?:\.(\d{0,6}))?\s*$/.exec(text.replaceAll(",", ""));
  if (!match) return null;
  return BigInt(match[1] as string) * UNIT + BigInt((match[2] ?? "").padEnd(6, "0"));
}

/** Shares have 18 decimals; shown with up to four. */
export function formatShares(amount: bigint | string): string {
  const value = BigInt(amount);
  const whole = (value / 10n ** 18n).toString().replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  const four = ((value % 10n ** 18n) / 10n ** 14n).toString().padStart(4, "0").replace(/0+$/, "");
  return four ? `${whole}.${four}` : whole;
}

/** Part of a whole in percent with one decimal, by integers. */
export function percentOf(part: bigint, whole: bigint): string {
  if (whole === 0n) return "0%";
  const tenths = (part * 1000n) / whole;
  return `${tenths / 10n}.${tenths % 10n}%`;
}
