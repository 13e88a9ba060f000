/**
 * The order about to be sent, stored before the wallet is asked: its salt fixes the job's id, so a reload, a second click
 * or a lost answer can never buy the same job twice.
 */
import type { Hex } from "@/lib/bytes";
import { toHex } from "@/lib/bytes";
import { readStoredJson, writeStored } from "@/lib/storage";

const KEY = "assay.job-draft";

export interface JobDraft {
  readonly jobId: Hex;
  readonly salt: Hex;
  readonly buyer: Hex;
  readonly genesis: Hex;
  readonly escrowUsd6: string;
}

export function newSalt(): Hex {
  return toHex(crypto.getRandomValues(new Uint8Array(32)));
}

export function readDraft(genesis: Hex): JobDraft | null {
  const draft = readStoredJson<JobDraft>(KEY);
  return draft?.genesis === genesis ? draft : null;
}

/** Throws when the browser cannot store it: sending without it could buy twice. */
export function writeDraft(draft: JobDraft): void {
  if (!writeStored(KEY, JSON.stringify(draft))) {
    throw new Error(
      "Your browser does not let this page store data, which it needs to send a job safely only once.",
    );
  }
}

export function forgetDraft(): void {
  writeStored(KEY, null);
}
