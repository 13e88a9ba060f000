/** Query options of the read API, one per resource. Lists answer a page or a bare array: `rowsOf` reads both. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { getJson, withQuery } from "@/lib/api/client";
import type { Game, GameDetail } from "@/lib/api/disputeTypes";
import { keys } from "@/lib/api/keys";
import type {
  Account,
  Device,
  Holder,
  Income,
  JobDetail,
  JobSummary,
  Lot,
  Page,
  Provider,
  ProviderDetail,
  Quota,
  Stats,
  Status,
  TimelineEvent,
} from "@/lib/api/types";

function rowsOf<T>(body: Page<T> | T[]): T[] {
  return Array.isArray(body) ? body : body.results;
}

/** Follows `next` to the end; for lists that a page shows whole (the lots of one job, at most 4,096). */
async function allRows<T>(path: string, signal: AbortSignal): Promise<T[]> {
  const rows: T[] = [];
  let after: string | null = null;
  do {
    const body: Page<T> | T[] = await getJson<Page<T> | T[]>(withQuery(path, { after }), signal);
    rows.push(...rowsOf(body));
    after = Array.isArray(body) ? null : cursorOf(body.next);
  } while (after !== null);
  return rows;
}

/** `next` is a cursor; a full URL is accepted too and its `after` taken. */
export function cursorOf(next: string | null): string | null {
  if (!next) return null;
  if (!next.includes("?")) return next;
  return new URLSearchParams(next.slice(next.indexOf("?") + 1)).get("after");
}

export const statusQuery = queryOptions({
  queryKey: keys.status,
  queryFn: ({ signal }) => getJson<Status>("/status", signal),
});

export const statsQuery = queryOptions({
  queryKey: keys.stats,
  queryFn: ({ signal }) => getJson<Stats>("/stats", signal),
});

export interface JobFilters {
  buyer?: string | undefined;
  state?: string | undefined;
  provider?: string | undefined;
}

export function jobsQuery(filters: JobFilters) {
  return infiniteQueryOptions({
    queryKey: keys.jobs(filters),
    queryFn: ({ pageParam, signal }) =>
      getJson<Page<JobSummary>>(withQuery("/jobs", { ...filters, after: pageParam }), signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => cursorOf(last.next),
  });
}

export function jobQuery(id: string) {
  return queryOptions({
    queryKey: keys.job(id),
    queryFn: ({ signal }) => getJson<JobDetail>(`/jobs/${id}`, signal),
  });
}

export function lotsQuery(id: string) {
  return queryOptions({
    queryKey: keys.lots(id),
    queryFn: ({ signal }) => allRows<Lot>(`/jobs/${id}/lots`, signal),
  });
}

export function eventsQuery(id: string) {
  return queryOptions({
    queryKey: keys.events(id),
    queryFn: ({ signal }) => allRows<TimelineEvent>(`/jobs/${id}/events`, signal),
  });
}

export interface DisputeFilters {
  job?: string | undefined;
  claim?: string | undefined;
  provider?: string | undefined;
  challenger?: string | undefined;
  state?: string | undefined;
  verdict?: string | undefined;
}

export function disputesQuery(filters: DisputeFilters) {
  return infiniteQueryOptions({
    queryKey: keys.disputes(filters),
    queryFn: ({ pageParam, signal }) =>
      getJson<Page<Game>>(withQuery("/disputes", { ...filters, after: pageParam }), signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => cursorOf(last.next),
  });
}

export function disputeQuery(id: string) {
  return queryOptions({
    queryKey: keys.dispute(id),
    queryFn: ({ signal }) => getJson<GameDetail>(`/disputes/${encodeURIComponent(id)}`, signal),
  });
}

export interface DeviceFilters {
  provider?: string | undefined;
  runtime_class?: string | undefined;
}

export function devicesQuery(filters: DeviceFilters = {}) {
  return infiniteQueryOptions({
    queryKey: keys.devices(filters),
    queryFn: ({ pageParam, signal }) =>
      getJson<Page<Device>>(withQuery("/devices", { ...filters, after: pageParam }), signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => cursorOf(last.next),
  });
}

export function deviceQuery(id: string) {
  return queryOptions({
    queryKey: keys.device(id),
    queryFn: ({ signal }) => getJson<Device>(`/devices/${id}`, signal),
  });
}

export function incomeQuery(id: string) {
  return queryOptions({
    queryKey: keys.income(id),
    queryFn: ({ signal }) => allRows<Income>(`/devices/${id}/income`, signal),
  });
}

export function holdersQuery(share: string) {
  return queryOptions({
    queryKey: keys.holders(share),
    queryFn: ({ signal }) => allRows<Holder>(`/shares/${share}/holders`, signal),
  });
}

export const providersQuery = queryOptions({
  queryKey: keys.providers,
  queryFn: ({ signal }) => allRows<Provider>("/providers", signal),
});

export function providerQuery(address: string) {
  return queryOptions({
    queryKey: keys.provider(address),
    queryFn: ({ signal }) => getJson<ProviderDetail>(`/providers/${address}`, signal),
  });
}

export function accountQuery(address: string) {
  return queryOptions({
    queryKey: keys.account(address),
    queryFn: ({ signal }) => getJson<Account>(`/accounts/${address}`, signal),
  });
}

export function quotaQuery(address: string) {
  return queryOptions({
    queryKey: keys.quota(address),
    queryFn: ({ signal }) => getJson<Quota>(`/accounts/${address}/quota`, signal),
  });
}
