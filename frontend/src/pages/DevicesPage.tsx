import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { DeviceTable } from "@/features/devices/DeviceTable";
import { strings } from "@/features/devices/strings";
import { devicesQuery } from "@/lib/api/queries";
import { saveCsv } from "@/lib/download";
import { shortHex } from "@/lib/format/ids";
import { useLiveTopics } from "@/lib/live/LiveProvider";
import { Button, buttonClass } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Page } from "@/ui/Page";
import { Pager } from "@/ui/Pager";
import { Empty, Failure, SkeletonRows } from "@/ui/States";

export function DevicesPage() {
  useLiveTopics("devices");
  const search = useSearch({ from: "/devices" });
  const devices = useInfiniteQuery(devicesQuery(search));
  const rows = devices.data?.pages.flatMap((page) => page.results) ?? [];
  const filter = search.provider ?? search.runtime_class;
  return (
    <Page title={strings.devices} lead={strings.devicesLead}>
      <Card
        flush
        title="Registered devices"
        actions={
          <>
            {filter && (
              <Link to="/devices" className={buttonClass("plain", "small")}>
                {search.provider ? "Provider" : "Class"} {shortHex(filter)} ✕
              </Link>
            )}
            <Button
              size="small"
              disabled={rows.length === 0}
              onClick={() =>
                saveCsv(
                  "devices.csv",
                  rows.map(({ ask, share, ...facts }) => ({ ...facts, ...ask, share: share?.address ?? "" })),
                )
              }
            >
              CSV
            </Button>
          </>
        }
      >
        {devices.isPending ? (
          <SkeletonRows rows={6} label="Loading devices" />
        ) : devices.error ? (
          <Failure error={devices.error} what="The devices" retry={() => void devices.refetch()} />
        ) : rows.length === 0 ? (
          <Empty title={strings.noDevices}>
            A provider registers one with <code className="font-mono">assay provider register</code>.
          </Empty>
        ) : (
          <DeviceTable devices={rows} />
        )}
        <Pager query={devices} />
      </Card>
    </Page>
  );
}
