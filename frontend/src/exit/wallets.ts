/** Wallets of this browser, by EIP-6963, and the old window.ethereum where none announces itself. */
import { createWalletClient, custom, type EIP1193Provider, getAddress, type WalletClient } from "viem";
import type { Hex } from "@/lib/bytes";

export interface FoundWallet {
  readonly id: string;
  readonly name: string;
  readonly provider: EIP1193Provider;
}

interface Announcement extends Event {
  detail: { info: { uuid: string; name: string }; provider: EIP1193Provider };
}

/** Calls back with each wallet as it announces itself; returns how to stop. */
export function watchWallets(found: (wallet: FoundWallet) => void): () => void {
  const heard = (event: Event) => {
    const { info, provider } = (event as Announcement).detail;
    found({ id: info.uuid, name: info.name, provider });
  };
  window.addEventListener("eip6963:announceProvider", heard);
  window.dispatchEvent(new Event("eip6963:requestProvider"));
  const old = (window as { ethereum?: EIP1193Provider }).ethereum;
  if (old) found({ id: "injected", name: "Browser wallet", provider: old });
  return () => window.removeEventListener("eip6963:announceProvider", heard);
}

export interface Connected {
  readonly account: Hex;
  readonly client: WalletClient;
}

export async function connectWallet(wallet: FoundWallet): Promise<Connected> {
  const client = createWalletClient({ transport: custom(wallet.provider) });
  const [first] = await client.requestAddresses();
  if (!first) throw new Error("The wallet shares no account.");
  return { account: getAddress(first), client };
}

/** Brings the wallet to the chain, telling it about the node when it does not know the chain. */
export async function toChain(client: WalletClient, chainId: number, rpcUrl: string): Promise<void> {
  if ((await client.getChainId()) === chainId) return;
  try {
    await client.switchChain({ id: chainId });
  } catch (error) {
    if ((error as { code?: number; cause?: { code?: number } }).code !== 4902) {
      const inner = (error as { cause?: { code?: number } }).cause?.code;
      if (inner !== 4902) throw error;
    }
    await client.addChain({
      chain: {
        id: chainId,
        name: `Chain ${chainId}`,
        nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
        rpcUrls: { default: { http: [rpcUrl] } },
      },
    });
  }
}
