/**
 * Whether the wallet part of the page is wanted at all, and whether its connect dialog is open. Until it is wanted (a
 * click, a page that writes, or a wallet connected on an earlier visit) no wallet code is loaded.
 */
import { useSyncExternalStore } from "react";
import { readStored } from "@/lib/storage";

const RECENT = "assay.wallet.recentConnectorId";

let wanted = readStored(RECENT) !== null;
let open = false;
const listeners = new Set<() => void>();

function tell(): void {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function wantWallet(): void {
  if (wanted) return;
  wanted = true;
  tell();
}

export function setConnectOpen(next: boolean): void {
  open = next;
  if (next) wanted = true;
  tell();
}

export function useWalletWanted(): boolean {
  return useSyncExternalStore(subscribe, () => wanted);
}

export function useConnectOpen(): boolean {
  return useSyncExternalStore(subscribe, () => open);
}
