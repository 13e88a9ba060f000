/** The one wagmi config of the page, made on first use: EIP-6963 wallets, and on a local chain the demo wallet. */

import { type Chain, defineChain } from "viem";
import type { Config, CreateConnectorFn } from "wagmi";
import { createConfig, createStorage, http, injected } from "wagmi";
import { reconnect } from "wagmi/actions";
import type { AppConfig } from "@/lib/api/types";
import { LOCAL_CHAIN_ID } from "@/lib/config";

export function chainOf(app: AppConfig): Chain {
  const local = app.chain_id === LOCAL_CHAIN_ID;
  return defineChain({
    id: app.chain_id,
    name: local ? "Assay local chain" : `Chain ${app.chain_id}`,
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [app.rpc_url] } },
    testnet: local,
  });
}

/** Whether this build, this server and this chain all allow the demo wallet. */
export function demoAllowed(app: AppConfig): boolean {
  return __ASSAY_DEMO__ && app.demo && app.chain_id === LOCAL_CHAIN_ID;
}

async function demoConnectors(app: AppConfig): Promise<CreateConnectorFn[]> {
  // the literal comes first so that a production build drops the import and its chunk
  if (__ASSAY_DEMO__) {
    if (!demoAllowed(app)) return [];
    const { demoConnector } = await import("@/features/wallet/demo/connector");
    return [demoConnector(app)];
  }
  return [];
}

async function create(app: AppConfig): Promise<Config> {
  const chain = chainOf(app);
  const demo = await demoConnectors(app);
  const config = createConfig({
    chains: [chain],
    connectors: [...demo, injected()],
    transports: { [chain.id]: http(app.rpc_url, { batch: true }) },
    storage: createStorage({ key: "assay.wallet", storage: window.localStorage }),
    pollingInterval: 1_000,
  });
  void reconnect(config);
  return config;
}

let made: Promise<Config> | null = null;

export function walletConfig(app: AppConfig): Promise<Config> {
  made ??= create(app);
  return made;
}
