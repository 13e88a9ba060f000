import { expect, test } from "vitest";
import { formatShares, formatUsd6, parseUsd6, percentOf } from "@/lib/format/usd";

test.each([
  [0n, "0.00 USD"],
  [1n, "0.000001 USD"],
  [1_500_000n, "1.50 USD"],
  [1_234_567_891_234n, "1,234,567.891234 USD"],
  [-2_000_000n, "−2.00 USD"],
  [2n ** 256n - 1n, /USD$/],
])("formatUsd6__%s__exact text", (amount, text) => {
  expect(formatUsd6(amount)).toMatch(text);
});

test.each([
  ["1", 1_000_000n],
  ["0.000001", 1n],
  ["1,000.5", 1_000_500_000n],
  ["", null],
  ["-1", null],
  ["1.0000001", null],
  ["1e3", null],
  ["abc", null],
])("parseUsd6__%s__%s", (text, amount) => {
  expect(parseUsd6(text)).toBe(amount);
});

test("percentOf and formatShares__bounds__no division by zero, no float", () => {
  expect(percentOf(1n, 0n)).toBe("0%");
  expect(percentOf(1n, 3n)).toBe("33.3%");
  expect(formatShares(10n ** 21n + 5n * 10n ** 17n)).toBe("1,000.5");
});
