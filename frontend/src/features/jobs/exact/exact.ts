/** Jobs of exact arithmetic: every device computes the same bits, so any device may take them and anyone can check them. */
import type { JobDetail, Lot } from "@/lib/api/types";

const ANY_DEVICE = /^0x0{64}$/;

export function isExact(job: Pick<JobDetail, "terms">): boolean {
  return ANY_DEVICE.test(String(job.terms.runtime_class));
}

/** Grade 1 is trusted: nothing of it can be challenged. */
export function hasClaims(job: Pick<JobDetail, "terms" | "grade">): boolean {
  return isExact(job) && job.grade > 1;
}

/** What convictions brought the buyer, in usd6; lines of one transaction are listed with each of its claims, and count once. */
export function compensationOf(lots: readonly Lot[]): bigint {
  const seen = new Set<string>();
  let total = 0n;
  for (const claim of lots.flatMap((lot) => lot.claims)) {
    if (claim.enforced_tx === null || seen.has(claim.enforced_tx)) continue;
    seen.add(claim.enforced_tx);
    for (const line of claim.split) if (line.kind === "compensation") total += BigInt(line.amount_usd6);
  }
  return total;
}
