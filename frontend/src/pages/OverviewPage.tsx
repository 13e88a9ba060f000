/** The network at work: sums over events as of one block, and the latest jobs as they change. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { JobTable } from "@/features/jobs/JobTable";
import { jobsQuery, statsQuery } from "@/lib/api/queries";
import type { Stats } from "@/lib/api/types";
import { formatCount } from "@/lib/format/ids";
import { useLiveTopics } from "@/lib/live/LiveProvider";
import { Amount } from "@/ui/Amount";
import { buttonClass } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Figure } from "@/ui/Facts";
import { Page } from "@/ui/Page";
import { Empty, Failure, Skeleton, SkeletonRows } from "@/ui/States";

const FEED = 10;

export function OverviewPage() {
  useLiveTopics("jobs", "devices", "disputes");
  const stats = useQuery(statsQuery);
  const jobs = useInfiniteQuery(jobsQuery({}));
  const rows = jobs.data?.pages[0]?.results.slice(0, FEED) ?? [];
  return (
    <Page
      title="Compute you can check"
      lead="Providers run your job on staked devices. Several compute each part, the chain compares their results, and only agreement is paid. Device shares earn what the devices earn."
      actions={
        <Link to="/jobs/new" className={buttonClass("primary")}>
          Render a scene
        </Link>
      }
    >
      {stats.error && !stats.data ? (
        <Card>
          <Failure error={stats.error} what="The figures" retry={() => void stats.refetch()} />
        </Card>
      ) : (
        <Figures stats={stats.data} />
      )}
      <Card
        flush
        title="Latest jobs"
        note="live"
        actions={
          <Link to="/jobs" className="link text-sm">
            All jobs
          </Link>
        }
      >
        {jobs.isPending ? (
          <SkeletonRows rows={FEED} label="Loading jobs" />
        ) : jobs.error ? (
          <Failure error={jobs.error} what="The jobs" retry={() => void jobs.refetch()} />
        ) : rows.length === 0 ? (
          <Empty
            title="No job was posted yet"
            action={
              <Link to="/jobs/new" className={buttonClass()}>
                Post the first one
              </Link>
            }
          >
            The sample scene takes a minute or two from your click to the picture.
          </Empty>
        ) : (
          <JobTable jobs={rows} />
        )}
      </Card>
    </Page>
  );
}

function Figures({ stats }: { stats: Stats | undefined }) {
  const value = (show: (stats: Stats) => ReactNode) =>
    stats ? show(stats) : <Skeleton className="h-7 w-20" />;
  return (
    <Card title="Network" note={stats ? `as of block ${formatCount(stats.block ?? 0)}` : "loading"}>
      <div className="grid grid-cols-2 gap-x-6 gap-y-5 md:grid-cols-4">
        <Link to="/devices" className="rounded hover:bg-raised/60">
          <Figure label="Devices">{value((s) => formatCount(s.devices))}</Figure>
        </Link>
        <Link to="/providers" className="rounded hover:bg-raised/60">
          <Figure
            label="Providers"
            hint={
              stats && (
                <>
                  staking <Amount usd6={stats.staked_usd6} />
                </>
              )
            }
          >
            {value((s) => formatCount(s.providers))}
          </Figure>
        </Link>
        <Link to="/jobs" className="rounded hover:bg-raised/60">
          <Figure label="Jobs" hint={stats && `${formatCount(stats.jobs_closed)} closed`}>
            {value((s) => formatCount(s.jobs))}
          </Figure>
        </Link>
        <Link to="/jobs" search={{ state: "CLOSED" }} className="rounded hover:bg-raised/60">
          <Figure label="Lots paid">{value((s) => formatCount(s.lots_paid))}</Figure>
        </Link>
        <Link to="/providers" className="rounded hover:bg-raised/60">
          <Figure label="Paid to providers">
            {value((s) => (
              <Amount usd6={s.paid_providers_usd6} />
            ))}
          </Figure>
        </Link>
        <Link to="/devices" className="rounded hover:bg-raised/60">
          <Figure label="Income to shares">
            {value((s) => (
              <Amount usd6={s.income_to_shares_usd6} />
            ))}
          </Figure>
        </Link>
        <Link to="/providers" className="rounded hover:bg-raised/60">
          <Figure label="Slashed">
            {value((s) => (
              <Amount usd6={s.slashed_usd6} />
            ))}
          </Figure>
        </Link>
        <Link to="/disputes" className="rounded hover:bg-raised/60">
          <Figure label="Disputes" hint={stats && `${formatCount(stats.convictions)} seats convicted`}>
            {value((s) => formatCount(s.games))}
          </Figure>
        </Link>
      </div>
    </Card>
  );
}
