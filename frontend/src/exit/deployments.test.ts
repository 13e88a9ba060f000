import { expect, test } from "vitest";
import { NotADeployment, parseDeployment } from "@/exit/deployments";

const NAMES = ["JobMarket", "JobBoard", "Escrow", "StakeVault", "ShareFactory", "DisputeGame", "Auction"];
const address = `0x${"ab".repeat(20)}`;
const good = {
  chain_id: 31337,
  genesis_hash: `0x${"00".repeat(32)}`,
  deployed_block: 3,
  contracts: Object.fromEntries(NAMES.map((name) => [name, { address, args: [1] }])),
};

test("parseDeployment__deployment file__addresses by name", () => {
  const found = parseDeployment(JSON.stringify(good));
  expect(found.deployedBlock).toBe(3n);
  expect(found.contracts.Escrow).toBe(address);
});

test.each([
  ["not JSON", "{", "not JSON"],
  ["null", "null", "not a deployment file"],
  ["a list", "[]", "not a deployment file"],
  ["no contracts", JSON.stringify({ ...good, contracts: null }), "not a deployment file"],
  ["a text for a number", JSON.stringify({ ...good, chain_id: "1" }), "not a deployment file"],
  [
    "a contract missing",
    JSON.stringify({ ...good, contracts: { JobMarket: { address } } }),
    "lacks JobBoard",
  ],
  [
    "a malformed address",
    JSON.stringify({ ...good, contracts: { ...good.contracts, Escrow: { address: "0x12" } } }),
    "address of Escrow",
  ],
])("parseDeployment__%s__refused in words", (_name, text, words) => {
  expect(() => parseDeployment(text)).toThrow(NotADeployment);
  expect(() => parseDeployment(text)).toThrow(words);
});
