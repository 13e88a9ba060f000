import { expect, test } from "vitest";
import { formatGas } from "@/lib/format/gas";

test.each([
  [0n, "0 ETH"],
  [1_234_567_000_000_000n, "0.0012 ETH"],
  [1n, "0.000000000000000001 ETH"],
  [2_500_000_000_000_000_000n, "2.5 ETH"],
])("formatGas__%s wei__%s", (wei, text) => {
  expect(formatGas(wei)).toBe(text);
});
