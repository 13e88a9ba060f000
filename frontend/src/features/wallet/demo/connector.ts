/** The demo wallet as a wagmi connector. Remembers whether it was connected, so that a reload keeps it. */

import type { Hex } from "viem";
import { createConnector } from "wagmi";
import { accountOf, assertLocalChain } from "@/features/wallet/demo/accounts";
import { createDemoProvider, type DemoProvider } from "@/features/wallet/demo/provider";
import { currentRole, onDemoChange } from "@/features/wallet/demo/store";
import { strings } from "@/features/wallet/strings";
import { DEMO_CONNECTOR_TYPE } from "@/features/wallet/useWallet";
import type { AppConfig } from "@/lib/api/types";

const CONNECTED_KEY = "assayDemoConnected";

export function demoConnector(app: AppConfig) {
  assertLocalChain(app.chain_id);
  let provider: DemoProvider | null = null;
  let stopWatching: (() => void) | null = null;
  const address = () => accountOf(currentRole(), app.chain_id).address as Hex;

  return createConnector<DemoProvider, Record<string, unknown>, Record<string, unknown>>((config) => ({
    id: "assay-demo-wallet",
    name: strings.demoLabel,
    type: DEMO_CONNECTOR_TYPE,
    async connect() {
      let last = address();
      stopWatching ??= onDemoChange(() => {
        const next = address();
        if (next === last) return;
        last = next;
        config.emitter.emit("change", { accounts: [next] });
      });
      await config.storage?.setItem(CONNECTED_KEY, true);
      return { accounts: [address()], chainId: app.chain_id } as never;
    },
    async disconnect() {
      stopWatching?.();
      stopWatching = null;
      await config.storage?.removeItem(CONNECTED_KEY);
    },
    async getAccounts() {
      return [address()];
    },
    async getChainId() {
      return app.chain_id;
    },
    async getProvider() {
      provider ??= createDemoProvider(app);
      return provider;
    },
    async isAuthorized() {
      return Boolean(await config.storage?.getItem(CONNECTED_KEY));
    },
    async switchChain({ chainId }) {
      assertLocalChain(chainId);
      const chain = config.chains.find((one) => one.id === chainId);
      if (!chain) throw new Error(strings.wrongNetwork(chainId, "the local chain"));
      return chain;
    },
    onAccountsChanged() {},
    onChainChanged() {},
    onDisconnect() {
      config.emitter.emit("disconnect");
    },
  }));
}
