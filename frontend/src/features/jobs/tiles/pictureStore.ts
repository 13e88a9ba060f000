/**
 * The picture of one job as its lots arrive: asks the worker for each revealed lot once, keeps the verified results,
 * redraws the tiles they touch. An external store: React reads counts, the canvas gets tiles as they come.
 */
import type { Hex } from "@/lib/bytes";
import { type TilePixels, tilePixels } from "@/lib/render/assemble";
import { npyOf } from "@/lib/render/npy";
import { type RenderPlan, TILE } from "@/lib/render/plan";
import type { LotAnswer, LotRequest, ShownItems, VerifiedItem } from "@/lib/workers/lotMessages";

const RETRY_MS = 4_000;

export interface PictureState {
  readonly verified: number;
  readonly complete: boolean;
  readonly verifying: ReadonlySet<number>;
  /** Lot → why its result could not be shown; asked again while the page is open. */
  readonly failures: ReadonlyMap<number, LotFailure>;
}

export interface LotFailure {
  readonly message: string;
  /** Offset in the lot of the first item that nobody serves; null when the failure is another. */
  readonly missing: number | null;
}

export type Verifier = (request: LotRequest, answer: (answer: LotAnswer) => void) => void;

export class PictureStore {
  private readonly results = new Map<number, Float32Array>();
  private readonly tiles = new Map<number, TilePixels>();
  private readonly asked = new Map<number, Hex>();
  private readonly verifiedLots = new Set<number>();
  private readonly timers = new Set<ReturnType<typeof setTimeout>>();
  private readonly listeners = new Set<() => void>();
  private readonly painters = new Set<(tile: TilePixels) => void>();
  private verifying = new Set<number>();
  private failures = new Map<number, LotFailure>();
  private readonly shown = new Map<number, ShownItems>();
  private snapshot: PictureState = {
    verified: 0,
    complete: false,
    verifying: new Set(),
    failures: new Map(),
  };

  constructor(
    readonly plan: RenderPlan,
    readonly exposure: number,
    private readonly verify: Verifier,
  ) {}

  /** Asks for a lot whose root is on chain; the same root is asked once. */
  request(lot: number, root: Hex): void {
    if (this.asked.get(lot) === root) return;
    this.asked.set(lot, root);
    this.ask(lot, root);
  }

  /** Gives items that were shown on chain; a lot that still waits is checked with them at once. */
  supply(lot: number, items: ShownItems): void {
    if (this.verifiedLots.has(lot) || this.shown.get(lot)?.size === items.size) return;
    this.shown.set(lot, items);
    const root = this.asked.get(lot);
    if (root !== undefined) this.ask(lot, root);
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  read = (): PictureState => this.snapshot;

  /** Calls `paint` for every tile that is there, then for each that comes or changes. */
  paintOn(paint: (tile: TilePixels) => void): () => void {
    for (const tile of this.tiles.values()) paint(tile);
    this.painters.add(paint);
    return () => this.painters.delete(paint);
  }

  /** The linear picture as .npy: float32 [height, width, 4], RGB and sample count. */
  raw(): Uint8Array<ArrayBuffer> {
    const { width, height } = this.plan;
    const whole = new Float32Array(width * height * 4);
    for (const tile of this.tiles.values()) {
      for (let row = 0; row < tile.height; row++) {
        const line = tile.linear.subarray(row * tile.width * 4, (row + 1) * tile.width * 4);
        whole.set(line, ((tile.y + row) * width + tile.x) * 4);
      }
    }
    return npyOf(whole, height, width);
  }

  close(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }

  private ask(lot: number, root: Hex): void {
    this.verifying = new Set(this.verifying).add(lot);
    this.publish();
    this.verify({ lot, root, plan: this.plan, shown: this.shown.get(lot) }, (answer) => this.receive(answer));
  }

  private receive(answer: LotAnswer): void {
    const { lot, root } = answer;
    if (this.asked.get(lot) !== root) return;
    this.verifying = new Set(this.verifying);
    this.verifying.delete(lot);
    this.failures = new Map(this.failures);
    if (answer.kind === "failed") {
      this.failures.set(lot, { message: answer.message, missing: answer.missing });
      const timer = setTimeout(() => {
        this.timers.delete(timer);
        this.ask(lot, root);
      }, RETRY_MS);
      this.timers.add(timer);
    } else {
      this.failures.delete(lot);
      this.verifiedLots.add(lot);
      this.take(answer.items);
    }
    this.publish();
  }

  private take(items: readonly VerifiedItem[]): void {
    for (const { item, values } of items) this.results.set(item, values);
    for (const tile of new Set(items.map(({ item }) => Math.floor(item / this.plan.chunks)))) {
      const pixels = tilePixels(this.plan, tile, this.results, this.exposure);
      this.tiles.set(tile, pixels);
      for (const paint of this.painters) paint(pixels);
    }
  }

  private publish(): void {
    this.snapshot = {
      verified: this.verifiedLots.size,
      complete: this.results.size === this.plan.items,
      verifying: this.verifying,
      failures: this.failures,
    };
    for (const listener of this.listeners) listener();
  }
}

/** Tiles that a lot covers, for outlines of what is still to come. */
export function tilesOfLot(plan: RenderPlan, lot: number): { x: number; y: number }[] {
  const first = Math.floor((lot * plan.itemsPerLot) / plan.chunks);
  const last = Math.floor((Math.min((lot + 1) * plan.itemsPerLot, plan.items) - 1) / plan.chunks);
  return Array.from({ length: last - first + 1 }, (_, i) => ({
    x: ((first + i) % plan.tilesX) * TILE,
    y: Math.floor((first + i) / plan.tilesX) * TILE,
  }));
}
