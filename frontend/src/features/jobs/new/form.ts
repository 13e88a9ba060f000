/** The render form: text as typed, checked into a spec or a sentence per field. Limits are the spec's own. */
import type { Hex } from "@/lib/bytes";
import { parseUsd6 } from "@/lib/format/usd";
import { planOf, type RenderSpec } from "@/lib/render/plan";

export interface RenderForm {
  readonly width: string;
  readonly height: string;
  readonly samples: string;
  readonly seed: string;
  readonly exposure: string;
  readonly grade: number;
  /** Sealed bids instead of standing asks. */
  readonly auction: boolean;
  readonly seats: string;
  readonly spares: string;
  /** Percent of lots that are audited, of a sampled job. */
  readonly audit: string;
  readonly cap: string;
}

export const DEFAULT_FORM: RenderForm = {
  width: "320",
  height: "180",
  samples: "16",
  seed: "0",
  exposure: "0",
  grade: 3,
  auction: false,
  seats: "2",
  spares: "1",
  audit: "25",
  cap: "",
};

export const SCENE_LIMIT_BYTES = 64 * 1024 * 1024;
const MAX_SIDE = 7680;
const MAX_SAMPLES = 65_536;
const MAX_LOTS = 4096;
export const SAMPLED = 2;
const MAX_AUDITORS = 3;

export type FieldErrors = Partial<Record<keyof RenderForm, string>>;

export interface CheckedForm {
  readonly errors: FieldErrors;
  /** null while a field is wrong. */
  readonly order: {
    readonly width: number;
    readonly height: number;
    readonly samples: number;
    readonly seed: number;
    readonly exposure: number;
    readonly grade: number;
    readonly seats: number;
    readonly spares: number;
    readonly auditBps: number;
    readonly capUsd6: bigint | null;
  } | null;
}

function whole(text: string, low: number, high: number): number | string {
  if (!/^\d+$/.test(text.trim())) return `A whole number from ${low} to ${high}.`;
  const value = Number(text);
  if (value < low) return `At least ${low}.`;
  if (value > high) return `At most ${high}.`;
  return value;
}

export function checkForm(form: RenderForm): CheckedForm {
  const errors: FieldErrors = {};
  const take = (key: keyof RenderForm, low: number, high: number): number => {
    const value = whole(String(form[key]), low, high);
    if (typeof value === "string") {
      errors[key] = value;
      return Number.NaN;
    }
    return value;
  };
  const single = form.grade === 1 || form.grade === SAMPLED;
  const sampled = form.grade === SAMPLED;
  const width = take("width", 1, MAX_SIDE);
  const height = take("height", 1, MAX_SIDE);
  const samples = take("samples", 1, MAX_SAMPLES);
  const seed = take("seed", 0, 2 ** 32 - 1);
  const seats = single ? 1 : take("seats", 2, 5);
  const spares = sampled
    ? take("spares", 1, MAX_AUDITORS)
    : take("spares", 0, Number.isNaN(seats) ? 5 : seats);
  const auditBps = sampled ? take("audit", 1, 100) * 100 : 0;
  const exposure = Number(form.exposure.trim() || "NaN");
  if (!(exposure >= -10 && exposure <= 10)) errors.exposure = "A number from −10 to 10.";
  const capUsd6 = form.cap.trim() === "" ? null : parseUsd6(form.cap);
  if (form.cap.trim() !== "" && (capUsd6 === null || capUsd6 === 0n)) {
    errors.cap = "An amount above zero with at most six decimals, or nothing.";
  }
  if (
    !errors.width &&
    !errors.height &&
    !errors.samples &&
    planOf({ width, height, samples }).lots > MAX_LOTS
  ) {
    errors.samples = `This would make more than ${MAX_LOTS} lots: lower the size or the samples.`;
  }
  if (Object.keys(errors).length > 0) return { errors, order: null };
  return {
    errors,
    order: { width, height, samples, seed, exposure, grade: form.grade, seats, spares, auditBps, capUsd6 },
  };
}

/** All fields, always: the spec is hashed as it stands. */
export function specOf(order: NonNullable<CheckedForm["order"]>, scene: Hex): RenderSpec {
  const { width, height, samples, seed, exposure } = order;
  return { kind: "render", version: 1, scene: scene.toLowerCase(), width, height, samples, seed, exposure };
}
