/** What stands in place of a button that asks the wallet, until it can: connect one, or switch it to this chain. */
import { useEffect, useState } from "react";
import { useSwitchChain } from "wagmi";
import { strings } from "@/features/wallet/strings";
import { plainError } from "@/features/wallet/txErrors";
import { useWallet } from "@/features/wallet/useWallet";
import { setConnectOpen } from "@/features/wallet/walletUi";
import { LOCAL_CHAIN_ID, useConfig } from "@/lib/config";
import { Button } from "@/ui/Button";

interface Props {
  look?: "primary" | "plain" | "danger";
  size?: "small" | "medium" | "large";
  className?: string | undefined;
}

export function WalletGate(props: Props) {
  const wallet = useWallet();
  return wallet.address ? <SwitchFirst {...props} /> : <ConnectFirst {...props} busy={wallet.connecting} />;
}

function ConnectFirst({
  look = "primary",
  size = "medium",
  busy = false,
  className = "",
}: Props & { busy?: boolean }) {
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

function SwitchFirst({ size = "medium", className = "" }: Props) {
  const { chain_id } = useConfig();
  const { walletChainId } = useWallet();
  const switching = useSwitchChain();
  const name = chain_id === LOCAL_CHAIN_ID ? "the local chain" : `chain ${chain_id}`;
  return (
    <div className={`grid gap-1.5 ${className || "justify-items-start"}`}>
      <Button
        look="primary"
        size={size}
        busy={switching.isPending}
        onClick={() => switching.mutate({ chainId: chain_id })}
      >
        {strings.switchTo(name)}
      </Button>
      <p aria-live="polite" className="text-sm text-warn">
        {switching.error && `${plainError(switching.error, strings.switchRejected).message} `}
        {strings.wrongNetwork(walletChainId ?? 0, name)}
      </p>
    </div>
  );
}
