/** Escrow credit of an account, read from the chain, with the button that pays it out. */
import { useQuery } from "@tanstack/react-query";
import { useConfig as useWagmiConfig } from "wagmi";
import { readContract } from "wagmi/actions";
import { strings } from "@/features/providers/strings";
import { TxButton } from "@/features/wallet/TxButton";
import { useTransaction } from "@/features/wallet/useTransaction";
import { useWrite } from "@/features/wallet/useWrite";
import { escrowAbi } from "@/generated/contracts";
import { keys } from "@/lib/api/keys";
import type { Hex } from "@/lib/bytes";
import { contractOf, useConfig } from "@/lib/config";
import { formatUsd6 } from "@/lib/format/usd";
import { useHead } from "@/lib/live/useHead";
import { Amount } from "@/ui/Amount";
import { Card } from "@/ui/Card";

export function WithdrawCredit({ account }: { account: Hex }) {
  const app = useConfig();
  const wagmi = useWagmiConfig();
  const write = useWrite();
  const head = useHead();
  const tx = useTransaction(`withdraw:${account}`);
  const escrow = { address: contractOf(app, "Escrow"), abi: escrowAbi } as const;
  const credit = useQuery({
    queryKey: keys.chain("account", "credit", account, head?.number ?? 0),
    queryFn: () => readContract(wagmi, { ...escrow, functionName: "credit_of", args: [account] }),
    placeholderData: (previous: bigint | undefined) => previous,
  });
  const amount = credit.data ?? 0n;
  return (
    <Card title={strings.credit}>
      <p className="text-2xl font-semibold" data-testid="credit">
        <Amount usd6={credit.data} />
      </p>
      <p className="mt-1 mb-3 text-sm text-muted">{strings.creditNote}</p>
      <TxButton
        tx={tx}
        label={`${strings.withdraw}: ${formatUsd6(amount)}`}
        blocked={amount === 0n ? strings.nothing : null}
        submit={() => write({ ...escrow, functionName: "withdraw", args: [account] })}
      />
    </Card>
  );
}
