import { useParams } from "@tanstack/react-router";
import { DeviceView } from "@/features/devices/DeviceView";

export function DevicePage() {
  const { deviceId } = useParams({ from: "/devices/$deviceId" });
  return <DeviceView key={deviceId} id={deviceId} />;
}
