import type { Hex } from "@/lib/bytes";
import type { RenderPlan } from "@/lib/render/plan";

/** Whole items of a lot by their offset in it, put together from pages shown on chain. */
export type ShownItems = ReadonlyMap<number, Uint8Array>;

export interface LotRequest {
  readonly lot: number;
  readonly root: Hex;
  readonly plan: RenderPlan;
  /** Taken where the store has nothing; checked against the root like everything else. */
  readonly shown?: ShownItems | undefined;
}

export interface VerifiedItem {
  readonly item: number;
  readonly values: Float32Array;
}

export type LotAnswer =
  | { kind: "verified"; lot: number; root: Hex; items: VerifiedItem[] }
  | {
      kind: "failed";
      lot: number;
      root: Hex;
      message: string;
      /** Offset in the lot of the first item whose bytes nobody serves; null when the failure is another. */
      missing: number | null;
    };
