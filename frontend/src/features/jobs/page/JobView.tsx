/** Everything about one job. Chain facts and the browser's own verification stand apart on the page. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { AuctionCard } from "@/features/jobs/auction/AuctionCard";
import { ExactPanel } from "@/features/jobs/exact/ExactPanel";
import { hasClaims, isExact } from "@/features/jobs/exact/exact";
import { JobDisputes } from "@/features/jobs/exact/JobDisputes";
import { FinalityBadge, JobBadge } from "@/features/jobs/JobBadges";
import { DrawCheck } from "@/features/jobs/page/DrawCheck";
import { EventTable } from "@/features/jobs/page/EventTable";
import { LotGrid } from "@/features/jobs/page/LotGrid";
import { Receipt } from "@/features/jobs/page/Receipt";
import { strings } from "@/features/jobs/page/strings";
import { TermsCard } from "@/features/jobs/page/TermsCard";
import { Timeline } from "@/features/jobs/page/Timeline";
import { PicturePanel } from "@/features/jobs/tiles/PicturePanel";
import { lazyWallet } from "@/features/wallet/lazyWallet";
import { ApiError } from "@/lib/api/client";
import { eventsQuery, jobQuery, lotsQuery } from "@/lib/api/queries";
import type { JobDetail } from "@/lib/api/types";
import { isHash } from "@/lib/bytes";
import { shortHex } from "@/lib/format/ids";
import { useLiveTopics } from "@/lib/live/LiveProvider";
import { buttonClass, Spinner } from "@/ui/Button";
import { CopyButton } from "@/ui/Copyable";
import { Page } from "@/ui/Page";
import { Failure, Notice, Skeleton } from "@/ui/States";
import { Ago } from "@/ui/Time";
import { Who } from "@/ui/Who";

/** A job just posted is indexed within a block or two; after this many looks it is not there. */
const LOOK_AGAIN_MS = 1_000;
const LOOKS = 45;

const CancelJob = lazyWallet(async () => (await import("@/features/jobs/page/CancelJob")).CancelJob, null);

const missing = (error: unknown) => error instanceof ApiError && error.status === 404;

export function JobView({ id }: { id: string }) {
  useLiveTopics(`job:${id}`);
  const job = useQuery({
    ...jobQuery(id),
    refetchInterval: ({ state }) =>
      missing(state.error) && state.errorUpdateCount < LOOKS && isHash(id) ? LOOK_AGAIN_MS : false,
  });
  if (job.data) return <Loaded job={job.data} />;
  const title = `Job ${shortHex(id, 10, 6)}`;
  if (missing(job.error) && isHash(id) && job.errorUpdateCount < LOOKS) {
    return (
      <Page title={title}>
        <Notice
          title={
            <span className="flex items-center gap-2">
              <Spinner /> {strings.indexing}
            </span>
          }
        >
          {strings.indexingText}
        </Notice>
      </Page>
    );
  }
  return (
    <Page title={title}>
      {job.error ? (
        <Failure error={job.error} what="The job" retry={() => void job.refetch()} />
      ) : (
        <JobSkeleton />
      )}
    </Page>
  );
}

function JobSkeleton() {
  return (
    <div role="status" aria-label="Loading the job" className="grid gap-5">
      <Skeleton className="h-24" />
      <div className="grid gap-5 lg:grid-cols-[7fr_5fr]">
        <Skeleton className="h-112" />
        <Skeleton className="h-112" />
      </div>
    </div>
  );
}

function Loaded({ job }: { job: JobDetail }) {
  const lots = useQuery(lotsQuery(job.id));
  const events = useQuery(eventsQuery(job.id));
  const rows = lots.data ?? [];
  return (
    <Page
      title={`Job ${shortHex(job.id, 10, 6)}`}
      badges={
        <>
          <CopyButton value={job.id} what="job id" />
          <JobBadge job={job} />
          <FinalityBadge finality={job.finality} />
        </>
      }
      lead={
        <span className="text-sm">
          {job.kind ?? "job"} by <Who address={job.buyer} as="account" copy={false} />, posted{" "}
          <Ago timestamp={job.posted_at} />
        </span>
      }
      actions={
        <>
          <CancelJob job={job} lots={rows} />
          {job.spec && !isExact(job) && (
            <Link to="/jobs/new" search={{ from: job.id }} className={buttonClass("plain")}>
              {strings.rerun}
            </Link>
          )}
        </>
      }
    >
      <Timeline job={job} lots={rows} events={events.data ?? []} />
      <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,7fr)_minmax(0,5fr)]">
        <div className="grid gap-5">
          {isExact(job) ? (
            <ExactPanel job={job} />
          ) : (
            <PicturePanel job={job} lots={rows} events={events.data ?? []} />
          )}
          {lots.error ? (
            <Failure error={lots.error} what="The job's lots" retry={() => void lots.refetch()} />
          ) : (
            <LotGrid job={job} lots={rows} />
          )}
        </div>
        <div className="grid gap-5">
          <AuctionCard job={job} />
          <Receipt job={job} lots={rows} />
          <TermsCard job={job} />
          <DrawCheck job={job} lots={rows} />
        </div>
      </div>
      {hasClaims(job) && <JobDisputes jobId={job.id} />}
      {events.error ? (
        <Failure error={events.error} what="The job's events" retry={() => void events.refetch()} />
      ) : (
        <EventTable jobId={job.id} events={events.data ?? []} />
      )}
    </Page>
  );
}
