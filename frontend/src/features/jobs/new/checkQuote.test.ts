import { expect, test } from "vitest";
import { checkedTerms } from "@/features/jobs/new/checkQuote";
import type { Quote } from "@/lib/api/types";
import { listRoot } from "@/lib/merkle";
import { planOf, type RenderSpec } from "@/lib/render/plan";
import { specHash } from "@/lib/spec";
import { hash } from "@/test/render";

const spec: RenderSpec = {
  kind: "render",
  version: 1,
  scene: hash("a"),
  width: 320,
  height: 180,
  samples: 16,
  seed: 0,
  exposure: 0,
};
const order = { grade: 3, seats: 2, spares: 1, auditBps: 0 };
const plan = planOf(spec);
const terms = {
  program_root: hash("1"),
  inputs_root: listRoot([hash("a")]),
  spec_hash: specHash({ ...spec }),
  runtime_class: hash("2"),
  grade: order.grade,
  seats: order.seats,
  spares: order.spares,
  audit_bps: 0,
  lots: plan.lots,
  items_per_lot: plan.itemsPerLot,
  items: plan.items,
  lot_seconds: 20,
  ceiling_usd6: "2778",
};
const quoteOf = (change: Record<string, unknown>) =>
  ({ terms: { ...terms, ...change }, price: { ceiling_usd6: "2778" } }) as unknown as Quote;

test("checkedTerms__honest quote__the terms", () => {
  expect(checkedTerms(quoteOf({}), spec, order).ceiling_usd6).toBe(2778n);
});

test.each([
  ["spec_hash", hash("b"), "spec hash"],
  ["inputs_root", hash("b"), "scene"],
  ["seats", 5, "redundancy"],
  ["grade", 1, "redundancy"],
  ["audit_bps", 100, "audited part"],
  ["lots", 1, "cut in lots"],
  ["items", 1, "cut in lots"],
  ["ceiling_usd6", "9999999999", "ceiling"],
])("checkedTerms__server changes %s__refused before the wallet opens", (field, value, what) => {
  expect(() => checkedTerms(quoteOf({ [field]: value }), spec, order)).toThrow(what);
});
