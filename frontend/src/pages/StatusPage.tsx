import { useQuery } from "@tanstack/react-query";
import { statusQuery } from "@/lib/api/queries";
import type { BlockRef } from "@/lib/api/types";
import { useConfig } from "@/lib/config";
import { formatCount } from "@/lib/format/ids";
import { useLiveState } from "@/lib/live/LiveProvider";
import { Badge } from "@/ui/Badge";
import { Card } from "@/ui/Card";
import { Copyable } from "@/ui/Copyable";
import { DataState } from "@/ui/DataState";
import { Facts } from "@/ui/Facts";
import { Page } from "@/ui/Page";
import { Ago } from "@/ui/Time";

export function StatusPage() {
  const status = useQuery(statusQuery);
  const config = useConfig();
  const live = useLiveState();
  return (
    <Page title="Status" lead="How far this page can be trusted right now.">
      <div className="grid items-start gap-5 lg:grid-cols-2">
        <Card title="Chain and indexer">
          <DataState query={status} what="The status" rows={6}>
            {(data) => (
              <Facts
                rows={[
                  ["Chain head", <Block key="h" block={data.head} />],
                  ["Indexed up to", <Block key="c" block={data.cursor} />],
                  [
                    "Behind",
                    data.lag_blocks === null ? (
                      <Badge key="b" tone="warn">
                        unknown
                      </Badge>
                    ) : (
                      <Badge key="b" tone={data.lag_blocks <= 3 ? "good" : "warn"}>
                        {data.lag_blocks} blocks
                      </Badge>
                    ),
                  ],
                  ["Final up to", data.finalized_block === null ? "–" : formatCount(data.finalized_block)],
                  [
                    "Live stream",
                    <Badge key="l" tone={live === "open" ? "good" : "warn"}>
                      {live}
                    </Badge>,
                  ],
                  ["Genesis", <Copyable key="g" value={data.genesis_hash} what="genesis hash" />],
                ]}
              />
            )}
          </DataState>
        </Card>
        <Card title="Artifact mirrors">
          <DataState query={status} what="The mirrors" rows={2}>
            {(data) =>
              data.mirrors.length === 0 ? (
                <p className="text-muted">No mirror is configured.</p>
              ) : (
                <Facts
                  rows={data.mirrors.map((mirror) => [
                    <span key="u" className="font-mono text-[0.8125rem] break-all">
                      {mirror.url}
                    </span>,
                    <Badge key="o" tone={mirror.ok ? "good" : "bad"}>
                      {mirror.ok ? "reachable" : "not reachable"}
                    </Badge>,
                  ])}
                />
              )
            }
          </DataState>
        </Card>
        <Card
          title="Contracts"
          note={`chain ${config.chain_id}, deployed at block ${config.deployed_block}`}
          className="lg:col-span-2"
        >
          <Facts
            columns={2}
            rows={Object.entries(config.contracts).map(([name, address]) => [
              name,
              <Copyable key={name} value={String(address)} what={`${name} address`} head={10} tail={8} />,
            ])}
          />
        </Card>
        <Card title="Without us" className="lg:col-span-2">
          <p className="max-w-prose">
            Everything you own is in the contracts, and everyone can call them. This page, one file to keep on
            your disk, shows and claims all of it with a wallet and a chain node alone.
          </p>
          <a className="link mt-2 inline-block" href="/exit-page" download="assay-exit.html">
            Download the exit page
          </a>
        </Card>
      </div>
    </Page>
  );
}

function Block({ block }: { block: BlockRef | null }) {
  if (!block) return <span className="text-muted">–</span>;
  return (
    <span>
      {formatCount(block.number)}{" "}
      <span className="text-muted">
        · <Ago timestamp={block.timestamp} />
      </span>
    </span>
  );
}
