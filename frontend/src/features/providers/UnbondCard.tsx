/** For the provider itself: ask free stake back, keep it after all, or withdraw what is ready. */
import { useState } from "react";
import { strings } from "@/features/providers/strings";
import { TxButton } from "@/features/wallet/TxButton";
import { useTransaction } from "@/features/wallet/useTransaction";
import { useWallet } from "@/features/wallet/useWallet";
import { useWrite } from "@/features/wallet/useWrite";
import { stakeVaultAbi } from "@/generated/contracts";
import type { Provider, Unbond } from "@/lib/api/types";
import { contractOf, paramOf, useConfig } from "@/lib/config";
import { sameHex } from "@/lib/format/ids";
import { formatDuration } from "@/lib/format/time";
import { formatUsd6, parseUsd6 } from "@/lib/format/usd";
import { useChainNow } from "@/lib/live/useHead";
import { Amount } from "@/ui/Amount";
import { Card } from "@/ui/Card";
import { InputField } from "@/ui/Field";
import { Countdown } from "@/ui/Time";

export function UnbondCard({ provider }: { provider: Provider }) {
  const app = useConfig();
  const wallet = useWallet();
  const write = useWrite();
  const [text, setText] = useState("");
  const tx = useTransaction(`unbond:${provider.address}`, () => setText(""));
  if (!sameHex(wallet.address, provider.address)) return null;
  const amount = parseUsd6(text);
  const free = BigInt(provider.free_usd6);
  const error =
    text === ""
      ? null
      : amount === null || amount === 0n
        ? "An amount above zero with at most six decimals."
        : amount > free
          ? `Only ${formatUsd6(free)} is free.`
          : null;
  const seconds = paramOf(app, "unbonding_seconds");
  return (
    <Card title={strings.unbond}>
      <p className="mb-3 text-sm text-muted">
        {strings.unbondNote(seconds === null ? "the unbonding time" : formatDuration(seconds))}
      </p>
      <InputField
        className="max-w-sm"
        label={strings.amount}
        unit="USD"
        inputMode="decimal"
        value={text}
        error={error}
        hint={`Free: ${formatUsd6(free)}`}
        // what is typed while a request is under way would be cleared with it
        readOnly={tx.state.step === "asking" || tx.state.step === "pending"}
        onChange={(event) => setText(event.target.value)}
      />
      <TxButton
        tx={tx}
        look="plain"
        label={strings.request}
        blocked={amount === null || amount === 0n || error ? strings.request : null}
        submit={() =>
          write({
            address: contractOf(app, "StakeVault"),
            abi: stakeVaultAbi,
            functionName: "request_unbond",
            args: [amount],
          })
        }
      />
      <ul className="mt-2 grid gap-3">
        {provider.unbonds.map((unbond) => (
          <UnbondRow key={unbond.request_id} provider={provider} unbond={unbond} />
        ))}
      </ul>
    </Card>
  );
}

function UnbondRow({ provider, unbond }: { provider: Provider; unbond: Unbond }) {
  const app = useConfig();
  const write = useWrite();
  const now = useChainNow();
  const take = useTransaction(`unbond-take:${provider.address}:${unbond.request_id}`);
  const keep = useTransaction(`unbond-keep:${provider.address}:${unbond.request_id}`);
  const ready = now !== null && now >= unbond.available_at;
  const vault = { address: contractOf(app, "StakeVault"), abi: stakeVaultAbi } as const;
  const id = BigInt(unbond.request_id);
  return (
    <li className="flex flex-wrap items-start gap-3 border-t border-line/60 pt-3">
      <span className="mr-auto">
        <Amount usd6={unbond.amount_usd6} />
        <span className="block text-xs text-muted">
          <Countdown until={unbond.available_at} over={strings.ready} />
        </span>
      </span>
      <TxButton
        tx={keep}
        size="small"
        look="plain"
        label={strings.cancel}
        submit={() => write({ ...vault, functionName: "cancel_unbond", args: [id] })}
      />
      <TxButton
        tx={take}
        size="small"
        label={strings.take}
        blocked={ready ? null : strings.take}
        submit={() => write({ ...vault, functionName: "withdraw", args: [provider.address, id] })}
      />
    </li>
  );
}
