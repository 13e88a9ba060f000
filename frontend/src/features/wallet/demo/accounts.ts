/**
 * The demo wallet's keys: anvil's public test mnemonic, known to everybody. Local chain only.
 *
 * This module is compiled only into builds made with VITE_DEMO=1, loaded only when the server says `demo`, and refuses
 * every chain id but 31337.
 */

import type { HDAccount } from "viem";
import { mnemonicToAccount } from "viem/accounts";

const PUBLIC_TEST_MNEMONIC = "test test test test test test test test test test test junk";
const LOCAL_CHAIN_ID = 31337;

export interface Role {
  readonly index: number;
  readonly name: string;
  readonly kind: "buyer" | "provider" | "investor";
}

export const ROLES: readonly Role[] = [
  { index: 1, name: "Buyer", kind: "buyer" },
  { index: 2, name: "Provider north", kind: "provider" },
  { index: 3, name: "Provider south", kind: "provider" },
  { index: 4, name: "Provider east", kind: "provider" },
  { index: 5, name: "Investor one", kind: "investor" },
  { index: 6, name: "Investor two", kind: "investor" },
];

/** Throws for any chain but the local one: these keys must never sign for money. */
export function assertLocalChain(chainId: number): void {
  if (chainId !== LOCAL_CHAIN_ID) {
    throw new Error(
      `The demo wallet works on the local chain (${LOCAL_CHAIN_ID}) only; this is chain ${chainId}.`,
    );
  }
}

const derived = new Map<number, HDAccount>();

export function accountOf(role: Role, chainId: number): HDAccount {
  assertLocalChain(chainId);
  let account = derived.get(role.index);
  if (!account) {
    account = mnemonicToAccount(PUBLIC_TEST_MNEMONIC, { addressIndex: role.index });
    derived.set(role.index, account);
  }
  return account;
}
