import { Link } from "@tanstack/react-router";
import { strings } from "@/features/devices/strings";
import type { Device } from "@/lib/api/types";
import { formatCount } from "@/lib/format/ids";
import { Amount } from "@/ui/Amount";
import { Badge } from "@/ui/Badge";
import { Table } from "@/ui/Table";
import { Who } from "@/ui/Who";

export function DeviceTable({
  devices,
  provider = true,
}: {
  devices: readonly Device[];
  provider?: boolean;
}) {
  return (
    <Table
      caption="Devices"
      rows={devices}
      rowKey={(device) => device.id}
      columns={[
        {
          head: "Device",
          cell: (device) => (
            <div className="min-w-40">
              <Link to="/devices/$deviceId" params={{ deviceId: device.id }} className="link font-medium">
                {device.name || device.id.slice(0, 12)}
              </Link>
              <DeviceBadges device={device} />
              <p className="text-xs text-muted">{device.accelerator}</p>
            </div>
          ),
        },
        ...(provider
          ? [
              {
                head: "Provider",
                from: "md" as const,
                cell: (device: Device) => <Who address={device.provider} as="provider" copy={false} />,
              },
            ]
          : []),
        {
          head: "Ask per hour",
          align: "right",
          cell: (device) =>
            device.ask ? (
              <Amount usd6={device.ask.price_per_hour_usd6} />
            ) : (
              <span className="text-muted">none</span>
            ),
        },
        { head: "Lots paid", align: "right", from: "sm", cell: (device) => formatCount(device.lots_paid) },
        {
          head: "Income",
          align: "right",
          from: "sm",
          cell: (device) => <Amount usd6={device.income_usd6} />,
        },
        { head: "Share", from: "md", cell: (device) => device.share?.symbol ?? "–" },
      ]}
    />
  );
}

export function DeviceBadges({ device }: { device: Device }) {
  return (
    <span className="ml-2 inline-flex gap-1">
      {device.shared && <Badge tone="accent">{strings.shared}</Badge>}
      {device.retired && <Badge tone="warn">{strings.retired}</Badge>}
    </span>
  );
}
