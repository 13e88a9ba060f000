import { afterEach, expect, test, vi } from "vitest";
import { PictureStore } from "@/features/jobs/tiles/pictureStore";
import { ITEM_FLOATS, planOf } from "@/lib/render/plan";
import type { LotAnswer, LotRequest } from "@/lib/workers/lotMessages";
import { hash } from "@/test/render";

const plan = planOf({ width: 64, height: 32, samples: 2 });
const floats = () => Float32Array.from({ length: ITEM_FLOATS }, (_, at) => (at % 4 === 3 ? 2 : 1));
const good = ({ lot, root }: LotRequest): LotAnswer => ({
  kind: "verified",
  lot,
  root,
  items: [{ item: lot, values: floats() }],
});
const failed = ({ lot, root }: LotRequest): LotAnswer => ({
  kind: "failed",
  lot,
  root,
  message: "not yet",
  missing: 0,
});
afterEach(() => vi.useRealTimers());

test("request__the same root twice__verified once, painted once", () => {
  const verify = vi.fn((request: LotRequest, answer: (answer: LotAnswer) => void) => answer(good(request)));
  const paint = vi.fn();
  const store = new PictureStore(plan, 0, verify);
  store.paintOn(paint);
  store.request(0, hash("1"));
  store.request(0, hash("1"));
  expect(verify).toHaveBeenCalledTimes(1);
  expect(paint).toHaveBeenCalledTimes(1);
  expect(store.read()).toMatchObject({ verified: 1, complete: false });
  store.request(1, hash("2"));
  expect(store.read()).toMatchObject({ verified: 2, complete: true });
});

test("request__result not there yet__says why, asks again, then clears", () => {
  vi.useFakeTimers();
  let ready = false;
  const store = new PictureStore(plan, 0, (request, answer) =>
    answer(ready ? good(request) : failed(request)),
  );
  store.request(0, hash("1"));
  expect(store.read().failures.get(0)).toEqual({ message: "not yet", missing: 0 });
  ready = true;
  vi.advanceTimersByTime(10_000);
  expect(store.read().failures.size).toBe(0);
  expect(store.read().verified).toBe(1);
});

test("request__a reorganisation brings another root__the late answer for the old one is dropped", () => {
  const waiting: [LotRequest, (answer: LotAnswer) => void][] = [];
  const store = new PictureStore(plan, 0, (request, answer) => waiting.push([request, answer]));
  store.request(0, hash("1"));
  store.request(0, hash("2"));
  const [old, fresh] = waiting;
  if (!old || !fresh) throw new Error("two requests were made");
  old[1](good(old[0]));
  expect(store.read().verified).toBe(0);
  fresh[1](good(fresh[0]));
  expect(store.read().verified).toBe(1);
});

test("raw__complete picture__a .npy that NumPy reads: header, shape, means and counts", () => {
  const store = new PictureStore(plan, 0, (request, answer) => answer(good(request)));
  store.request(0, hash("1"));
  store.request(1, hash("2"));
  const file = store.raw();
  const header = new TextDecoder().decode(file.subarray(10, 128));
  expect(header).toContain("'shape': (32, 64, 4)");
  const data = new DataView(file.buffer, 128);
  expect([data.getFloat32(0, true), data.getFloat32(12, true)]).toEqual([0.5, 2]);
  expect(file.length).toBe(128 + 32 * 64 * 16);
});

test("supply__items shown on chain__the waiting lot is checked again with them, once", () => {
  vi.useFakeTimers();
  const shown = new Map([[0, new Uint8Array(4)]]);
  const verify = vi.fn((request: LotRequest, answer: (answer: LotAnswer) => void) =>
    answer(request.shown?.size ? good(request) : failed(request)),
  );
  const store = new PictureStore(plan, 0, verify);
  store.request(0, hash("1"));
  store.supply(0, shown);
  store.supply(0, shown);
  expect(verify).toHaveBeenCalledTimes(2);
  expect(verify.mock.calls[1]?.[0].shown).toBe(shown);
  expect(store.read()).toMatchObject({ verified: 1, failures: new Map() });
});
