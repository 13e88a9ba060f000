/** The button of every transaction: its label walks connect → right network → (blocked) → send → pending → done. */
import type { ReactNode } from "react";
import { strings } from "@/features/wallet/strings";
import type { Transaction } from "@/features/wallet/useTransaction";
import { useWallet } from "@/features/wallet/useWallet";
import { WalletGate } from "@/features/wallet/WalletGate";
import type { Hex } from "@/lib/bytes";
import { Button } from "@/ui/Button";
import { Copyable } from "@/ui/Copyable";

interface Props {
  tx: Transaction;
  label: ReactNode;
  submit(): Promise<Hex>;
  /** A sentence that blocks sending (insufficient balance, nothing to claim); shown as the label. */
  blocked?: string | null;
  doneLabel?: string;
  look?: "primary" | "plain" | "danger";
  size?: "small" | "medium" | "large";
  className?: string;
}

export function TxButton({
  tx,
  label,
  submit,
  blocked,
  doneLabel,
  look = "primary",
  size = "medium",
  className,
}: Props) {
  const wallet = useWallet();
  const { state } = tx;
  if (!wallet.address || !wallet.rightChain)
    return <WalletGate look={look} size={size} className={className} />;

  const busy = state.step === "asking" || state.step === "pending";
  const text =
    state.step === "asking"
      ? strings.asking
      : state.step === "pending"
        ? strings.pending
        : (blocked ?? (state.step === "done" && doneLabel ? doneLabel : label));
  return (
    <div className={`grid gap-1.5 ${className ?? "justify-items-start"}`}>
      <Button
        look={look}
        size={size}
        busy={busy}
        disabled={Boolean(blocked)}
        onClick={() => void tx.send(submit)}
      >
        {text}
      </Button>
      <TxNote tx={tx} reserve={size !== "small"} />
    </div>
  );
}

/** What became of the transaction: its hash while pending and after, a sentence after a refusal. Its line is kept free, if asked. */
export function TxNote({ tx, reserve = true }: { tx: Transaction; reserve?: boolean }) {
  const { state } = tx;
  return (
    <div aria-live="polite" className={`text-xs text-muted ${reserve ? "min-h-5" : "empty:hidden"}`}>
      {state.step === "idle" && state.error && (
        <p className={state.error.rejected ? "text-warn" : "text-bad"}>
          {state.error.message} {state.error.advice}
        </p>
      )}
      {(state.step === "pending" || state.step === "done") && (
        <p className="flex flex-wrap items-center gap-1">
          {state.step === "done" ? strings.done : "Sent"}:{" "}
          <Copyable value={state.hash} what="transaction hash" />
        </p>
      )}
    </div>
  );
}
