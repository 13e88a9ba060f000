import { expect, test } from "vitest";
import { leastRefund } from "@/features/jobs/page/CancelJob";
import { receiptOf } from "@/features/jobs/page/receipt";
import { jobOf, lotOf, seatOf } from "@/test/jobs";

test("receiptOf__running__the rest is still in escrow and all parts add up", () => {
  const lines = receiptOf(jobOf({ paid_usd6: "2002", fee_usd6: "42", refund_usd6: "1" }));
  expect(lines.open).toBe(7098n - 2002n - 42n - 1n);
  expect(lines.keepers).toBe(0n);
  expect(lines.paid + lines.fee + lines.refund + lines.keepers + lines.open).toBe(lines.escrow);
});

test("receiptOf__closed__nothing is open, what is left went to keepers", () => {
  const lines = receiptOf(jobOf({ state: "CLOSED", paid_usd6: "4004", fee_usd6: "84", refund_usd6: "10" }));
  expect(lines.open).toBe(0n);
  expect(lines.keepers).toBe(7098n - 4004n - 84n - 10n);
});

test("leastRefund__before the draw__all of the escrow", () => {
  expect(leastRefund(jobOf({ seed: null }), [], 1000)).toBe(7098n);
});

test("leastRefund__after the draw__only lots without any seal, less the cancellation fees", () => {
  const sealed = lotOf({ lot: 1, seats: [seatOf({ sealed_at: 120 }), seatOf({ place: 1 })] });
  // one empty lot: 2 × (1001 + ceil(1001 × 2%)) − 2 × ceil(1001 × 10%)
  expect(leastRefund(jobOf(), [lotOf(), sealed], 1000)).toBe(2n * (1001n + 21n) - 2n * 101n);
});
