/** Where the contracts are: files written by the deployment (contracts/deployments/, .run/deployments/), read as they are. */
import { isAddress } from "viem";
import type { Hex } from "@/lib/bytes";

export interface Deployment {
  readonly chainId: number;
  readonly genesisHash: Hex;
  readonly deployedBlock: bigint;
  readonly contracts: Readonly<Record<string, Hex>>;
}

export class NotADeployment extends Error {}

/** Contracts without which nothing can be claimed. */
const NEEDED = [
  "JobMarket",
  "JobBoard",
  "Escrow",
  "StakeVault",
  "ShareFactory",
  "DisputeGame",
  "Auction",
] as const;

export function parseDeployment(json: string): Deployment {
  let data: Record<string, unknown>;
  try {
    data = JSON.parse(json) as Record<string, unknown>;
  } catch {
    throw new NotADeployment("This is not JSON. Choose the deployment file, such as 31337.json.");
  }
  const { chain_id, genesis_hash, deployed_block, contracts } = data ?? {};
  const numbers = [chain_id, deployed_block].every((value) => Number.isSafeInteger(value));
  if (!numbers || typeof genesis_hash !== "string" || typeof contracts !== "object" || contracts === null) {
    throw new NotADeployment("This file names no chain and no contracts: it is not a deployment file.");
  }
  const found: Record<string, Hex> = {};
  for (const [name, record] of Object.entries(contracts as Record<string, { address?: unknown }>)) {
    const address = record?.address;
    if (typeof address !== "string" || !isAddress(address, { strict: false })) {
      throw new NotADeployment(`The address of ${name} is malformed.`);
    }
    found[name] = address as Hex;
  }
  const missing = NEEDED.filter((name) => !(name in found));
  if (missing.length > 0) {
    throw new NotADeployment(`The file lacks ${missing.join(", ")}: it is of another version.`);
  }
  return {
    chainId: chain_id as number,
    genesisHash: genesis_hash as Hex,
    deployedBlock: BigInt(deployed_block as number),
    contracts: found,
  };
}

/** Deployments that were put into this page when it was built or handed out, in its data block. */
export function bakedDeployments(page: Document): Deployment[] {
  const text = page.getElementById("deployments")?.textContent?.trim();
  if (!text) return [];
  const list: unknown = JSON.parse(text);
  return Array.isArray(list) ? list.map((one) => parseDeployment(JSON.stringify(one))) : [];
}
