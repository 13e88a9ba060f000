import { useState } from "react";
import { encodeFunctionData } from "viem";
import type { Action } from "@/exit/holding";
import type { Node } from "@/exit/node";
import { type Connected, toChain } from "@/exit/wallets";
import { plainError } from "@/features/wallet/txErrors";
import type { Hex } from "@/lib/bytes";
import { sameHex } from "@/lib/format/ids";
import { Button } from "@/ui/Button";
import { Copyable } from "@/ui/Copyable";

interface Props {
  action: Action;
  node: Node;
  account: Hex;
  wallet: Connected | null;
  /** A transaction was mined: what is shown is old. */
  onDone: () => void;
}

type Progress = { step: "idle" | "asking" | "mining" | "done" | "failed"; text: string; hash?: Hex };

/** One call: sent by the connected wallet after a trial run at the node, or copied for any other tool. */
export function SendAction({ action, node, account, wallet, onDone }: Props) {
  const [progress, setProgress] = useState<Progress>({ step: "idle", text: "" });
  const data = encodeFunctionData(action as never);
  const stranger = action.own === true && wallet !== null && !sameHex(wallet.account, account);
  const blocked =
    action.wait ??
    (stranger ? "Only the account itself can send this: connect it." : null) ??
    (wallet ? null : "Connect a wallet, or copy the call.");

  async function send() {
    if (!wallet) return;
    try {
      setProgress({ step: "asking", text: "Trying it at the node, then asking your wallet …" });
      await node.client.call({ account: wallet.account, to: action.to, data });
      await toChain(wallet.client, node.deployment.chainId, node.url);
      const hash = await wallet.client.sendTransaction({
        account: wallet.account,
        to: action.to,
        data,
        chain: null,
      });
      setProgress({ step: "mining", text: "Sent. Waiting for a block …", hash });
      const receipt = await node.client.waitForTransactionReceipt({ hash, pollingInterval: 1_000 });
      if (receipt.status !== "success") {
        setProgress({ step: "failed", text: "The transaction was mined and failed: nothing moved.", hash });
        return;
      }
      setProgress({ step: "done", text: `Done in block ${receipt.blockNumber}.`, hash });
      onDone();
    } catch (error) {
      const plain = plainError(error, "You refused in the wallet: nothing was sent.");
      setProgress({ step: "failed", text: [plain.message, plain.advice].filter(Boolean).join(" ") });
    }
  }

  const busy = progress.step === "asking" || progress.step === "mining";
  return (
    <div className="grid gap-1.5 border-t border-line/60 py-2 first:border-0">
      <div className="flex flex-wrap items-center gap-2">
        <Button look="primary" size="small" busy={busy} disabled={blocked !== null} onClick={send}>
          {action.label}
        </Button>
        {blocked && <span className="text-sm text-muted">{blocked}</span>}
      </div>
      <p
        role="status"
        className={`text-sm ${progress.step === "failed" ? "text-bad" : "text-muted"} empty:hidden`}
      >
        {progress.text} {progress.hash && <Copyable value={progress.hash} what="transaction" />}
      </p>
      <details className="text-sm">
        <summary className="text-muted">The call, for another wallet</summary>
        <dl className="mt-1 grid gap-1 rounded-md bg-raised p-2">
          <div>
            <dt className="text-xs text-muted">To</dt>
            <dd>
              <Copyable value={action.to} what="address" full />
            </dd>
          </div>
          <div>
            <dt className="text-xs text-muted">
              Data of {action.functionName}
              {action.own ? ", from the account itself" : ", from any account"}
            </dt>
            <dd>
              <Copyable value={data} what="call data" full />
            </dd>
          </div>
        </dl>
      </details>
    </div>
  );
}
