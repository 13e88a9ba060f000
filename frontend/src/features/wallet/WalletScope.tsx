/** Gives wagmi's hooks their config. Lazily loaded pieces that need a wallet wrap themselves in it; all share one config. */
import { type ReactNode, use } from "react";
import { WagmiContext } from "wagmi";
import { walletConfig } from "@/features/wallet/config";
import { useConfig } from "@/lib/config";

export function WalletScope({ children }: { children: ReactNode }) {
  const config = use(walletConfig(useConfig()));
  return <WagmiContext.Provider value={config}>{children}</WagmiContext.Provider>;
}
