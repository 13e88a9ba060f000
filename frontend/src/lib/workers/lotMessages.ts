import type { Hex } from "@/lib/bytes";
import type { RenderPlan } from "@/lib/render/plan";

export interface LotRequest {
  readonly lot: number;
  readonly root: Hex;
  readonly plan: RenderPlan;
}

export interface VerifiedItem {
  readonly item: number;
  readonly values: Float32Array;
}

export type LotAnswer =
  | { kind: "verified"; lot: number; root: Hex; items: VerifiedItem[] }
  | { kind: "failed"; lot: number; root: Hex; message: string };
