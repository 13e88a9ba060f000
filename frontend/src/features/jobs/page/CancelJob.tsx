/** Cancel with the refund shown first; only the buyer sees it, only while a cancellation can change something. */
import { useState } from "react";
import { strings as auction } from "@/features/jobs/auction/strings";
import { strings } from "@/features/jobs/page/strings";
import { TxButton } from "@/features/wallet/TxButton";
import { useTransaction } from "@/features/wallet/useTransaction";
import { useWallet } from "@/features/wallet/useWallet";
import { useWrite } from "@/features/wallet/useWrite";
import { jobBoardAbi, jobMarketAbi } from "@/generated/contracts";
import type { JobDetail, Lot } from "@/lib/api/types";
import { termsOf } from "@/lib/chain/terms";
import { contractOf, paramOf, useConfig } from "@/lib/config";
import { sameHex } from "@/lib/format/ids";
import { Amount } from "@/ui/Amount";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Facts } from "@/ui/Facts";

const DEFAULT_CANCEL_FEE_BPS = 1_000;

/** Least refund of a cancellation now: lots with a seal may still be earned whole. */
export function leastRefund(job: JobDetail, lots: readonly Lot[], cancelFeeBps: number): bigint {
  const decided = BigInt(job.paid_usd6) + BigInt(job.fee_usd6) + BigInt(job.refund_usd6);
  if (job.seed === null) return BigInt(job.escrow_usd6) - decided;
  const ceiling = BigInt(job.auction && job.award_hash ? job.auction.clearing_usd6 : job.ceiling_usd6);
  const perSeat = (ceiling * BigInt(cancelFeeBps) + 9_999n) / 10_000n;
  const fee = (ceiling * BigInt(job.fee_bps) + 9_999n) / 10_000n;
  const empty = lots.filter(
    (lot) => lot.phase === "SEALING" && lot.seats.every((seat) => seat.sealed_at === null),
  );
  const each = BigInt(job.seats) * (ceiling + fee) - BigInt(job.seats) * perSeat;
  return BigInt(empty.length) * each;
}

export function CancelJob({ job, lots }: { job: JobDetail; lots: readonly Lot[] }) {
  const wallet = useWallet();
  const app = useConfig();
  const write = useWrite();
  const [open, setOpen] = useState(false);
  const tx = useTransaction(`cancel:${job.id}`, () => setOpen(false));
  const bidding = job.state === "OPEN";
  if (bidding && job.auction && job.auction.bids_opened > 0) return null;
  const over = job.state === "CLOSED" || job.state === "CANCELLED" || job.cancelled_at !== null;
  if (over || !sameHex(wallet.address, job.buyer)) return null;
  const refund = leastRefund(job, lots, paramOf(app, "cancel_fee_bps") ?? DEFAULT_CANCEL_FEE_BPS);
  return (
    <>
      <Button look="danger" onClick={() => setOpen(true)}>
        {strings.cancel}
      </Button>
      <Dialog
        open={open}
        title={strings.cancelTitle}
        onClose={() => setOpen(false)}
        footer={<Button onClick={() => setOpen(false)}>{strings.keep}</Button>}
      >
        <div className="grid gap-4">
          <p>{bidding ? auction.cancel : job.seed === null ? strings.cancelBefore : strings.cancelAfter}</p>
          <Facts rows={[[strings.cancelLeast, <Amount key="a" usd6={refund} />]]} />
          <TxButton
            tx={tx}
            look="danger"
            label={strings.cancel}
            submit={() =>
              bidding
                ? write({
                    address: contractOf(app, "JobBoard"),
                    abi: jobBoardAbi,
                    functionName: "cancel_auction",
                    args: [
                      { buyer: job.buyer, client_salt: job.terms.client_salt, terms: termsOf(job.terms) },
                    ],
                  })
                : write({
                    address: contractOf(app, "JobMarket"),
                    abi: jobMarketAbi,
                    functionName: "cancel_job",
                    args: [job.id],
                  })
            }
          />
        </div>
      </Dialog>
    </>
  );
}
