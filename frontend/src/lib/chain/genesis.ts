/** A local chain that was reset keeps its id: only the genesis hash tells. Remembered per chain id. */
import { readStored, writeStored } from "@/lib/storage";

const KEY = "assay.genesis.";

/** Stores the hash when none is known; true when the stored one differs (the chain was reset since the last visit). */
export function genesisChanged(chainId: number, genesisHash: string): boolean {
  const stored = readStored(KEY + chainId);
  if (stored === null) {
    writeStored(KEY + chainId, genesisHash);
    return false;
  }
  return stored.toLowerCase() !== genesisHash.toLowerCase();
}

/** Remembers the new chain and forgets what was pending on the old one. */
export function acceptGenesis(chainId: number, genesisHash: string): void {
  writeStored(KEY + chainId, genesisHash);
}
