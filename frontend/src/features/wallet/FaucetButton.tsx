/** Local chain only: mints test dollars to the connected account. */
import { TxButton } from "@/features/wallet/TxButton";
import { useTransaction } from "@/features/wallet/useTransaction";
import { useWallet } from "@/features/wallet/useWallet";
import { useWrite } from "@/features/wallet/useWrite";
import { testUsdAbi } from "@/generated/contracts";
import type { Hex } from "@/lib/bytes";
import { contractOf, LOCAL_CHAIN_ID, useConfig } from "@/lib/config";

const FAUCET_USD6 = 10_000n * 1_000_000n;

export function FaucetButton() {
  const app = useConfig();
  const { address } = useWallet();
  const tx = useTransaction(`faucet:${address ?? ""}`);
  const write = useWrite();
  if (app.chain_id !== LOCAL_CHAIN_ID) return null;
  return (
    <TxButton
      tx={tx}
      look="plain"
      size="small"
      label="Get 10,000 test USD from the faucet"
      doneLabel="Get 10,000 more test USD"
      submit={() =>
        write({
          address: contractOf(app, "TestUSD"),
          abi: testUsdAbi,
          functionName: "mint",
          args: [address as Hex, FAUCET_USD6],
        })
      }
    />
  );
}
