/** Shows a query's answer, or the matching loading, failed or empty state in the same place. */
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Failure, SkeletonRows } from "@/ui/States";

interface Props<T> {
  query: Pick<UseQueryResult<T>, "data" | "error" | "refetch" | "isPending">;
  what: string;
  rows?: number;
  skeleton?: ReactNode;
  children(data: T): ReactNode;
}

export function DataState<T>({ query, what, rows = 4, skeleton, children }: Props<T>) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error) return <Failure error={query.error} what={what} retry={() => void query.refetch()} />;
  return <>{skeleton ?? <SkeletonRows rows={rows} label={`Loading ${what}`} />}</>;
}
