/** Shares an account holds, each with what it may claim now; claim one, or all one after the other. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useConfig as useWagmiConfig } from "wagmi";
import { readContract } from "wagmi/actions";
import { TxButton } from "@/features/wallet/TxButton";
import { useTransaction } from "@/features/wallet/useTransaction";
import { useWrite } from "@/features/wallet/useWrite";
import { deviceShareAbi } from "@/generated/contracts";
import { keys } from "@/lib/api/keys";
import type { Account } from "@/lib/api/types";
import type { Hex } from "@/lib/bytes";
import { formatShares, formatUsd6 } from "@/lib/format/usd";
import { useHead } from "@/lib/live/useHead";
import { Amount } from "@/ui/Amount";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Empty } from "@/ui/States";
import { Table } from "@/ui/Table";

type Position = Account["shares"][number];

function useClaimables(account: Hex, shares: readonly Position[]) {
  const wagmi = useWagmiConfig();
  const head = useHead();
  return useQuery({
    queryKey: keys.chain(
      "share",
      "claimables",
      account,
      shares.map((one) => one.share).join(),
      head?.number ?? 0,
    ),
    placeholderData: (previous: ReadonlyMap<Hex, bigint> | undefined) => previous,
    queryFn: async (): Promise<ReadonlyMap<Hex, bigint>> => {
      const amounts = await Promise.all(
        shares.map(({ share }) =>
          readContract(wagmi, {
            address: share,
            abi: deviceShareAbi,
            functionName: "claimable",
            args: [account],
          }),
        ),
      );
      return new Map(shares.map(({ share }, index) => [share, amounts[index] ?? 0n]));
    },
  });
}

export function SharesCard({ account, shares }: { account: Hex; shares: readonly Position[] }) {
  const claimables = useClaimables(account, shares);
  const of = (share: Hex) => claimables.data?.get(share) ?? 0n;
  const total = shares.reduce((sum, { share }) => sum + of(share), 0n);
  return (
    <Card
      flush
      title="Device shares"
      note={shares.length > 0 ? `${formatUsd6(total)} claimable` : undefined}
      actions={
        shares.length > 1 && (
          <ClaimAll account={account} shares={shares.filter(({ share }) => of(share) > 0n)} total={total} />
        )
      }
    >
      {shares.length === 0 ? (
        <Empty title="No shares held">
          Shares of a device earn what its jobs pay.{" "}
          <Link to="/devices" className="link">
            See the devices
          </Link>
        </Empty>
      ) : (
        <Table
          caption="Shares held"
          rows={shares}
          rowKey={(row) => row.share}
          columns={[
            {
              head: "Share",
              cell: (row) => (
                <Link
                  to="/devices/$deviceId"
                  params={{ deviceId: row.device_id }}
                  className="link font-medium"
                >
                  {row.symbol}
                </Link>
              ),
            },
            { head: "Balance", align: "right", cell: (row) => formatShares(row.balance) },
            {
              head: "Claimed",
              align: "right",
              from: "sm",
              cell: (row) => <Amount usd6={row.claimed_usd6} />,
            },
            {
              head: "Claimable",
              align: "right",
              cell: (row) => <Amount usd6={claimables.data ? of(row.share) : null} />,
            },
            {
              head: "Action",
              align: "right",
              cell: (row) => <ClaimOne account={account} share={row.share} amount={of(row.share)} />,
            },
          ]}
        />
      )}
    </Card>
  );
}

function ClaimOne({ account, share, amount }: { account: Hex; share: Hex; amount: bigint }) {
  const tx = useTransaction(`claim:${share}:${account}`);
  const write = useWrite();
  return (
    <TxButton
      tx={tx}
      size="small"
      look="plain"
      className="justify-items-end"
      label="Claim"
      blocked={amount === 0n ? "Nothing" : null}
      submit={() =>
        write({ address: share, abi: deviceShareAbi, functionName: "claim_for", args: [account] })
      }
    />
  );
}

/** One transaction a share, asked for one after the other; stops at the first refusal. */
function ClaimAll({ account, shares, total }: { account: Hex; shares: readonly Position[]; total: bigint }) {
  const tx = useTransaction(`claim-all:${account}`);
  const write = useWrite();
  const [at, setAt] = useState<number | null>(null);
  const busy = at !== null;
  async function run() {
    for (const [index, { share }] of shares.entries()) {
      setAt(index);
      const outcome = await tx.send(() =>
        write({ address: share, abi: deviceShareAbi, functionName: "claim_for", args: [account] }),
      );
      if (outcome.kind !== "done") break;
    }
    setAt(null);
  }
  return (
    <Button size="small" look="primary" busy={busy} disabled={total === 0n} onClick={() => void run()}>
      {busy ? `Claiming ${at + 1} of ${shares.length}` : `Claim all: ${formatUsd6(total)}`}
    </Button>
  );
}
