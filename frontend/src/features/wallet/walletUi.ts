/** Whether the connect dialog is open: any button on the page may ask for it. */
import { useSyncExternalStore } from "react";

let open = false;
const listeners = new Set<() => void>();

export function setConnectOpen(next: boolean): void {
  open = next;
  for (const listener of listeners) listener();
}

export function useConnectOpen(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => open,
  );
}
