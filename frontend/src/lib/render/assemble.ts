/**
 * Twin of `assay.jobs.render.assemble`: item results → pixels, in float64.
 *
 * mean = Σ rgb / Σ count over items in index order; x = mean·2^exposure; y = ACES fit, clamped; sRGB; floor(255·s + 0.5).
 * Checked against tests/vectors/render_assemble.json.
 */
import { ITEM_BYTES, ITEM_FLOATS, itemArgs, type RenderPlan, TILE } from "@/lib/render/plan";

/** The floats of an item's bytes after all checks; throws a sentence that names the item. */
export function checkedItem(plan: RenderPlan, item: number, bytes: Uint8Array): Float32Array {
  if (bytes.length !== ITEM_BYTES)
    throw new Error(`item ${item}: a result has ${ITEM_BYTES} bytes, not ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float32Array(ITEM_FLOATS);
  const args = itemArgs(plan, item);
  for (let at = 0; at < ITEM_FLOATS; at++) {
    const value = view.getFloat32(4 * at, true);
    const channel = at % 4;
    if (!Number.isFinite(value) || value < 0)
      throw new Error(`item ${item} holds NaN, infinite or negative light`);
    const pixel = (at - channel) / 4;
    const x = args.tileX + (pixel % TILE);
    const y = args.tileY + Math.floor(pixel / TILE);
    const inside = x < plan.width && y < plan.height;
    if (channel === 3 && value !== (inside ? args.sampleCount : 0)) {
      throw new Error(`item ${item} counts other samples than the ${args.sampleCount} a pixel asked of it`);
    }
    if (!inside && value !== 0) throw new Error(`item ${item} has light outside the image`);
    values[at] = value;
  }
  return values;
}

/** One channel's byte: tone curve and sRGB. */
export function toneByte(mean: number, exposureScale: number): number {
  const x = Math.min(mean * exposureScale, 1e6);
  const y = Math.min(Math.max((x * (2.51 * x + 0.03)) / (x * (2.43 * x + 0.59) + 0.14), 0), 1);
  const s = y <= 0.0031308 ? 12.92 * y : 1.055 * y ** (1 / 2.4) - 0.055;
  return Math.floor(255 * s + 0.5);
}

export interface TilePixels {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
  /** Mean linear radiance and sample count, float32 [height, width, 4]: the raw download. */
  readonly linear: Float32Array;
}

/** Pixels of one tile from the item results of it that are there (item index → floats). */
export function tilePixels(
  plan: RenderPlan,
  tile: number,
  results: ReadonlyMap<number, Float32Array>,
  exposure: number,
): TilePixels {
  const { tileX, tileY } = itemArgs(plan, tile * plan.chunks);
  const width = Math.min(TILE, plan.width - tileX);
  const height = Math.min(TILE, plan.height - tileY);
  const sums = new Float64Array(width * height * 4);
  for (let part = 0; part < plan.chunks; part++) {
    const values = results.get(tile * plan.chunks + part);
    if (!values) continue;
    for (let y = 0; y < height; y++) {
      for (let at = 0; at < width * 4; at++) {
        const to = y * width * 4 + at;
        sums[to] = (sums[to] as number) + (values[y * TILE * 4 + at] as number);
      }
    }
  }
  const rgba = new Uint8ClampedArray(width * height * 4);
  const linear = new Float32Array(width * height * 4);
  const scale = 2 ** exposure;
  for (let at = 0; at < sums.length; at += 4) {
    const count = sums[at + 3] as number;
    for (let channel = 0; channel < 3; channel++) {
      const mean = (sums[at + channel] as number) / Math.max(count, 1);
      rgba[at + channel] = toneByte(mean, scale);
      linear[at + channel] = mean;
    }
    rgba[at + 3] = count > 0 ? 255 : 0;
    linear[at + 3] = count;
  }
  return { x: tileX, y: tileY, width, height, rgba, linear };
}
