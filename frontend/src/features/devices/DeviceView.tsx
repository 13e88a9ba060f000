import { useQuery } from "@tanstack/react-query";
import { DeviceBadges } from "@/features/devices/DeviceTable";
import { HoldersCard } from "@/features/devices/HoldersCard";
import { IncomeCard } from "@/features/devices/IncomeCard";
import { strings } from "@/features/devices/strings";
import { lazyWallet } from "@/features/wallet/lazyWallet";
import { deviceQuery, providerQuery } from "@/lib/api/queries";
import type { Device, ShareFacts } from "@/lib/api/types";
import { formatBytes, formatCount } from "@/lib/format/ids";
import { formatShares } from "@/lib/format/usd";
import { useLiveTopics } from "@/lib/live/LiveProvider";
import { Amount } from "@/ui/Amount";
import { Card } from "@/ui/Card";
import { Copyable, CopyButton } from "@/ui/Copyable";
import { Facts } from "@/ui/Facts";
import { Page } from "@/ui/Page";
import { Failure, Skeleton } from "@/ui/States";
import { Ago } from "@/ui/Time";
import { Who } from "@/ui/Who";

const ClaimCard = lazyWallet(
  async () => (await import("@/features/devices/ClaimCard")).ClaimCard,
  <Skeleton className="h-44 rounded-lg" />,
);

export function DeviceView({ id }: { id: string }) {
  useLiveTopics(`device:${id}`);
  const device = useQuery(deviceQuery(id));
  if (!device.data) {
    return (
      <Page title="Device">
        {device.error ? (
          <Failure error={device.error} what="The device" retry={() => void device.refetch()} />
        ) : (
          <Skeleton className="h-96" />
        )}
      </Page>
    );
  }
  return <Loaded device={device.data} />;
}

function Loaded({ device }: { device: Device }) {
  return (
    <Page
      title={device.name || "Device"}
      badges={
        <>
          <CopyButton value={device.id} what="device id" />
          <DeviceBadges device={device} />
        </>
      }
      lead={
        <span className="text-sm">
          {device.accelerator}, run by <Who address={device.provider} as="provider" copy={false} />
        </span>
      }
    >
      <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,7fr)_minmax(0,5fr)]">
        <div className="grid gap-5">
          <Deed device={device} />
          <IncomeCard deviceId={device.id} />
        </div>
        <div className="grid gap-5">
          {device.share ? (
            <>
              <ClaimCard share={device.share} />
              <ShareCard share={device.share} />
              <HoldersCard share={device.share} />
            </>
          ) : (
            <Card title={strings.share}>
              <p className="text-muted">{strings.notShared}</p>
            </Card>
          )}
          <ProviderCard address={device.provider} />
        </div>
      </div>
    </Page>
  );
}

function Deed({ device }: { device: Device }) {
  return (
    <Card title={strings.deed} note="what the provider registered on chain">
      <Facts
        columns={2}
        rows={[
          ["Device id", <Copyable key="i" value={device.id} what="device id" />],
          ["Provider", <Who key="p" address={device.provider} as="provider" />],
          ["Accelerator", device.accelerator],
          ["Memory", formatBytes(device.memory_bytes)],
          [
            strings.ask,
            device.ask ? (
              <>
                <Amount usd6={device.ask.price_per_hour_usd6} /> / h
              </>
            ) : (
              "none"
            ),
          ],
          ["Most places in a job", device.ask ? formatCount(device.ask.max_units) : "–"],
          ["Runtime class", <Copyable key="r" value={device.runtime_class} what="runtime class" />],
          ["Spec hash", <Copyable key="s" value={device.spec_hash} what="spec hash" />],
          ["Payee", <Copyable key="y" value={device.payee} what="payee address" />],
          ["Registered", <Ago key="t" timestamp={device.registered_at} />],
          ["Lots paid", formatCount(device.lots_paid)],
          ["Income", <Amount key="n" usd6={device.income_usd6} />],
        ]}
      />
      {!device.ask && <p className="mt-2 text-sm text-muted">{strings.noAsk}</p>}
    </Card>
  );
}

function ShareCard({ share }: { share: ShareFacts }) {
  return (
    <Card title={strings.share} note={share.name}>
      <Facts
        rows={[
          ["Symbol", share.symbol],
          ["Contract", <Copyable key="a" value={share.address} what="share contract address" />],
          ["Supply, fixed", formatShares(share.supply)],
          ["Operator's cut, fixed", `${share.operator_cut_bps / 100}%`],
          ["Income so far", <Amount key="i" usd6={share.total_income_usd6} />],
          ["Claimed so far", <Amount key="c" usd6={share.claimed_usd6} />],
        ]}
      />
      <p className="mt-3 text-sm text-muted">{strings.risk}</p>
    </Card>
  );
}

function ProviderCard({ address }: { address: Device["provider"] }) {
  const provider = useQuery(providerQuery(address));
  const facts = provider.data;
  return (
    <Card title="Provider's stake">
      {facts ? (
        <Facts
          rows={[
            ["Stake", <Amount key="s" usd6={facts.stake_usd6} />],
            ["Locked by running jobs", <Amount key="l" usd6={facts.locked_usd6} />],
            ["Seats paid", formatCount(facts.seats_paid)],
            ["Deadlines missed", formatCount(facts.seats_defaulted)],
            ["Slashed", <Amount key="x" usd6={facts.slashed_usd6} />],
          ]}
        />
      ) : provider.error ? (
        <Failure error={provider.error} what="The provider" />
      ) : (
        <Skeleton className="h-40" />
      )}
    </Card>
  );
}
