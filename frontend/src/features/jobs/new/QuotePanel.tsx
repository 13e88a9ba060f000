/** Pre-flight: who could take the job, who could not and why, and every line of money, before any wallet opens. */
import { Link } from "@tanstack/react-router";
import { strings } from "@/features/jobs/new/strings";
import type { Quote } from "@/lib/api/types";
import { formatDuration } from "@/lib/format/time";
import { formatUsd6 } from "@/lib/format/usd";
import { Amount } from "@/ui/Amount";
import { Badge } from "@/ui/Badge";
import { type Fact, Facts } from "@/ui/Facts";
import { Notice } from "@/ui/States";
import { Table } from "@/ui/Table";
import { Who } from "@/ui/Who";

interface Props {
  quote: Quote;
  gas: string | null;
  /** What an auction sets aside for who has its bids cleared; 0 of an instant order. */
  clearingUsd6: bigint;
}

export function QuotePanel({ quote, gas, clearingUsd6 }: Props) {
  const { price, plan } = quote;
  return (
    <div className="grid gap-5">
      <Facts
        rows={[
          [
            <b key="e">{strings.escrowNow}</b>,
            <b key="v">
              <Amount usd6={BigInt(price.escrow_usd6) + clearingUsd6} />
            </b>,
          ],
          ...(clearingUsd6 > 0n
            ? ([[strings.auctionPoke, <Amount key="v" usd6={clearingUsd6} />]] as Fact[])
            : []),
          [strings.expected, <Amount key="v" usd6={price.expected_usd6} />],
          [
            `${strings.worst} (${strings.worstHint.toLowerCase().replace(/\.$/, "")})`,
            <Amount key="v" usd6={price.worst_case_usd6} />,
          ],
          [strings.seatsTotal, <Amount key="v" usd6={price.seats_total_usd6} />],
          [strings.fee, <Amount key="v" usd6={price.fee_usd6} />],
          [strings.pokes, <Amount key="v" usd6={price.pokes_usd6} />],
          [strings.cancelNow, <Amount key="v" usd6={price.refund_if_cancelled_now_usd6} />],
          [strings.cancelLater, <Amount key="v" usd6={price.refund_if_cancelled_after_draw_usd6} />],
          [strings.gas, gas ?? strings.gasUnknown],
        ]}
      />
      <p className="text-sm text-muted">{strings.refundRules}</p>
      <Facts
        rows={[
          [
            "Lots",
            `${plan.lots} of ${plan.items_per_lot} ${plan.items_per_lot === 1 ? "item" : "items"} (${plan.items} in all)`,
          ],
          ["Program", typeof plan.program === "object" ? plan.program.name : String(plan.program)],
          [strings.ceiling, formatUsd6(price.ceiling_usd6)],
          [strings.wait, `about ${formatDuration(quote.expected_seconds)}`],
          ["As of block", String(quote.block)],
        ]}
      />
      {quote.warnings.length > 0 && (
        <Notice tone="warn" title={strings.warnings}>
          <ul className="list-disc pl-4">
            {quote.warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </Notice>
      )}
      <div>
        <h3 className="mb-1 font-medium">
          {strings.couldTake} <Badge tone="good">{quote.awardees_expected.length}</Badge>
        </h3>
        <div className="-mx-4">
          <Table
            dense
            caption={strings.couldTake}
            rows={quote.awardees_expected}
            rowKey={(row) => row.device_id}
            columns={[
              {
                head: "Provider",
                cell: (row) => <Who address={row.provider} as="provider" copy={false} />,
              },
              {
                head: "Device",
                from: "sm",
                cell: (row) => (
                  <Link to="/devices/$deviceId" params={{ deviceId: row.device_id }} className="link">
                    {row.name || "device"}
                  </Link>
                ),
              },
              { head: "Places", align: "right", cell: (row) => row.units },
              { head: "A seat", align: "right", cell: (row) => <Amount usd6={row.price_usd6} /> },
            ]}
          />
        </div>
      </div>
      <RefusedList refused={quote.refused} />
    </div>
  );
}

export function RefusedList({ refused }: { refused: Quote["refused"] }) {
  return (
    <div>
      <h3 className="mb-1 font-medium">
        {strings.refused} <Badge>{refused.length}</Badge>
      </h3>
      {refused.length === 0 ? (
        <p className="text-sm text-muted">{strings.noneRefused}</p>
      ) : (
        <ul className="grid gap-1.5 text-sm">
          {refused.map((one) => (
            <li key={one.device_id} className="flex flex-wrap gap-x-2">
              <Link to="/devices/$deviceId" params={{ deviceId: one.device_id }} className="link">
                {one.name || "device"}
              </Link>
              <span className="text-muted">{one.reason}</span>
              <Badge>{one.code}</Badge>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
