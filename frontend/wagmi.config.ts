import { readFileSync } from "node:fs";
import { defineConfig } from "@wagmi/cli";
import type { Abi } from "viem";

const NAMES = [
  "TestUSD",
  "DeviceRegistry",
  "ShareFactory",
  "DeviceShare",
  "StakeVault",
  "Escrow",
  "Auction",
  "BidBook",
  "Availability",
  "Draw",
  "JobBoard",
  "JobMarket",
  "Claims",
  "DisputeGame",
  "FrameMoves",
  "TraceMoves",
  "ValueMoves",
  "Leaf",
  "TermLeaf",
  "RootLeaf",
];

function abiOf(name: string): Abi {
  const parsed: unknown = JSON.parse(
    readFileSync(new URL(`../contracts/abi/${name}.json`, import.meta.url), "utf8"),
  );
  return (Array.isArray(parsed) ? parsed : (parsed as { abi: Abi }).abi) as Abi;
}

export default defineConfig({
  out: "src/generated/contracts.ts",
  contracts: NAMES.map((name) => ({ name, abi: abiOf(name) })),
});
