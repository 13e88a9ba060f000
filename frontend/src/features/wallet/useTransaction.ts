/**
 * One intent's transaction from the wallet's prompt to its receipt.
 *
 * The hash is stored before anything is awaited, so a reload goes on following it; a replacement made in the wallet is
 * followed; a refusal returns to idle with a sentence. A second `send` while one is under way does nothing.
 */
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import type { TransactionReceipt } from "viem";
import { useConfig as useWagmiConfig } from "wagmi";
import { getConnection } from "wagmi/actions";
import { awaitReceipt } from "@/features/wallet/awaitReceipt";
import { forgetPending, pendingOf, rememberPending } from "@/features/wallet/pendingTx";
import { strings } from "@/features/wallet/strings";
import { type PlainError, plainError } from "@/features/wallet/txErrors";
import type { Hex } from "@/lib/bytes";
import { useConfig } from "@/lib/config";

export type TxState =
  | { step: "idle"; error: PlainError | null }
  | { step: "asking" }
  | { step: "pending"; hash: Hex }
  | { step: "done"; hash: Hex; receipt: TransactionReceipt };

const IDLE: TxState = { step: "idle", error: null };

export type SendOutcome =
  | { kind: "done"; receipt: TransactionReceipt }
  | { kind: "failed"; error: PlainError }
  | { kind: "busy" };

export interface Transaction {
  state: TxState;
  /** Asks the wallet by `submit` (which answers the hash) and follows the transaction to its end. */
  send(submit: () => Promise<Hex>): Promise<SendOutcome>;
  reset(): void;
}

export function useTransaction(key: string, onDone?: (receipt: TransactionReceipt) => void): Transaction {
  const config = useWagmiConfig();
  const { genesis_hash } = useConfig();
  const client = useQueryClient();
  const [state, setState] = useState<TxState>(IDLE);
  const busy = useRef(false);
  const done = useRef(onDone);
  done.current = onDone;

  const follow = useCallback(
    async (hash: Hex): Promise<TransactionReceipt> => {
      setState({ step: "pending", hash });
      const { receipt, cancelled } = await awaitReceipt(config, hash, (next, account) => {
        rememberPending({ key, hash: next, account, genesis: genesis_hash });
        setState({ step: "pending", hash: next });
      });
      forgetPending(key);
      if (cancelled) throw new Error(strings.cancelled);
      if (receipt.status !== "success") throw new Error(strings.reverted);
      setState({ step: "done", hash: receipt.transactionHash, receipt });
      void client.invalidateQueries();
      done.current?.(receipt);
      return receipt;
    },
    [config, key, genesis_hash, client],
  );

  const send = useCallback(
    async (submit: () => Promise<Hex>) => {
      if (busy.current) return { kind: "busy" } as const;
      busy.current = true;
      setState({ step: "asking" });
      try {
        const hash = await submit();
        const account = getConnection(config).address ?? "0x";
        rememberPending({ key, hash, account, genesis: genesis_hash });
        return { kind: "done", receipt: await follow(hash) } as const;
      } catch (failure) {
        const error = plainError(failure);
        setState({ step: "idle", error });
        return { kind: "failed", error } as const;
      } finally {
        busy.current = false;
      }
    },
    [config, key, genesis_hash, follow],
  );

  useEffect(() => {
    const stored = pendingOf(key, genesis_hash);
    if (!stored || busy.current) return;
    busy.current = true;
    follow(stored.hash)
      .catch((error: unknown) => setState({ step: "idle", error: plainError(error) }))
      .finally(() => {
        busy.current = false;
      });
  }, [key, genesis_hash, follow]);

  const reset = useCallback(() => setState(IDLE), []);
  return { state, send, reset };
}
