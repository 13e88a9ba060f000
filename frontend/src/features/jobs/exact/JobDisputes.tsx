/** Every game about a result of one job. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { DisputeTable } from "@/features/disputes/DisputeTable";
import { strings } from "@/features/jobs/exact/strings";
import { disputesQuery } from "@/lib/api/queries";
import type { Hex } from "@/lib/bytes";
import { useLiveTopics } from "@/lib/live/LiveProvider";
import { Card } from "@/ui/Card";
import { Pager } from "@/ui/Pager";
import { Empty, Failure, SkeletonRows } from "@/ui/States";

export function JobDisputes({ jobId }: { jobId: Hex }) {
  useLiveTopics("disputes");
  const games = useInfiniteQuery(disputesQuery({ job: jobId }));
  const rows = games.data?.pages.flatMap((page) => page.results) ?? [];
  return (
    <Card flush title={strings.disputes}>
      {games.isPending ? (
        <SkeletonRows rows={1} label="Loading disputes" />
      ) : games.error ? (
        <Failure error={games.error} what="The job's disputes" retry={() => void games.refetch()} />
      ) : rows.length === 0 ? (
        <Empty title={strings.noDisputes} />
      ) : (
        <DisputeTable games={rows} />
      )}
      <Pager query={games} />
    </Card>
  );
}
