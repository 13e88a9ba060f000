/** Bonds of games that the contract owes an account, with the button that pays them out; nothing where it owes none. */
import { strings } from "@/features/disputes/words";
import { TxButton } from "@/features/wallet/TxButton";
import { useTransaction } from "@/features/wallet/useTransaction";
import { useWrite } from "@/features/wallet/useWrite";
import { disputeGameAbi } from "@/generated/contracts";
import type { Hex } from "@/lib/bytes";
import { contractOf, useConfig } from "@/lib/config";
import { formatUsd6 } from "@/lib/format/usd";
import { Amount } from "@/ui/Amount";
import { Card } from "@/ui/Card";

export function WithdrawBonds({ account, owed_usd6 }: { account: Hex; owed_usd6: string }) {
  const app = useConfig();
  const write = useWrite();
  const tx = useTransaction(`bonds:${account}`);
  // what was just withdrawn stays in sight
  if (BigInt(owed_usd6) === 0n && tx.state.step === "idle") return null;
  return (
    <Card title={strings.bonds}>
      <p className="text-2xl font-semibold">
        <Amount usd6={owed_usd6} />
      </p>
      <p className="mt-1 mb-3 text-sm text-muted">{strings.bondsNote}</p>
      <TxButton
        tx={tx}
        blocked={BigInt(owed_usd6) === 0n ? strings.noBonds : null}
        label={`${strings.withdrawBonds}: ${formatUsd6(owed_usd6)}`}
        submit={() =>
          write({
            address: contractOf(app, "DisputeGame"),
            abi: disputeGameAbi,
            functionName: "withdraw",
            args: [account],
          })
        }
      />
    </Card>
  );
}
