import { expect, test } from "vitest";
import { checkedItem, tilePixels } from "@/lib/render/assemble";
import { ITEM_BYTES, itemArgs, lotItems, planOf, renderSpecOf, TILE } from "@/lib/render/plan";
import { vectorsOf } from "@/test/vectors";

interface PlanCase {
  spec: { width: number; height: number; samples: number };
  plan: Record<string, number> & { last_lot: [number, number] };
  some_items: { item: number; tile_x: number; tile_y: number; first_sample: number; sample_count: number }[];
}
const { cases } = vectorsOf<{ cases: PlanCase[] }>("render_plan");

interface AssembleCase {
  spec: { width: number; height: number; samples: number; exposure: number };
  items: number;
  missing: number[];
  rgba: string;
  tolerance: number;
}
const golden = vectorsOf<AssembleCase>("render_assemble");

test.each(cases)("planOf__$spec__the golden cut", ({ spec, plan: expected, some_items }) => {
  const plan = planOf(spec);
  expect(plan).toMatchObject({
    tilesX: expected.tiles_x,
    tilesY: expected.tiles_y,
    chunk: expected.chunk,
    chunks: expected.chunks,
    items: expected.items,
    itemsPerLot: expected.items_per_lot,
    lots: expected.lots,
  });
  for (const one of some_items) {
    expect(itemArgs(plan, one.item)).toEqual({
      tileX: one.tile_x,
      tileY: one.tile_y,
      firstSample: one.first_sample,
      sampleCount: one.sample_count,
    });
  }
  expect(lotItems(plan, plan.lots - 1)[1]).toBe(plan.items);
  expect(() => itemArgs(plan, plan.items)).toThrow(`item ${plan.items}`);
});

/** The vectors' formula: channel c is ((7x + 3y + 5i + 11c) mod 32) / 8 times the samples; channel 3 the count. */
function itemBytes(plan: ReturnType<typeof planOf>, item: number): Uint8Array {
  const bytes = new Uint8Array(ITEM_BYTES);
  const view = new DataView(bytes.buffer);
  const { tileX, tileY, sampleCount } = itemArgs(plan, item);
  for (let row = 0; row < TILE; row++) {
    for (let column = 0; column < TILE; column++) {
      const [x, y] = [tileX + column, tileY + row];
      if (x >= plan.width || y >= plan.height) continue;
      const at = 16 * (row * TILE + column);
      for (let c = 0; c < 3; c++)
        view.setFloat32(at + 4 * c, (((7 * x + 3 * y + 5 * item + 11 * c) % 32) / 8) * sampleCount, true);
      view.setFloat32(at + 12, sampleCount, true);
    }
  }
  return bytes;
}

test("tilePixels__the golden picture with items missing__the same bytes as Python", () => {
  const plan = planOf(golden.spec);
  expect(plan.items).toBe(golden.items);
  const results = new Map<number, Float32Array>();
  for (let item = 0; item < plan.items; item++) {
    if (!golden.missing.includes(item)) results.set(item, checkedItem(plan, item, itemBytes(plan, item)));
  }
  const expected = Buffer.from(golden.rgba, "base64");
  expect(expected.length).toBe(plan.width * plan.height * 4);
  let worst = 0;
  for (let tile = 0; tile < plan.tilesX * plan.tilesY; tile++) {
    const pixels = tilePixels(plan, tile, results, golden.spec.exposure);
    for (let row = 0; row < pixels.height; row++) {
      for (let at = 0; at < pixels.width * 4; at++) {
        const want = expected[((pixels.y + row) * plan.width + pixels.x) * 4 + at] ?? Number.NaN;
        worst = Math.max(worst, Math.abs((pixels.rgba[row * pixels.width * 4 + at] ?? Number.NaN) - want));
      }
    }
  }
  expect(worst).toBeLessThanOrEqual(golden.tolerance);
});

test("checkedItem__wrong length, wrong counts, light outside the image__refused", () => {
  const plan = planOf({ width: 33, height: 31, samples: 2 });
  expect(() => checkedItem(plan, 0, new Uint8Array(10))).toThrow("16384 bytes");
  expect(() => checkedItem(plan, 0, new Uint8Array(ITEM_BYTES))).toThrow("counts other samples");
  const outside = itemBytes(plan, 1);
  new DataView(outside.buffer).setFloat32(16 * 5, 1, true);
  expect(() => checkedItem(plan, 1, outside)).toThrow("light outside");
});

test("renderSpecOf__another kind, missing fields, zero samples__null", () => {
  const spec = {
    kind: "render",
    version: 1,
    scene: "0x1",
    width: 1,
    height: 1,
    samples: 1,
    seed: 0,
    exposure: 0,
  };
  expect(renderSpecOf(spec)).toEqual(spec);
  for (const bad of [
    null,
    { ...spec, kind: "x" },
    { ...spec, samples: 0 },
    { ...spec, width: "1" },
    { ...spec, seed: undefined },
  ]) {
    expect(renderSpecOf(bad)).toBeNull();
  }
});
