import { useQuery } from "@tanstack/react-query";
import { strings } from "@/features/devices/strings";
import { holdersQuery } from "@/lib/api/queries";
import type { ShareFacts } from "@/lib/api/types";
import { formatShares, percentOf } from "@/lib/format/usd";
import { Amount } from "@/ui/Amount";
import { Card } from "@/ui/Card";
import { DataState } from "@/ui/DataState";
import { Empty } from "@/ui/States";
import { Table } from "@/ui/Table";
import { Who } from "@/ui/Who";

export function HoldersCard({ share }: { share: ShareFacts }) {
  const holders = useQuery(holdersQuery(share.address));
  const supply = BigInt(share.supply);
  return (
    <Card flush title={strings.holders}>
      <DataState query={holders} what="Holders">
        {(rows) =>
          rows.length === 0 ? (
            <Empty title="No holder yet" />
          ) : (
            <Table
              dense
              caption={strings.holders}
              rows={rows}
              rowKey={(row) => row.holder}
              columns={[
                { head: "Holder", cell: (row) => <Who address={row.holder} as="account" /> },
                { head: share.symbol, align: "right", cell: (row) => formatShares(row.balance) },
                { head: "Part", align: "right", cell: (row) => percentOf(BigInt(row.balance), supply) },
                { head: "Claimed", align: "right", cell: (row) => <Amount usd6={row.claimed_usd6} /> },
              ]}
            />
          )
        }
      </DataState>
    </Card>
  );
}
