import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { JobTable } from "@/features/jobs/JobTable";
import { JOB_STATES } from "@/features/jobs/words";
import { jobsQuery } from "@/lib/api/queries";
import type { JobState } from "@/lib/api/types";
import { saveCsv } from "@/lib/download";
import { shortHex } from "@/lib/format/ids";
import { useLiveTopics } from "@/lib/live/LiveProvider";
import { Button, buttonClass } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Page } from "@/ui/Page";
import { Pager } from "@/ui/Pager";
import { Empty, Failure, SkeletonRows } from "@/ui/States";

const STATES = Object.keys(JOB_STATES) as JobState[];

export function JobsPage() {
  useLiveTopics("jobs");
  const search = useSearch({ from: "/jobs" });
  const navigate = useNavigate({ from: "/jobs" });
  const jobs = useInfiniteQuery(jobsQuery(search));
  const rows = jobs.data?.pages.flatMap((page) => page.results) ?? [];
  const filtered = Boolean(search.state || search.buyer || search.provider);
  return (
    <Page
      title="Jobs"
      lead="Every job ever posted, newest first."
      actions={
        <Link to="/jobs/new" className={buttonClass("primary")}>
          New job
        </Link>
      }
    >
      <Card
        flush
        title="All jobs"
        actions={
          <>
            <select
              aria-label="State"
              value={search.state ?? ""}
              onChange={(event) =>
                void navigate({ search: { ...search, state: event.target.value || undefined } })
              }
              className="h-8 rounded-md border border-line-strong bg-surface px-2 text-sm"
            >
              <option value="">Any state</option>
              {STATES.map((state) => (
                <option key={state} value={state}>
                  {JOB_STATES[state].label}
                </option>
              ))}
            </select>
            <FilterChip
              label="Buyer"
              value={search.buyer}
              onClear={() => void navigate({ search: { ...search, buyer: undefined } })}
            />
            <FilterChip
              label="Provider"
              value={search.provider}
              onClear={() => void navigate({ search: { ...search, provider: undefined } })}
            />
            <Button
              size="small"
              disabled={rows.length === 0}
              onClick={() =>
                saveCsv(
                  "jobs.csv",
                  rows.map((row) => ({ ...row })),
                )
              }
            >
              CSV
            </Button>
          </>
        }
      >
        {jobs.isPending ? (
          <SkeletonRows rows={8} label="Loading jobs" />
        ) : jobs.error ? (
          <Failure error={jobs.error} what="The jobs" retry={() => void jobs.refetch()} />
        ) : rows.length === 0 ? (
          <Empty
            title={filtered ? "No job matches these filters" : "No job was posted yet"}
            action={
              filtered ? (
                <Link to="/jobs" className={buttonClass()}>
                  Show all jobs
                </Link>
              ) : (
                <Link to="/jobs/new" className={buttonClass("primary")}>
                  Post the first one
                </Link>
              )
            }
          />
        ) : (
          <JobTable jobs={rows} />
        )}
        <Pager query={jobs} />
      </Card>
    </Page>
  );
}

function FilterChip({
  label,
  value,
  onClear,
}: {
  label: string;
  value: string | undefined;
  onClear(): void;
}) {
  if (!value) return null;
  return (
    <Button size="small" onClick={onClear} aria-label={`Remove the filter ${label} ${value}`}>
      {label} {shortHex(value)} ✕
    </Button>
  );
}
