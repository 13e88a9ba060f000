/** The dry-run quote of the form as it stands, a moment after the last keystroke. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { CheckedForm } from "@/features/jobs/new/form";
import { postJson } from "@/lib/api/client";
import { keys } from "@/lib/api/keys";
import type { Quote, QuoteRequest } from "@/lib/api/types";
import type { RenderSpec } from "@/lib/render/plan";

const SETTLE_MS = 350;
/** Asks and stakes change: a quote is taken anew this often while the page is open. */
const REFRESH_MS = 20_000;

function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

export function requestOf(order: NonNullable<CheckedForm["order"]>, spec: RenderSpec): QuoteRequest {
  return {
    kind: "render",
    spec: { ...spec },
    grade: order.grade,
    seats: order.seats,
    spares: order.spares,
    audit_bps: order.auditBps,
    ...(order.capUsd6 === null ? {} : { max_price_per_hour_usd6: order.capUsd6.toString() }),
  };
}

export function useQuote(request: QuoteRequest | null) {
  const text = useSettled(request ? JSON.stringify(request) : "");
  const settled = text ? (JSON.parse(text) as QuoteRequest) : null;
  const query = useQuery({
    queryKey: keys.quote(settled ?? {}),
    queryFn: ({ signal }) => postJson<Quote>("/quotes", settled, signal),
    enabled: settled !== null,
    refetchInterval: REFRESH_MS,
    retry: false,
  });
  /** Whether the shown quote is for what the form says now. */
  const current = request !== null && text === JSON.stringify(request);
  return { query, current };
}
