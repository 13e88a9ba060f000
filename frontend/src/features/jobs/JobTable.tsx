import { Link } from "@tanstack/react-router";
import { JobBadge } from "@/features/jobs/JobBadges";
import { GRADES } from "@/features/jobs/words";
import type { JobSummary } from "@/lib/api/types";
import { shortHex } from "@/lib/format/ids";
import { Amount } from "@/ui/Amount";
import { Table } from "@/ui/Table";
import { Ago } from "@/ui/Time";
import { Who } from "@/ui/Who";

export function JobTable({ jobs, dense = false }: { jobs: readonly JobSummary[]; dense?: boolean }) {
  return (
    <Table
      dense={dense}
      caption="Jobs, newest first"
      rows={jobs}
      rowKey={(job) => job.id}
      columns={[
        {
          head: "Job",
          cell: (job) => (
            <Link
              to="/jobs/$jobId"
              params={{ jobId: job.id }}
              className="link font-mono text-[0.8125rem] whitespace-nowrap"
            >
              {shortHex(job.id, 8, 4)}
            </Link>
          ),
        },
        { head: "State", cell: (job) => <JobBadge job={job} /> },
        { head: "Kind", from: "md", cell: (job) => job.kind ?? "–" },
        {
          head: "Grade",
          from: "lg",
          cell: (job) => `${GRADES[job.grade] ?? job.grade}, ${job.seats}+${job.spares}`,
        },
        { head: "Lots paid", align: "right", from: "sm", cell: (job) => `${job.lots_paid} / ${job.lots}` },
        { head: "Escrow", align: "right", from: "sm", cell: (job) => <Amount usd6={job.escrow_usd6} /> },
        { head: "Buyer", from: "md", cell: (job) => <Who address={job.buyer} as="account" copy={false} /> },
        { head: "Posted", align: "right", cell: (job) => <Ago timestamp={job.posted_at} /> },
      ]}
    />
  );
}
