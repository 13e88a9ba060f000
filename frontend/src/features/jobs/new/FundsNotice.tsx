/** Which balance is too small and by how much; on the local chain, the buttons that fill it. */
import { strings } from "@/features/jobs/new/strings";
import type { Shortfall } from "@/features/jobs/new/useFunds";
import { FaucetButton } from "@/features/wallet/FaucetButton";
import { GasFaucetButton } from "@/features/wallet/GasFaucetButton";
import { formatGas } from "@/lib/format/gas";
import { formatUsd6 } from "@/lib/format/usd";
import { Notice } from "@/ui/States";

export function FundsNotice({ funds }: { funds: Shortfall }) {
  const { haveUsd6, missingUsd6, haveWei, missingWei } = funds;
  if (missingUsd6 === 0n && missingWei === 0n) return null;
  return (
    <Notice tone="warn" title={strings.fundsTitle}>
      <ul className="mt-1 grid gap-3">
        {missingWei > 0n && (
          <li className="grid justify-items-start gap-1.5">
            {strings.gasMissing(formatGas(haveWei), formatGas(haveWei + missingWei))}
            <GasFaucetButton />
          </li>
        )}
        {missingUsd6 > 0n && (
          <li className="grid justify-items-start gap-1.5">
            {strings.usdMissing(formatUsd6(haveUsd6), formatUsd6(haveUsd6 + missingUsd6))}
            {/* the faucet is a transaction: without gas money it cannot be sent */}
            {missingWei === 0n && <FaucetButton />}
          </li>
        )}
      </ul>
    </Notice>
  );
}
