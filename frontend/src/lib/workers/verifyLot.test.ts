import { beforeEach, expect, test, vi } from "vitest";
import { concat, fromHex, type Hex } from "@/lib/bytes";
import { artifactId, listRoot } from "@/lib/merkle";
import { ITEM_BYTES, planOf } from "@/lib/render/plan";
import { Unavailable, verifyLot } from "@/lib/workers/verifyLot";

const plan = planOf({ width: 64, height: 32, samples: 2 });

function itemBytes(light: number): Uint8Array {
  const bytes = new Uint8Array(ITEM_BYTES);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < ITEM_BYTES / 4; at++) view.setFloat32(4 * at, at % 4 === 3 ? 2 : light, true);
  return bytes;
}

const item = itemBytes(0.5);
const id = artifactId(item);
const root = listRoot([id]);
const store = new Map<string, Uint8Array>();

beforeEach(() => {
  store.clear();
  store.set(`list/${root}`, fromHex(id));
  store.set(`bytes/${id}`, item);
  vi.stubGlobal(
    "fetch",
    vi.fn(async (url: string) => {
      const found = store.get(url.replace("/api/v1/artifacts/", ""));
      return found ? new Response(found as Uint8Array<ArrayBuffer>) : new Response(null, { status: 404 });
    }),
  );
});

const verify = (given: Hex = root) => verifyLot({ lot: 0, root: given, plan });

test("verifyLot__honest store__the item's floats", async () => {
  expect(plan.lots).toBe(2);
  const [first] = await verify();
  expect(first?.item).toBe(0);
  expect(first?.values[0]).toBe(0.5);
});

test("verifyLot__one bit of an item changed__refused", async () => {
  const bad = item.slice();
  bad[100] = (bad[100] ?? 0) ^ 1;
  store.set(`bytes/${id}`, bad);
  await expect(verify()).rejects.toThrow("do not hash to their id");
});

test("verifyLot__another list under the root__refused", async () => {
  const other = artifactId(itemBytes(1));
  store.set(`list/${root}`, fromHex(other));
  store.set(`bytes/${other}`, itemBytes(1));
  await expect(verify()).rejects.toThrow("does not hash to the root on chain");
});

test("verifyLot__list of two items for a lot of one__refused", async () => {
  const two = listRoot([id, id]);
  store.set(`list/${two}`, concat(fromHex(id), fromHex(id)));
  await expect(verify(two)).rejects.toThrow("its list names 2");
});

test.each([
  ["NaN", Number.NaN],
  ["negative", -1],
])("verifyLot__agreed result holds %s light__refused", async (_, light) => {
  const bytes = itemBytes(light);
  const own = artifactId(bytes);
  store.set(`bytes/${own}`, bytes);
  store.set(`list/${listRoot([own])}`, fromHex(own));
  await expect(verify(listRoot([own]))).rejects.toThrow("NaN, infinite or negative");
});

test("verifyLot__not uploaded yet__says so", async () => {
  store.delete(`bytes/${id}`);
  await expect(verify()).rejects.toThrow("not in the artifact store yet");
});

test.each([
  ["the item", () => store.delete(`bytes/${id}`)],
  ["the list and the item", () => store.clear()],
  ["the item's true bytes", () => store.set(`bytes/${id}`, new Uint8Array(ITEM_BYTES))],
])("verifyLot__store lacks %s, the item was shown on chain__verified from there", async (_, spoil) => {
  spoil();
  await expect(verify()).rejects.toBeInstanceOf(Unavailable);
  const [first] = await verifyLot({ lot: 0, root, plan, shown: new Map([[0, item]]) });
  expect(first?.values[0]).toBe(0.5);
});

test("verifyLot__another item shown on chain__is not taken", async () => {
  store.clear();
  const shown = new Map([[0, itemBytes(1)]]);
  await expect(verifyLot({ lot: 0, root, plan, shown })).rejects.toMatchObject({ offset: 0 });
});
