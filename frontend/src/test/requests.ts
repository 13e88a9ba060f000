/** Timeline events of page requests, as the API answers them. */
import type { TimelineEvent } from "@/lib/api/types";
import type { Hex } from "@/lib/bytes";
import { address, hash } from "@/test/render";

function eventOf(event: string, args: Record<string, unknown>): TimelineEvent {
  return {
    event,
    lot: 0,
    finality: "confirmed",
    block: 12,
    timestamp: 1_000,
    tx: hash("e"),
    log_index: 0,
    args: { request_id: hash("1"), ...args },
  };
}

interface Asked {
  id?: Hex;
  item?: number;
  page?: number;
  subject?: number;
  deadline?: number;
}

export function requested({ id = hash("1"), item = 0, page = 0, subject = 3, deadline = 1_020 }: Asked) {
  return eventOf("PageRequested", {
    request_id: id,
    requester: address("c"),
    lot: 0,
    subject,
    list_index: item,
    page_index: page,
    deadline,
  });
}

export function answered({ id = hash("1"), in_range = true }: { id?: Hex; in_range?: boolean }) {
  return eventOf("PageAnswered", { request_id: id, answerer: address("d"), in_range, page: { bytes: 4096 } });
}

export function withheld({ id = hash("1") }: { id?: Hex }) {
  return eventOf("PageWithheld", { request_id: id, lot: 0, reason: 12 });
}
