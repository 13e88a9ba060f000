import { useQuery } from "@tanstack/react-query";
import { StartEarning } from "@/features/providers/StartEarning";
import { strings } from "@/features/providers/strings";
import { providersQuery } from "@/lib/api/queries";
import { saveCsv } from "@/lib/download";
import { formatCount } from "@/lib/format/ids";
import { useLiveTopics } from "@/lib/live/LiveProvider";
import { Amount } from "@/ui/Amount";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { DataState } from "@/ui/DataState";
import { Page } from "@/ui/Page";
import { Empty } from "@/ui/States";
import { Table } from "@/ui/Table";
import { Who } from "@/ui/Who";

export function ProvidersPage() {
  useLiveTopics("jobs", "devices");
  const providers = useQuery(providersQuery);
  return (
    <Page title={strings.providers} lead={strings.lead}>
      <Card
        flush
        title="All providers"
        actions={
          <Button
            size="small"
            disabled={!providers.data?.length}
            onClick={() =>
              saveCsv(
                "providers.csv",
                (providers.data ?? []).map(({ devices, unbonds, ...facts }) => ({
                  ...facts,
                  devices: devices.length,
                  unbonds: unbonds.length,
                })),
              )
            }
          >
            CSV
          </Button>
        }
      >
        <DataState query={providers} what="The providers">
          {(rows) =>
            rows.length === 0 ? (
              <Empty title={strings.none} />
            ) : (
              <Table
                caption={strings.providers}
                rows={rows}
                rowKey={(row) => row.address}
                columns={[
                  { head: "Provider", cell: (row) => <Who address={row.address} as="provider" /> },
                  { head: "Devices", align: "right", from: "sm", cell: (row) => row.devices.length },
                  { head: "Stake", align: "right", cell: (row) => <Amount usd6={row.stake_usd6} /> },
                  {
                    head: "Locked",
                    align: "right",
                    from: "md",
                    cell: (row) => <Amount usd6={row.locked_usd6} />,
                  },
                  {
                    head: "Seats paid",
                    align: "right",
                    from: "sm",
                    cell: (row) => formatCount(row.seats_paid),
                  },
                  {
                    head: "Missed",
                    align: "right",
                    from: "md",
                    cell: (row) => formatCount(row.seats_defaulted),
                  },
                  { head: "Earned", align: "right", cell: (row) => <Amount usd6={row.earned_usd6} /> },
                  {
                    head: "Slashed",
                    align: "right",
                    from: "lg",
                    cell: (row) => <Amount usd6={row.slashed_usd6} />,
                  },
                ]}
              />
            )
          }
        </DataState>
      </Card>
      <StartEarning />
    </Page>
  );
}
