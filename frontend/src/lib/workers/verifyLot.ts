/** The checks of one revealed lot, apart from the worker that runs them so that they can be tested. */
import { artifactUrl } from "@/lib/api/client";
import type { Hex } from "@/lib/bytes";
import { artifactId, idsOfList, listRoot } from "@/lib/merkle";
import { checkedItem } from "@/lib/render/assemble";
import { lotItems } from "@/lib/render/plan";
import type { LotRequest, VerifiedItem } from "@/lib/workers/lotMessages";

async function bytesAt(url: string, what: string): Promise<Uint8Array> {
  const response = await fetch(url);
  if (response.status === 404) throw new Error(`${what} is not in the artifact store yet`);
  if (!response.ok) throw new Error(`${what} could not be fetched: HTTP ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

export async function verifyLot(request: LotRequest): Promise<VerifiedItem[]> {
  const { lot, root, plan } = request;
  const ids = idsOfList(await bytesAt(artifactUrl("list", root), `the result list of lot ${lot}`));
  if (listRoot(ids) !== root.toLowerCase()) {
    throw new Error(`lot ${lot}: the stored list does not hash to the root on chain`);
  }
  const [from, to] = lotItems(plan, lot);
  if (ids.length !== to - from)
    throw new Error(`lot ${lot} has ${to - from} items, its list names ${ids.length}`);
  const seen = new Map<Hex, Uint8Array>();
  const items: VerifiedItem[] = [];
  for (const [offset, id] of ids.entries()) {
    const item = from + offset;
    let bytes = seen.get(id);
    if (!bytes) {
      bytes = await bytesAt(artifactUrl("bytes", id), `item ${item}`);
      if (artifactId(bytes) !== id) throw new Error(`item ${item}: the stored bytes do not hash to their id`);
      seen.set(id, bytes);
    }
    items.push({ item, values: checkedItem(plan, item, bytes) });
  }
  return items;
}
