/** The button of every transaction: its label walks connect → right network → (blocked) → send → pending → done. */
import { type ReactNode, useEffect, useState } from "react";
import { useSwitchChain } from "wagmi";
import { strings } from "@/features/wallet/strings";
import { plainError } from "@/features/wallet/txErrors";
import type { Transaction } from "@/features/wallet/useTransaction";
import { useWallet } from "@/features/wallet/useWallet";
import { setConnectOpen } from "@/features/wallet/walletUi";
import type { Hex } from "@/lib/bytes";
import { LOCAL_CHAIN_ID, useConfig } from "@/lib/config";
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
  if (!wallet.address)
    return <ConnectFirst look={look} size={size} busy={wallet.connecting} className={className} />;
  if (!wallet.rightChain) return <SwitchFirst size={size} className={className} />;

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

interface GateProps {
  look?: "primary" | "plain" | "danger";
  size?: "small" | "medium" | "large";
  busy?: boolean;
  className?: string | undefined;
}

function ConnectFirst({ look = "primary", size = "medium", busy = false, className = "" }: GateProps) {
  // reconnecting at load takes a moment; only after it may the label say "connect"
  const [patient, setPatient] = useState(true);
  useEffect(() => {
    const timer = setTimeout(() => setPatient(false), 1_500);
    return () => clearTimeout(timer);
  }, []);
  const waiting = busy && patient;
  return (
    <Button look={look} size={size} busy={waiting} className={className} onClick={() => setConnectOpen(true)}>
      {waiting ? strings.connecting : strings.connect}
    </Button>
  );
}

function SwitchFirst({ size = "medium", className = "" }: GateProps) {
  const { chain_id } = useConfig();
  const { walletChainId } = useWallet();
  const switching = useSwitchChain();
  const name = chain_id === LOCAL_CHAIN_ID ? "the local chain" : `chain ${chain_id}`;
  return (
    <div className={`grid gap-1.5 ${className}`}>
      <Button
        look="primary"
        size={size}
        busy={switching.isPending}
        onClick={() => switching.mutate({ chainId: chain_id })}
      >
        {strings.switchTo(name)}
      </Button>
      <p aria-live="polite" className="text-xs text-warn">
        {switching.error ? plainError(switching.error).message : strings.wrongNetwork(walletChainId ?? 0)}
      </p>
    </div>
  );
}
