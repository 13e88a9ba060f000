/** Transactions sent and not yet mined, kept over a reload. One per intent key; forgotten when the chain was reset. */
import type { Hex } from "@/lib/bytes";
import { readStoredJson, writeStored } from "@/lib/storage";

const STORE = "assay.pending-tx";

export interface PendingTx {
  key: string;
  hash: Hex;
  account: Hex;
  genesis: Hex;
}

function all(): PendingTx[] {
  const stored = readStoredJson<PendingTx[]>(STORE);
  return Array.isArray(stored) ? stored : [];
}

export function pendingOf(key: string, genesis: Hex): PendingTx | null {
  return all().find((tx) => tx.key === key && tx.genesis === genesis) ?? null;
}

export function rememberPending(tx: PendingTx): void {
  const rest = all().filter((other) => other.key !== tx.key && other.genesis === tx.genesis);
  writeStored(STORE, JSON.stringify([...rest, tx]));
}

export function forgetPending(key: string): void {
  writeStored(STORE, JSON.stringify(all().filter((tx) => tx.key !== key)));
}
