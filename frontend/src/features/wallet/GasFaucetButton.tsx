/** Local chain only: asks the node itself to give the connected account gas money, since a transaction would need some. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { numberToHex } from "viem";
import { useConfig as useWagmiConfig } from "wagmi";
import { getPublicClient } from "wagmi/actions";
import { plainError } from "@/features/wallet/txErrors";
import { useWallet } from "@/features/wallet/useWallet";
import { LOCAL_CHAIN_ID, useConfig } from "@/lib/config";
import { Button } from "@/ui/Button";

const ONE_ETHER = 10n ** 18n;

export function GasFaucetButton() {
  const app = useConfig();
  const wagmi = useWagmiConfig();
  const client = useQueryClient();
  const { address } = useWallet();
  const fill = useMutation({
    mutationFn: async () => {
      const node = getPublicClient(wagmi);
      if (!node) throw new Error("no client for this chain");
      const request = node.request as (call: { method: string; params: unknown[] }) => Promise<unknown>;
      await request({ method: "anvil_setBalance", params: [address, numberToHex(ONE_ETHER)] });
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ["chain"] }),
  });
  if (app.chain_id !== LOCAL_CHAIN_ID || !address) return null;
  return (
    <>
      <Button size="small" busy={fill.isPending} onClick={() => fill.mutate()}>
        Get 1 test ETH from the local node
      </Button>
      {fill.error && (
        <p role="alert" className="text-xs text-bad">
          {plainError(fill.error).message}
        </p>
      )}
    </>
  );
}
