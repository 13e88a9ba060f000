/** What the demo wallet shares with its dialog and role switch: the chosen role and the request that waits for an answer. */
import { useSyncExternalStore } from "react";
import { ROLES, type Role } from "@/features/wallet/demo/accounts";
import type { Explanation } from "@/features/wallet/demo/explain";
import { readStored, writeStored } from "@/lib/storage";

const ROLE_KEY = "assay.demo-role";

export interface Waiting {
  role: Role;
  explanation: Explanation;
  answer(approved: boolean): void;
}

interface DemoState {
  role: Role;
  queue: readonly Waiting[];
}

function storedRole(): Role {
  const index = Number(readStored(ROLE_KEY));
  return ROLES.find((role) => role.index === index) ?? (ROLES[0] as Role);
}

let state: DemoState = { role: storedRole(), queue: [] };
const listeners = new Set<() => void>();

function set(next: DemoState): void {
  state = next;
  for (const listener of listeners) listener();
}

export function currentRole(): Role {
  return state.role;
}

export function chooseRole(role: Role): void {
  writeStored(ROLE_KEY, String(role.index));
  // a request was shown in the old role's name: it is refused rather than signed by another
  for (const waiting of [...state.queue]) waiting.answer(false);
  set({ ...state, role });
}

/** Shows a request and resolves with the person's answer. */
export function askPerson(role: Role, explanation: Explanation): Promise<boolean> {
  return new Promise((resolve) => {
    const waiting: Waiting = {
      role,
      explanation,
      answer: (approved) => {
        set({ ...state, queue: state.queue.filter((other) => other !== waiting) });
        resolve(approved);
      },
    };
    set({ ...state, queue: [...state.queue, waiting] });
  });
}

export function onDemoChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useDemo(): DemoState {
  return useSyncExternalStore(onDemoChange, () => state);
}
