/** Money of a job as the chain settled it; the parts add up to the escrow, to the last unit. */
import type { JobDetail } from "@/lib/api/types";

export interface ReceiptLines {
  readonly escrow: bigint;
  readonly paid: bigint;
  readonly fee: bigint;
  readonly refund: bigint;
  /** Pokes and cancellation fees: what left the escrow to anyone else. Known once the job is closed. */
  readonly keepers: bigint;
  /** Not decided yet; zero when closed. */
  readonly open: bigint;
  readonly slashed: bigint;
}

export function receiptOf(job: JobDetail): ReceiptLines {
  const escrow = BigInt(job.escrow_usd6);
  const paid = BigInt(job.paid_usd6);
  const fee = BigInt(job.fee_usd6);
  const refund = BigInt(job.refund_usd6);
  const rest = escrow - paid - fee - refund;
  const over = job.state === "CLOSED" || job.state === "CANCELLED";
  return {
    escrow,
    paid,
    fee,
    refund,
    keepers: over ? rest : 0n,
    open: over ? 0n : rest,
    slashed: BigInt(job.slashed_usd6),
  };
}
