import { useParams } from "@tanstack/react-router";
import { ProviderView } from "@/features/providers/ProviderView";
import type { Hex } from "@/lib/bytes";

export function ProviderPage() {
  const { address } = useParams({ from: "/providers/$address" });
  return <ProviderView key={address} address={address as Hex} />;
}
