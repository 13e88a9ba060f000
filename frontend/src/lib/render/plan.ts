/**
 * Twin of `assay.jobs.render.plan`: how a picture is cut in tiles, sample ranges, items and lots.
 * Checked against tests/vectors/render_plan.json.
 */

export const TILE = 32;
export const ITEM_FLOATS = TILE * TILE * 4;
export const ITEM_BYTES = ITEM_FLOATS * 4;
const MIN_LOTS = 12;
const MAX_LOTS = 4096;
const SAMPLES_PER_LOT = 4 * 2 ** 20;

export interface RenderSpec {
  readonly kind: "render";
  readonly version: 1;
  readonly scene: string;
  readonly width: number;
  readonly height: number;
  readonly samples: number;
  readonly seed: number;
  readonly exposure: number;
}

export interface RenderPlan {
  readonly width: number;
  readonly height: number;
  readonly samples: number;
  readonly tilesX: number;
  readonly tilesY: number;
  readonly chunk: number;
  readonly chunks: number;
  readonly items: number;
  readonly itemsPerLot: number;
  readonly lots: number;
}

export interface ItemArgs {
  readonly tileX: number;
  readonly tileY: number;
  readonly firstSample: number;
  readonly sampleCount: number;
}

function chunkOf(samples: number): number {
  if (samples <= 1024) return Math.min(samples, 64);
  return Math.ceil(samples / 64) * 4;
}

export function planOf(spec: Pick<RenderSpec, "width" | "height" | "samples">): RenderPlan {
  const tilesX = Math.ceil(spec.width / TILE);
  const tilesY = Math.ceil(spec.height / TILE);
  const chunk = chunkOf(spec.samples);
  const chunks = Math.ceil(spec.samples / chunk);
  const items = tilesX * tilesY * chunks;
  const all = spec.width * spec.height * spec.samples;
  const wanted = Math.min(Math.max(Math.ceil(all / SAMPLES_PER_LOT), MIN_LOTS), MAX_LOTS);
  const itemsPerLot = Math.max(Math.floor(items / wanted), Math.ceil(items / MAX_LOTS), 1);
  const lots = Math.ceil(items / itemsPerLot);
  return {
    width: spec.width,
    height: spec.height,
    samples: spec.samples,
    tilesX,
    tilesY,
    chunk,
    chunks,
    items,
    itemsPerLot,
    lots,
  };
}

/** First item of a lot and the one after its last. */
export function lotItems(plan: RenderPlan, lot: number): readonly [from: number, to: number] {
  return [lot * plan.itemsPerLot, Math.min((lot + 1) * plan.itemsPerLot, plan.items)];
}

export function itemArgs(plan: RenderPlan, item: number): ItemArgs {
  if (!(item >= 0 && item < plan.items)) throw new RangeError(`item ${item} of a job of ${plan.items}`);
  const tile = Math.floor(item / plan.chunks);
  const firstSample = (item % plan.chunks) * plan.chunk;
  return {
    tileX: (tile % plan.tilesX) * TILE,
    tileY: Math.floor(tile / plan.tilesX) * TILE,
    firstSample,
    sampleCount: Math.min(plan.chunk, plan.samples - firstSample),
  };
}

/** A stored spec as a render spec; null when it is of another kind or lacks a field. */
export function renderSpecOf(spec: Readonly<Record<string, unknown>> | null): RenderSpec | null {
  if (spec?.kind !== "render" || spec.version !== 1 || typeof spec.scene !== "string") return null;
  const whole = (name: string) => (Number.isSafeInteger(spec[name]) ? (spec[name] as number) : Number.NaN);
  const [width, height, samples, seed] = [whole("width"), whole("height"), whole("samples"), whole("seed")];
  if (!(width > 0 && height > 0 && samples > 0 && seed >= 0)) return null;
  const exposure = typeof spec.exposure === "number" ? spec.exposure : 0;
  return { kind: "render", version: 1, scene: spec.scene, width, height, samples, seed, exposure };
}
