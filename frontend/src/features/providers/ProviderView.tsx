import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { DeviceTable } from "@/features/devices/DeviceTable";
import { JobTable } from "@/features/jobs/JobTable";
import { Convictions } from "@/features/providers/Convictions";
import { strings } from "@/features/providers/strings";
import { lazyWallet } from "@/features/wallet/lazyWallet";
import { jobsQuery, providerQuery } from "@/lib/api/queries";
import type { ProviderDetail } from "@/lib/api/types";
import type { Hex } from "@/lib/bytes";
import { formatCount, shortHex } from "@/lib/format/ids";
import { useLiveTopics } from "@/lib/live/LiveProvider";
import { Amount } from "@/ui/Amount";
import { Card } from "@/ui/Card";
import { CopyButton } from "@/ui/Copyable";
import { Facts } from "@/ui/Facts";
import { Page } from "@/ui/Page";
import { Pager } from "@/ui/Pager";
import { Empty, Failure, Skeleton, SkeletonRows } from "@/ui/States";

const WithdrawCredit = lazyWallet(
  async () => (await import("@/features/providers/WithdrawCredit")).WithdrawCredit,
  <Skeleton className="h-44 rounded-lg" />,
);
const UnbondCard = lazyWallet(async () => (await import("@/features/providers/UnbondCard")).UnbondCard, null);

export function ProviderView({ address }: { address: Hex }) {
  useLiveTopics(`account:${address}`);
  const provider = useQuery(providerQuery(address));
  if (!provider.data) {
    return (
      <Page title={`Provider ${shortHex(address)}`}>
        {provider.error ? (
          <Failure error={provider.error} what="The provider" retry={() => void provider.refetch()} />
        ) : (
          <Skeleton className="h-96" />
        )}
      </Page>
    );
  }
  return <Loaded provider={provider.data} />;
}

function Loaded({ provider }: { provider: ProviderDetail }) {
  const name = provider.devices[0]?.name;
  return (
    <Page
      title={name ? `Provider of ${name}` : `Provider ${shortHex(provider.address)}`}
      badges={<CopyButton value={provider.address} what="address" />}
      lead={<span className="font-mono text-sm break-all">{provider.address}</span>}
    >
      <div className="grid items-start gap-5 lg:grid-cols-3">
        <Card title={strings.stake}>
          <Facts
            rows={[
              [
                "Stake",
                <b key="s">
                  <Amount usd6={provider.stake_usd6} />
                </b>,
              ],
              ["Locked by running jobs", <Amount key="l" usd6={provider.locked_usd6} />],
              ["Unbonding", <Amount key="u" usd6={provider.unbonding_usd6} />],
              ["Free", <Amount key="f" usd6={provider.free_usd6} />],
              ["Slashed so far", <Amount key="x" usd6={provider.slashed_usd6} />],
            ]}
          />
        </Card>
        <Card title={strings.record}>
          <Facts
            rows={[
              [
                "Earned",
                <b key="e">
                  <Amount usd6={provider.earned_usd6} />
                </b>,
              ],
              ["Seats paid", formatCount(provider.seats_paid)],
              ["Differed, unpaid", formatCount(provider.seats_unpaid)],
              ["Deadlines missed", formatCount(provider.seats_defaulted)],
              ["Declined in time", formatCount(provider.seats_declined)],
              ["Convicted", formatCount(provider.seats_convicted)],
            ]}
          />
        </Card>
        <WithdrawCredit account={provider.address} />
      </div>
      <UnbondCard provider={provider} />
      <Card flush title="Devices">
        {provider.devices.length === 0 ? (
          <Empty title="No device registered" />
        ) : (
          <DeviceTable devices={provider.devices} provider={false} />
        )}
      </Card>
      {provider.convictions.length > 0 && <Convictions rows={provider.convictions} />}
      <ProviderJobs address={provider.address} />
    </Page>
  );
}

function ProviderJobs({ address }: { address: Hex }) {
  const jobs = useInfiniteQuery(jobsQuery({ provider: address }));
  const rows = jobs.data?.pages.flatMap((page) => page.results) ?? [];
  return (
    <Card flush title="Jobs it was awarded">
      {jobs.isPending ? (
        <SkeletonRows rows={4} />
      ) : jobs.error ? (
        <Failure error={jobs.error} what="Its jobs" retry={() => void jobs.refetch()} />
      ) : rows.length === 0 ? (
        <Empty title="No job yet" />
      ) : (
        <JobTable jobs={rows} />
      )}
      <Pager query={jobs} />
    </Card>
  );
}
