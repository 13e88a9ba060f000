/** Page requests of a job, as its events tell them: what was asked, by whom, and what came of it. */
import type { TimelineEvent } from "@/lib/api/types";
import type { Hex } from "@/lib/bytes";
import { PAGE_BYTES } from "@/lib/merkle";
import { ITEM_BYTES } from "@/lib/render/plan";
import type { ShownItems } from "@/lib/workers/lotMessages";

/** contracts/modules/subjects.vy */
export const OUTPUT = 3;
export const PAGES_AN_ITEM = Math.ceil(ITEM_BYTES / PAGE_BYTES);

export interface PageRequest {
  readonly id: Hex;
  readonly lot: number;
  readonly requester: Hex;
  /** Offset of the item in its lot. */
  readonly item: number;
  readonly page: number;
  /** Chain time until which an answer counts. */
  readonly deadline: number;
  readonly state: "open" | "shown" | "withheld";
  /** Transaction that showed the page; its log holds the bytes. */
  readonly shownIn: Hex | null;
}

/** Requests for results, oldest first. Inputs and programs are asked for by providers and shown elsewhere. */
export function outputRequests(events: readonly TimelineEvent[]): PageRequest[] {
  const found = new Map<Hex, PageRequest>();
  for (const { event, args, lot, tx } of events) {
    const id = args.request_id as Hex;
    const old = found.get(id);
    if (event === "PageRequested" && Number(args.subject) === OUTPUT) {
      found.set(id, {
        id,
        lot: Number(args.lot ?? lot),
        requester: args.requester as Hex,
        item: Number(args.list_index),
        page: Number(args.page_index),
        deadline: Number(args.deadline),
        state: "open",
        shownIn: null,
      });
    } else if (event === "PageAnswered" && old) {
      found.set(id, { ...old, state: "shown", shownIn: args.in_range ? tx : null });
    } else if (event === "PageWithheld" && old) {
      found.set(id, { ...old, state: "withheld" });
    }
  }
  return [...found.values()];
}

/** First page of an item that nobody has shown on chain; null when all are there. */
export function nextPage(requests: readonly PageRequest[], lot: number, item: number): number | null {
  const shown = new Set(
    requests
      .filter((one) => one.lot === lot && one.item === item && one.shownIn !== null)
      .map((one) => one.page),
  );
  for (let page = 0; page < PAGES_AN_ITEM; page++) if (!shown.has(page)) return page;
  return null;
}

/** Items of one lot whose pages were all shown, from the pages by request id. Their hashes are checked where they are used. */
export function wholeItems(
  requests: readonly PageRequest[],
  lot: number,
  pages: ReadonlyMap<Hex, Uint8Array>,
): ShownItems {
  const parts = new Map<number, Map<number, Uint8Array>>();
  for (const { id, lot: of, item, page } of requests) {
    const bytes = pages.get(id);
    if (of !== lot || !bytes) continue;
    parts.set(item, (parts.get(item) ?? new Map()).set(page, bytes));
  }
  const whole = new Map<number, Uint8Array>();
  for (const [item, shown] of parts) {
    if (shown.size !== PAGES_AN_ITEM) continue;
    const bytes = new Uint8Array(ITEM_BYTES);
    for (const [page, part] of shown) bytes.set(part.subarray(0, PAGE_BYTES), page * PAGE_BYTES);
    whole.set(item, bytes);
  }
  return whole;
}
