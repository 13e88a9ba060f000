/** Waits for a receipt through replacements and through a node that is away: once sent, only the chain ends the wait. */
import {
  HttpRequestError,
  TimeoutError,
  type TransactionReceipt,
  WaitForTransactionReceiptTimeoutError,
} from "viem";
import type { Config } from "wagmi";
import { waitForTransactionReceipt } from "wagmi/actions";
import type { Hex } from "@/lib/bytes";

const RETRY_MS = 2_000;

interface Ending {
  receipt: TransactionReceipt;
  /** Replaced in the wallet by an empty transaction to itself. */
  cancelled: boolean;
}

function nodeAway(error: unknown): boolean {
  let current: unknown = error;
  for (let depth = 0; depth < 8 && current instanceof Error; depth++) {
    if (current instanceof HttpRequestError || current instanceof TimeoutError) return true;
    if (current instanceof WaitForTransactionReceiptTimeoutError) return true;
    current = current.cause;
  }
  return false;
}

export async function awaitReceipt(
  config: Config,
  first: Hex,
  onReplaced: (hash: Hex, account: Hex) => void,
): Promise<Ending> {
  let hash = first;
  let cancelled = false;
  for (;;) {
    try {
      const receipt = await waitForTransactionReceipt(config, {
        hash,
        timeout: 0,
        onReplaced: ({ reason, transaction }) => {
          cancelled = reason === "cancelled";
          hash = transaction.hash;
          if (!cancelled) onReplaced(transaction.hash, transaction.from);
        },
      });
      return { receipt: receipt as TransactionReceipt, cancelled };
    } catch (error) {
      if (!nodeAway(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}
