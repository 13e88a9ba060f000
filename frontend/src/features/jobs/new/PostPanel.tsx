/** The last part of the form: what is about to happen in words, and the one button that walks through it. */
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { FundsNotice } from "@/features/jobs/new/FundsNotice";
import { strings } from "@/features/jobs/new/strings";
import { type Shortfall, useFunds } from "@/features/jobs/new/useFunds";
import { type Order, type OrderStep, useOrder } from "@/features/jobs/new/useOrder";
import { strings as walletStrings } from "@/features/wallet/strings";
import { TxButton, TxNote } from "@/features/wallet/TxButton";
import { type Transaction, useTransaction } from "@/features/wallet/useTransaction";
import { useWallet } from "@/features/wallet/useWallet";
import { formatGas } from "@/lib/format/gas";
import { formatUsd6 } from "@/lib/format/usd";
import { Button } from "@/ui/Button";

interface Props {
  order: Omit<Order, "buyer">;
  /** About what the gas costs; null while unknown. */
  gasWei: bigint | null;
  /** A sentence that forbids sending (quote out of date, market paused, server and chain differ). */
  blocked: string | null;
  onUnsure(): void;
}

export const POST_KEY = "post-job";

export function PostPanel({ order, gasWei, blocked, onUnsure }: Props) {
  const wallet = useWallet();
  const funds = useFunds(wallet.address, order.escrowUsd6, gasWei);
  const navigate = useNavigate();
  const tx = useTransaction(POST_KEY);
  const flow = useOrder(tx);
  // once the escrow has left, what remains need not pay for another
  const asking = flow.busy || tx.state.step !== "idle";
  const poor = funds === null || asking ? null : poorBecause(funds);

  const posted = tx.state.step === "done" ? flow.jobId : null;
  useEffect(() => {
    if (posted) void navigate({ to: "/jobs/$jobId", params: { jobId: posted } });
  }, [posted, navigate]);

  // a failure that may have been sent leaves a draft behind: the page asks the chain about it
  const failed = tx.state.step === "idle" && tx.state.error && !tx.state.error.unsent;
  const told = useRef(false);
  useEffect(() => {
    if (failed && !told.current) {
      told.current = true;
      onUnsure();
    }
  }, [failed, onUnsure]);

  const amount = formatUsd6(order.escrowUsd6);
  if (!wallet.address || !wallet.rightChain) {
    return (
      <TxButton
        tx={tx}
        size="large"
        label={strings.post(amount)}
        submit={async () => "0x"}
        className="w-full"
      />
    );
  }
  return (
    <div className="grid gap-3">
      <Steps flow={flow.step} busy={flow.busy} amount={amount} tx={tx} />
      <Button
        look="primary"
        size="large"
        className="w-full"
        busy={flow.busy || tx.state.step === "pending"}
        disabled={Boolean(blocked ?? poor) || tx.state.step === "done"}
        onClick={() => wallet.address && void flow.run({ ...order, buyer: wallet.address })}
      >
        {labelOf(flow.busy, flow.step, tx, poor, amount)}
      </Button>
      <div aria-live="polite" className="-my-1 text-sm empty:hidden">
        {flow.error ? (
          <p className="text-bad">{flow.error}</p>
        ) : (
          blocked && <p className="text-warn">{blocked}</p>
        )}
      </div>
      <TxNote tx={tx} />
      {poor && funds && <FundsNotice funds={funds} />}
    </div>
  );
}

function poorBecause({ haveWei, missingUsd6, missingWei }: Shortfall): string | null {
  if (missingUsd6 > 0n) return strings.insufficient(formatUsd6(missingUsd6));
  return missingWei > 0n ? strings.insufficientGas(formatGas(haveWei + missingWei)) : null;
}

function labelOf(
  busy: boolean,
  step: OrderStep,
  tx: Transaction,
  poor: string | null,
  amount: string,
): string {
  if (tx.state.step === "pending") return walletStrings.pending;
  if (tx.state.step === "done") return walletStrings.done;
  if (busy) return step === "upload" ? "Storing the spec: confirm in your wallet…" : walletStrings.asking;
  return poor ?? strings.post(amount);
}

interface StepsProps {
  flow: OrderStep;
  busy: boolean;
  amount: string;
  tx: Transaction;
}

function Steps({ flow, busy, amount, tx }: StepsProps) {
  const funding = flow === "approve" ? "approve" : "permit";
  const order: OrderStep[] = ["upload", funding, "post"];
  const labels: Record<OrderStep, string> = {
    upload: strings.stepUpload,
    permit: strings.stepPermit(amount),
    approve: strings.stepApprove(amount),
    post: strings.stepPost,
  };
  const at = tx.state.step === "done" ? order.length : busy ? order.indexOf(flow) : -1;
  return (
    <ol className="grid gap-2 text-sm">
      {order.map((step, index) => (
        <li key={step} aria-current={index === at ? "step" : undefined} className="flex gap-2.5">
          <span
            aria-hidden="true"
            className={`mt-0.5 grid size-5 shrink-0 place-items-center rounded-full text-xs font-semibold ${
              index < at
                ? "bg-good-soft text-good"
                : index === at
                  ? "bg-accent text-accent-ink"
                  : "bg-raised text-muted"
            }`}
          >
            {index < at ? "✓" : index + 1}
          </span>
          <span>
            <span className="font-medium">{labels[step]}</span>
            <span className="block text-muted">{strings.stepNote[step]}</span>
          </span>
        </li>
      ))}
    </ol>
  );
}
