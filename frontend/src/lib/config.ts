/** What the server says about the chain it follows; read once at start, then constant for the life of the page. */
import { createContext, useContext } from "react";
import { getJson } from "@/lib/api/client";
import type { AppConfig } from "@/lib/api/types";
import type { Hex } from "@/lib/bytes";

export const ConfigContext = createContext<AppConfig | null>(null);

export function loadConfig(): Promise<AppConfig> {
  return getJson<AppConfig>("/config");
}

export function useConfig(): AppConfig {
  const config = useContext(ConfigContext);
  if (!config) throw new Error("useConfig outside ConfigContext");
  return config;
}

/** Address of a deployed contract; a deployment without it is a broken server, said by name. */
export function contractOf(config: AppConfig, name: string): Hex {
  const entry: unknown = config.contracts[name];
  const address = typeof entry === "object" && entry !== null ? (entry as { address?: Hex }).address : entry;
  if (typeof address !== "string") throw new Error(`the server's deployment names no ${name}`);
  return address as Hex;
}

/** A whole-number protocol parameter, or null when the deployment does not state it. */
export function paramOf(config: AppConfig, name: string): number | null {
  const value = config.params[name];
  const number = typeof value === "string" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : null;
}

/** anvil's own chain id: demo wallet, faucet and the local-chain badge exist on it alone. */
export const LOCAL_CHAIN_ID = 31337;
