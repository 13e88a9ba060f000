/** The one monotone timeline of a job, from chain facts alone: how many lots are past each step, and in which blocks. */
import type { JobDetail, Lot, TimelineEvent } from "@/lib/api/types";

export type StepKey = "posted" | "drawn" | "sealed" | "tagged" | "revealed" | "window" | "settled";

export interface Step {
  readonly key: StepKey;
  readonly state: "done" | "current" | "todo" | "skipped";
  /** Lots past this step, for the steps that lots take one by one. */
  readonly lots: number | null;
  /** First and last event of the step. */
  readonly first: TimelineEvent | null;
  readonly last: TimelineEvent | null;
  /** Chain time by which the step must end, while it is current. */
  readonly deadline: number | null;
}

const EVENT_OF: Record<StepKey, string> = {
  posted: "JobPosted",
  drawn: "SeedDrawn",
  sealed: "SeatSealed",
  tagged: "SeatTagged",
  revealed: "RootRevealed",
  window: "RootRevealed",
  settled: "LotClosed",
};

/** A spare sends a lot back to sealing; what was once shown stays shown, so a lot never loses a step. */
export function lotsPast(lots: readonly Lot[], key: StepKey): number {
  const past = (lot: Lot): boolean => {
    const closed = lot.phase === "CLOSED";
    const sealed = lot.seats.some((seat) => seat.sealed_at !== null);
    const tagged = lot.seats.some((seat) => seat.tag !== null);
    const revealed = lot.root !== null || lot.seats.some((seat) => seat.root !== null);
    switch (key) {
      case "sealed":
        return tagged || (closed ? sealed : lot.phase !== "SEALING");
      case "tagged":
        return lot.phase === "REVEALING" || lot.phase === "WINDOW" || (closed && tagged);
      case "revealed":
        return revealed;
      case "window":
        return closed && revealed;
      default:
        return closed;
    }
  };
  return lots.filter(past).length;
}

const PHASES: Partial<Record<StepKey, Lot["phase"]>> = {
  sealed: "SEALING",
  tagged: "TAGGING",
  revealed: "REVEALING",
  window: "WINDOW",
};

function latestDeadline(lots: readonly Lot[], key: StepKey): number | null {
  const phase = PHASES[key];
  const deadlines = lots
    .filter((lot) => lot.phase === phase)
    .map((lot) => (phase === "WINDOW" ? (lot.window_end ?? lot.deadline) : lot.deadline))
    .filter((deadline): deadline is number => deadline !== null);
  return deadlines.length ? Math.max(...deadlines) : null;
}

export function stepsOf(job: JobDetail, lots: readonly Lot[], events: readonly TimelineEvent[]): Step[] {
  const over = job.state === "CLOSED" || job.state === "CANCELLED";
  const keys: StepKey[] = ["posted", "drawn", "sealed", "tagged", "revealed", "window", "settled"];
  const steps = keys.map((key): Step => {
    const mine = events.filter((event) => event.event === EVENT_OF[key]);
    const perLot = key !== "posted" && key !== "drawn";
    const count = perLot ? lotsPast(lots, key) : null;
    const done =
      key === "posted" ? true : key === "drawn" ? job.seed !== null : count === job.lots && job.lots > 0;
    const state = done || (over && count) ? "done" : over ? "skipped" : "todo";
    return { key, state, lots: count, first: mine[0] ?? null, last: mine.at(-1) ?? null, deadline: null };
  });
  const current = steps.findIndex((step) => step.state === "todo");
  return steps.map((step, index) =>
    index === current ? { ...step, state: "current", deadline: latestDeadline(lots, step.key) } : step,
  );
}
