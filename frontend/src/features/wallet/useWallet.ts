/** The connected account as the screens need it: address, right chain or not, and whether it is the demo wallet. */
import { useConnection } from "wagmi";
import type { Hex } from "@/lib/bytes";
import { useConfig } from "@/lib/config";

export interface Wallet {
  address: Hex | null;
  /** Chain the wallet is on; null when not connected. */
  walletChainId: number | null;
  rightChain: boolean;
  demo: boolean;
  connecting: boolean;
}

export const DEMO_CONNECTOR_TYPE = "assay-demo";

export function useWallet(): Wallet {
  const connection = useConnection();
  const { chain_id } = useConfig();
  const address = (connection.address as Hex | undefined) ?? null;
  return {
    address,
    walletChainId: connection.chainId ?? null,
    rightChain: connection.chainId === chain_id,
    demo: __ASSAY_DEMO__ && connection.connector?.type === DEMO_CONNECTOR_TYPE,
    connecting: connection.status === "connecting" || connection.status === "reconnecting",
  };
}
