import { encodeFunctionData } from "viem";
import { afterEach, expect, test, vi } from "vitest";
import { accountOf, ROLES } from "@/features/wallet/demo/accounts";
import { escrowOf } from "@/features/wallet/demo/calls";
import { demoConnector } from "@/features/wallet/demo/connector";
import { explainCall, explainTypedData } from "@/features/wallet/demo/explain";
import { createDemoProvider } from "@/features/wallet/demo/provider";
import { availabilityAbi, testUsdAbi } from "@/generated/contracts";
import { address, CONFIG, hash } from "@/test/render";

const buyer = ROLES[0] ?? { index: 1, name: "Buyer", kind: "buyer" as const };
afterEach(() => vi.unstubAllGlobals());

test("ROLES__derived__anvil's public accounts", () => {
  expect(accountOf(buyer, 31337).address).toBe("0x70997970C51812dc3A010C7d01b50e0d17dc79C8");
  expect(ROLES.map((role) => role.index)).toEqual([1, 2, 3, 4, 5, 6]);
});

test.each([1, 8453, 11155111, 0, Number.NaN])("demo wallet__chain %s__refused at every door", (chainId) => {
  const elsewhere = { ...CONFIG, chain_id: chainId };
  expect(() => accountOf(buyer, chainId)).toThrow("local chain");
  expect(() => createDemoProvider(elsewhere)).toThrow("local chain");
  expect(() => demoConnector(elsewhere)).toThrow("local chain");
});

test("request__the node turns out to be another chain__refused before the person is asked", async () => {
  vi.stubGlobal(
    "fetch",
    vi.fn(async () => Response.json({ jsonrpc: "2.0", id: 1, result: "0x1" })),
  );
  const { request } = createDemoProvider(CONFIG);
  await expect(
    request({ method: "eth_sendTransaction", params: [{ to: address("1") }] } as never),
  ).rejects.toThrow("chain 1");
});

test("request__typed data of another chain__refused", async () => {
  const { request } = createDemoProvider(CONFIG);
  const typed = JSON.stringify({ domain: { chainId: 1 }, types: {}, primaryType: "Permit", message: {} });
  const params = [accountOf(buyer, 31337).address, typed];
  await expect(request({ method: "eth_signTypedData_v4", params } as never)).rejects.toThrow("chain 1");
});

test("request__raw signing__refused", async () => {
  const { request } = createDemoProvider(CONFIG);
  await expect(request({ method: "personal_sign", params: [] } as never)).rejects.toThrow(
    "does not do personal_sign",
  );
});

test("explainCall__approval__amount and contract in words", () => {
  const data = encodeFunctionData({
    abi: testUsdAbi,
    functionName: "approve",
    args: [address("2"), 1_500_000n],
  });
  const words = explainCall(CONFIG, address("1"), data);
  expect(words.lines[0]).toEqual(["Amount", "1.50 USD"]);
  expect(words.lines[1]?.[1]).toContain("Escrow");
  expect(words.caution).toContain("Nothing is bought yet");
});

test("explainCall__page request__price, clock, page and what happens to the money", () => {
  const app = {
    ...CONFIG,
    contracts: { ...CONFIG.contracts, Availability: address("7") },
    params: { page_price_usd6: 20_000, page_clock_seconds: 20 },
  };
  const data = encodeFunctionData({
    abi: availabilityAbi,
    functionName: "request_page",
    args: [hash("1"), [], 4, 0, 3, 1n, 2n],
  });
  const words = explainCall(app, address("7"), data);
  expect(words.title).toBe("Ask for a page of a result on chain");
  expect(words.lines.slice(0, 3)).toEqual([
    ["Price of a page", "0.02 USD"],
    ["Time to show it", "20 s"],
    ["Page", "3 of item 1 of lot 4"],
  ]);
  expect(words.caution).toContain("comes back to you");
});

test("explainCall__unknown call__warns", () => {
  expect(explainCall(CONFIG, address("8"), "0x12345678").caution).toContain("Reject it");
  expect(explainCall(CONFIG, undefined, undefined).title).toBe("Unknown transaction");
});

test("explainTypedData__permit__amount, spender, deadline", () => {
  const message = { value: "2000000", spender: address("2"), deadline: "1000" };
  const words = explainTypedData(CONFIG, { primaryType: "Permit", message });
  expect(words.lines.map(([label]) => label)).toEqual(["Amount", "To", "Valid until"]);
  expect(explainTypedData(CONFIG, { primaryType: "Other", message: { id: hash("1") } }).caution).toContain(
    "Reject it",
  );
});

test("escrowOf__the figures of a quote__what the contract takes", () => {
  const app = { ...CONFIG, params: { fee_bps: 200, poke_price_usd6: 1000 } };
  expect(escrowOf({ lots: 12, seats: 2, grade: 3, ceiling_usd6: 34_000n }, app)).toBe(845_320n);
  // a sampled lot sets aside for its auditor, too
  expect(escrowOf({ lots: 12, seats: 1, grade: 2, ceiling_usd6: 34_000n }, app)).toBe(845_320n);
});
