/** The bidding for a job: how long it lasts, what was sealed and opened, and the price it was cleared at. */
import { outcomeOf, stageOf } from "@/features/jobs/auction/bidding";
import { BIDS, strings } from "@/features/jobs/auction/strings";
import type { JobDetail } from "@/lib/api/types";
import { useChainNow } from "@/lib/live/useHead";
import { Amount } from "@/ui/Amount";
import { Badge } from "@/ui/Badge";
import { Card } from "@/ui/Card";
import { type Fact, Facts } from "@/ui/Facts";
import { Empty } from "@/ui/States";
import { Table } from "@/ui/Table";
import { Countdown } from "@/ui/Time";
import { Who } from "@/ui/Who";

export function AuctionCard({ job }: { job: JobDetail }) {
  const now = useChainNow();
  const auction = job.auction;
  const stage = stageOf(job, now ?? 0);
  if (!auction || !stage) return null;
  const rows: Fact[] = [
    [strings.count, `${auction.bids_sealed}, ${auction.bids_opened}`],
    [strings.ceiling, <Amount key="c" usd6={job.ceiling_usd6} />],
  ];
  if (stage === "sealing")
    rows.unshift([
      strings.sealedUntil,
      <Countdown key="t" until={auction.bids_until + 1} over={strings.over} />,
    ]);
  if (stage === "opening")
    rows.unshift([
      strings.openedUntil,
      <Countdown key="t" until={auction.opens_until + 1} over={strings.over} />,
    ]);
  if (stage === "awarded") rows.push([strings.price, <Amount key="p" usd6={auction.clearing_usd6} />]);
  if (stage === "awarded" || stage === "ended")
    rows.push(
      [strings.surplus, <Amount key="s" usd6={auction.surplus_usd6} />],
      [strings.forfeited, <Amount key="f" usd6={auction.forfeited_usd6} />],
    );
  return (
    <Card title={strings.title}>
      <p className="mb-3 text-sm text-muted">{strings[stage]}</p>
      <Facts rows={rows} />
      {auction.bids.length === 0 ? (
        <Empty title={strings.none} />
      ) : (
        <Table
          caption="Bids in the order of sealing"
          rows={auction.bids}
          rowKey={(bid) => bid.provider}
          dense
          columns={[
            { head: "Bidder", cell: (bid) => <Who address={bid.provider} as="provider" copy={false} /> },
            {
              head: "Bid",
              cell: (bid) => {
                const outcome = BIDS[outcomeOf(job, bid)];
                return outcome && <Badge tone={outcome.tone}>{outcome.label}</Badge>;
              },
            },
            {
              head: "Price of a seat",
              align: "right",
              cell: (bid) => (bid.status === "SEALED" ? "hidden" : <Amount usd6={bid.price_usd6} />),
            },
            { head: "Units", align: "right", from: "sm", cell: (bid) => bid.units },
          ]}
        />
      )}
    </Card>
  );
}
