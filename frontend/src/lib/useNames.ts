/**
 * A provider has no name on chain; it is shown by its first device's, which the provider wrote itself. Names are a help
 * to the eye, never an identity: the address stays one click away wherever one is shown.
 */
import { useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import { providersQuery } from "@/lib/api/queries";

export function useNames(): (address: string) => string | null {
  const { data } = useQuery({ ...providersQuery, staleTime: 30_000 });
  return useCallback(
    (address: string) => {
      const provider = data?.find((one) => one.address.toLowerCase() === address.toLowerCase());
      const device = provider?.devices[0];
      return device?.name ? device.name : null;
    },
    [data],
  );
}
