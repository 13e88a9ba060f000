/** The checks of one revealed lot, apart from the worker that runs them so that they can be tested. */
import { artifactUrl } from "@/lib/api/client";
import type { Hex } from "@/lib/bytes";
import { artifactId, idsOfList, listRoot } from "@/lib/merkle";
import { checkedItem } from "@/lib/render/assemble";
import { lotItems } from "@/lib/render/plan";
import type { LotRequest, ShownItems, VerifiedItem } from "@/lib/workers/lotMessages";

/** The bytes of a lot are not served, or others are: what a page request on chain is for. */
export class Unavailable extends Error {
  constructor(
    message: string,
    /** Of the first missing item in its lot; 0 when the list of items itself is missing. */
    readonly offset: number,
  ) {
    super(message);
  }
}

async function bytesAt(url: string, what: string, offset: number): Promise<Uint8Array> {
  const response = await fetch(url);
  if (response.status === 404) throw new Unavailable(`${what} is not in the artifact store yet`, offset);
  if (!response.ok) throw new Unavailable(`${what} could not be fetched: HTTP ${response.status}`, offset);
  return new Uint8Array(await response.arrayBuffer());
}

/** Ids of the lot's items, from the stored list, or from items that were shown whole on chain. */
async function itemIds(lot: number, root: Hex, count: number, shown: ShownItems): Promise<Hex[]> {
  const all = Array.from({ length: count }, (_, offset) => shown.get(offset));
  if (all.every((bytes) => bytes !== undefined)) {
    const ids = all.map((bytes) => artifactId(bytes as Uint8Array));
    if (listRoot(ids) === root.toLowerCase()) return ids;
  }
  const ids = idsOfList(await bytesAt(artifactUrl("list", root), `the result list of lot ${lot}`, 0));
  if (listRoot(ids) !== root.toLowerCase()) {
    throw new Unavailable(`lot ${lot}: the stored list does not hash to the root on chain`, 0);
  }
  return ids;
}

async function itemBytes(item: number, offset: number, id: Hex, shown: ShownItems): Promise<Uint8Array> {
  const onChain = shown.get(offset);
  if (onChain && artifactId(onChain) === id) return onChain;
  const bytes = await bytesAt(artifactUrl("bytes", id), `item ${item}`, offset);
  if (artifactId(bytes) !== id) {
    throw new Unavailable(`item ${item}: the stored bytes do not hash to their id`, offset);
  }
  return bytes;
}

export async function verifyLot(request: LotRequest): Promise<VerifiedItem[]> {
  const { lot, root, plan, shown = new Map() } = request;
  const [from, to] = lotItems(plan, lot);
  const ids = await itemIds(lot, root, to - from, shown);
  if (ids.length !== to - from)
    throw new Error(`lot ${lot} has ${to - from} items, its list names ${ids.length}`);
  const seen = new Map<Hex, Uint8Array>();
  const items: VerifiedItem[] = [];
  for (const [offset, id] of ids.entries()) {
    const item = from + offset;
    const bytes = seen.get(id) ?? (await itemBytes(item, offset, id, shown));
    seen.set(id, bytes);
    items.push({ item, values: checkedItem(plan, item, bytes) });
  }
  return items;
}
