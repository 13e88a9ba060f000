/** The connected account's position in one share: what it may claim, and the operator's cut when it is the operator. */
import { strings } from "@/features/devices/strings";
import { useSharePosition } from "@/features/devices/useShare";
import { TxButton } from "@/features/wallet/TxButton";
import { useTransaction } from "@/features/wallet/useTransaction";
import { useWallet } from "@/features/wallet/useWallet";
import { useWrite } from "@/features/wallet/useWrite";
import { deviceShareAbi } from "@/generated/contracts";
import type { ShareFacts } from "@/lib/api/types";
import { sameHex } from "@/lib/format/ids";
import { formatShares, formatUsd6, percentOf } from "@/lib/format/usd";
import { Amount } from "@/ui/Amount";
import { Card } from "@/ui/Card";
import { type Fact, Facts } from "@/ui/Facts";

export function ClaimCard({ share }: { share: ShareFacts }) {
  const { address } = useWallet();
  const position = useSharePosition(share.address, address);
  const write = useWrite();
  const claim = useTransaction(`claim:${share.address}:${address ?? ""}`);
  const cut = useTransaction(`claim-operator:${share.address}`);
  const operator = sameHex(address, share.operator);
  const { balance = 0n, claimableUsd6 = 0n, operatorUsd6 = 0n } = position.data ?? {};
  const call = (functionName: "claim" | "claim_operator") => () =>
    write({ address: share.address, abi: deviceShareAbi, functionName, args: [] });

  return (
    <Card title={strings.yourShare}>
      <div className="grid gap-3">
        {!address && <p className="text-sm text-muted">{strings.connectToClaim}</p>}
        {address && (
          <Facts
            rows={[
              [share.symbol, `${formatShares(balance)} (${percentOf(balance, BigInt(share.supply))})`],
              [
                strings.claimable,
                <b key="c" data-testid="claimable">
                  <Amount usd6={position.data ? claimableUsd6 : null} />
                </b>,
              ],
              ...(operator
                ? ([
                    [strings.operatorCut, <Amount key="o" usd6={position.data ? operatorUsd6 : null} />],
                  ] as Fact[])
                : []),
            ]}
          />
        )}
        {address && balance === 0n && claimableUsd6 === 0n && position.data && !operator && (
          <p className="text-sm text-muted">{strings.notHolder}</p>
        )}
        <TxButton
          tx={claim}
          label={`${strings.claim} ${formatUsd6(claimableUsd6)}`}
          blocked={address && claimableUsd6 === 0n ? strings.nothing : null}
          submit={call("claim")}
        />
        {operator && (
          <TxButton
            tx={cut}
            look="plain"
            label={`${strings.claimOperator}: ${formatUsd6(operatorUsd6)}`}
            blocked={operatorUsd6 === 0n ? strings.nothing : null}
            submit={call("claim_operator")}
          />
        )}
      </div>
    </Card>
  );
}
