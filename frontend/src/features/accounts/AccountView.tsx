import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { SharesCard } from "@/features/accounts/SharesCard";
import { WithdrawBonds } from "@/features/disputes/WithdrawBonds";
import { JobTable } from "@/features/jobs/JobTable";
import { WithdrawCredit } from "@/features/providers/WithdrawCredit";
import { FaucetButton } from "@/features/wallet/FaucetButton";
import { useTokenBalance } from "@/features/wallet/useToken";
import { useWallet } from "@/features/wallet/useWallet";
import { accountQuery, jobsQuery } from "@/lib/api/queries";
import type { Hex } from "@/lib/bytes";
import { saveCsv } from "@/lib/download";
import { sameHex } from "@/lib/format/ids";
import { useLiveTopics } from "@/lib/live/LiveProvider";
import { Amount } from "@/ui/Amount";
import { Button, buttonClass } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Pager } from "@/ui/Pager";
import { Empty, Failure, Skeleton, SkeletonRows } from "@/ui/States";

export function AccountView({ address }: { address: Hex }) {
  useLiveTopics(`account:${address}`);
  const wallet = useWallet();
  const account = useQuery(accountQuery(address));
  const balance = useTokenBalance(address);
  const mine = sameHex(wallet.address, address);
  return (
    <>
      <div className="grid items-start gap-5 md:grid-cols-2">
        <Card title="Balance">
          <p className="text-2xl font-semibold" data-testid="balance">
            <Amount usd6={balance.data} />
          </p>
          <p className="mt-1 mb-3 text-sm text-muted">tUSD in the wallet, free to spend.</p>
          {mine && <FaucetButton />}
        </Card>
        <WithdrawCredit account={address} />
      </div>
      {account.data ? (
        <>
          <WithdrawBonds account={address} owed_usd6={account.data.game_credit_usd6} />
          {account.data.provider && (
            <p>
              This account is a provider.{" "}
              <Link to="/providers/$address" params={{ address }} className="link">
                Stake, devices and earnings
              </Link>
            </p>
          )}
          <SharesCard account={address} shares={account.data.shares} />
        </>
      ) : account.error ? (
        <Failure error={account.error} what="The account" retry={() => void account.refetch()} />
      ) : (
        <Skeleton className="h-40" />
      )}
      <AccountJobs address={address} />
    </>
  );
}

function AccountJobs({ address }: { address: Hex }) {
  const jobs = useInfiniteQuery(jobsQuery({ buyer: address }));
  const rows = jobs.data?.pages.flatMap((page) => page.results) ?? [];
  return (
    <Card
      flush
      title="Jobs posted"
      actions={
        <Button
          size="small"
          disabled={rows.length === 0}
          onClick={() =>
            saveCsv(
              "my-jobs.csv",
              rows.map((row) => ({ ...row })),
            )
          }
        >
          CSV
        </Button>
      }
    >
      {jobs.isPending ? (
        <SkeletonRows rows={4} />
      ) : jobs.error ? (
        <Failure error={jobs.error} what="The jobs" retry={() => void jobs.refetch()} />
      ) : rows.length === 0 ? (
        <Empty
          title="No job posted yet"
          action={
            <Link to="/jobs/new" className={buttonClass()}>
              Post a job
            </Link>
          }
        />
      ) : (
        <JobTable jobs={rows} />
      )}
      <Pager query={jobs} />
    </Card>
  );
}
