import { expect, test } from "vitest";
import { lotsPast, stepsOf } from "@/features/jobs/page/progress";
import { jobOf, lotOf, seatOf } from "@/test/jobs";
import { hash } from "@/test/render";

const stateOf = (steps: ReturnType<typeof stepsOf>) =>
  Object.fromEntries(steps.map((step) => [step.key, step.state]));

test("stepsOf__just posted__waits for the draw", () => {
  const steps = stepsOf(jobOf({ state: "AWARDED", seed: null }), [], []);
  expect(stateOf(steps)).toMatchObject({ posted: "done", drawn: "current", sealed: "todo", settled: "todo" });
});

test("stepsOf__one of two lots sealed__sealing is current with the latest deadline", () => {
  const lots = [lotOf({ phase: "TAGGING" }), lotOf({ lot: 1, deadline: 1_500 })];
  const steps = stepsOf(jobOf(), lots, []);
  expect(steps.find((step) => step.key === "sealed")).toMatchObject({
    state: "current",
    lots: 1,
    deadline: 1_500,
  });
});

test("lotsPast__a spare sends the lot back to sealing__no step is lost", () => {
  const before = lotOf({ phase: "TAGGING", seats: [seatOf({ tag: hash("8") })] });
  const after = { ...before, phase: "SEALING" as const };
  expect(lotsPast([before], "sealed")).toBe(1);
  expect(lotsPast([after], "sealed")).toBe(1);
});

test("stepsOf__cancelled with an unsealed lot__what never happened is skipped, not pending", () => {
  const job = jobOf({ state: "CLOSED", reason: "CANCELLED_BUYER", lots: 1 });
  const steps = stepsOf(job, [lotOf({ phase: "CLOSED", reason: "CANCELLED_BUYER" })], []);
  expect(stateOf(steps)).toMatchObject({ tagged: "skipped", revealed: "skipped", settled: "done" });
  expect(steps.some((step) => step.state === "current")).toBe(false);
});
