import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { DisputeTable } from "@/features/disputes/DisputeTable";
import { strings } from "@/features/disputes/words";
import { disputesQuery } from "@/lib/api/queries";
import { saveCsv } from "@/lib/download";
import { shortHex } from "@/lib/format/ids";
import { useLiveTopics } from "@/lib/live/LiveProvider";
import { Button, buttonClass } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Page } from "@/ui/Page";
import { Pager } from "@/ui/Pager";
import { Empty, Failure, SkeletonRows } from "@/ui/States";

const FILTERS = ["job", "claim", "provider", "challenger"] as const;

export function DisputesPage() {
  useLiveTopics("disputes");
  const search = useSearch({ from: "/disputes" });
  const navigate = useNavigate({ from: "/disputes" });
  const games = useInfiniteQuery(disputesQuery(search));
  const rows = games.data?.pages.flatMap((page) => page.results) ?? [];
  const filtered = Object.values(search).some(Boolean);
  return (
    <Page title={strings.title} lead={strings.lead}>
      <Card
        flush
        title="All games"
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
              <option value="OPEN">Open</option>
              <option value="ENDED">Over</option>
            </select>
            {FILTERS.map((name) => {
              const value = search[name];
              return value ? (
                <Button
                  key={name}
                  size="small"
                  aria-label={`Remove the filter ${name} ${value}`}
                  onClick={() => void navigate({ search: { ...search, [name]: undefined } })}
                >
                  {name} {shortHex(value)} ✕
                </Button>
              ) : null;
            })}
            <Button
              size="small"
              disabled={rows.length === 0}
              onClick={() =>
                saveCsv(
                  "disputes.csv",
                  rows.map((row) => ({ ...row })),
                )
              }
            >
              CSV
            </Button>
          </>
        }
      >
        {games.isPending ? (
          <SkeletonRows rows={6} label="Loading disputes" />
        ) : games.error ? (
          <Failure error={games.error} what="The disputes" retry={() => void games.refetch()} />
        ) : rows.length === 0 ? (
          <Empty
            title={filtered ? strings.noneFiltered : strings.none}
            action={
              filtered ? (
                <Link to="/disputes" className={buttonClass()}>
                  Show all disputes
                </Link>
              ) : undefined
            }
          >
            {filtered ? undefined : strings.noneText}
          </Empty>
        ) : (
          <DisputeTable games={rows} />
        )}
        <Pager query={games} />
      </Card>
    </Page>
  );
}
