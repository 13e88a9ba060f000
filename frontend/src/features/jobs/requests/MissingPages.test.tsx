// @vitest-environment jsdom
import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { encodeAbiParameters, encodeEventTopics } from "viem";
import { beforeEach, expect, test, vi } from "vitest";
import { MissingPages } from "@/features/jobs/requests/MissingPages";
import { PAGES_AN_ITEM } from "@/features/jobs/requests/pageRequests";
import { availabilityAbi } from "@/generated/contracts";
import { keys } from "@/lib/api/keys";
import type { Lot, TimelineEvent } from "@/lib/api/types";
import { PAGE_BYTES } from "@/lib/merkle";
import { jobOf, lotOf } from "@/test/jobs";
import { address, CONFIG, hash, renderScreen } from "@/test/render";
import { answered, requested } from "@/test/requests";

const chain = vi.hoisted(() => ({
  connection: {} as Record<string, unknown>,
  allowance: 0n,
  log: [] as string[],
  calls: [] as { functionName: string; args: unknown[] }[],
  receipt: {} as unknown,
}));
vi.mock("wagmi", () => ({
  useConnection: () => chain.connection,
  useConfig: () => ({}),
  useSwitchChain: () => ({ mutate: () => undefined, isPending: false, error: null }),
}));
vi.mock("wagmi/actions", () => ({
  getConnection: () => chain.connection,
  readContract: async () => chain.allowance,
  simulateContract: async () => ({}),
  writeContract: async (_: unknown, call: { functionName: string; args: unknown[] }) => {
    chain.calls.push(call);
    return hash("f");
  },
  waitForTransactionReceipt: async () => ({ status: "success", transactionHash: hash("f") }),
  getTransactionReceipt: async () => chain.receipt,
}));

const AVAILABILITY = address("5");
const config = {
  ...CONFIG,
  contracts: { ...CONFIG.contracts, Availability: AVAILABILITY },
  params: { ...CONFIG.params, page_price_usd6: 20_000, page_clock_seconds: 20 },
};
const job = jobOf({
  awardees: [
    {
      provider: address("a"),
      device_id: hash("a"),
      payee: address("a"),
      price_usd6: "1000",
      units: 2,
      name: "North one",
    },
  ],
});
const missing = new Map([[0, { message: "item 0 is not in the artifact store yet", missing: 0 }]]);
const supply = vi.fn();

function show(lot: Partial<Lot>, events: TimelineEvent[] = [], now = 1_000, failures = missing) {
  const lots = [lotOf({ phase: "WINDOW", window_end: 1_010, ...lot })];
  const shown = renderScreen(
    <div data-testid="beside">
      <MissingPages job={job} lots={lots} events={events} store={{ supply }} failures={failures} />
    </div>,
    config,
  );
  shown.client.setQueryData(keys.status, { head: { number: 12, timestamp: now, hash: hash("8") } });
  return shown;
}

beforeEach(() => {
  vi.clearAllMocks();
  localStorage.clear();
  chain.calls.length = 0;
  chain.allowance = 0n;
  chain.connection = { address: job.buyer, chainId: 31337, status: "connected" };
});

test("MissingPages__buyer in the window__price, clock and consequence, then an exact approval and the request", async () => {
  show({});
  expect(await screen.findByText(/item 0 is not in the artifact store yet/)).toBeInTheDocument();
  expect(screen.getByText(/A request costs 0.02 USD/)).toHaveTextContent(/within 20 s.*loses its whole bond/);
  await userEvent.click(screen.getByRole("button", { name: "Ask for page 1 of 4 on chain: 0.02 USD" }));
  await waitFor(() => expect(chain.calls).toHaveLength(2));
  expect(chain.calls[0]).toMatchObject({ functionName: "approve", args: [CONFIG.contracts.Escrow, 20_000n] });
  const [{ provider, device_id, payee, units }] = job.awardees as [(typeof job.awardees)[0]];
  expect(chain.calls[1]).toMatchObject({
    address: AVAILABILITY,
    functionName: "request_page",
    args: [job.id, [{ provider, device_id, payee, units, price_usd6: 1_000n }], 0, 0, 3, 0n, 0n],
  });
});

test("MissingPages__allowance stands__no second approval", async () => {
  chain.allowance = 20_000n;
  show({});
  await userEvent.click(await screen.findByRole("button", { name: /Ask for page 1/ }));
  await waitFor(() => expect(chain.calls.map((call) => call.functionName)).toEqual(["request_page"]));
});

test("MissingPages__first page was shown__asks for the second", async () => {
  show({}, [requested({}), answered({})]);
  expect(await screen.findByRole("button", { name: /Ask for page 2 of 4/ })).toBeInTheDocument();
  expect(screen.getByText(/1 of 4 pages were shown on chain/)).toBeInTheDocument();
});

test("MissingPages__window over__nothing to press, and why", async () => {
  show({ phase: "CLOSED" });
  expect(await screen.findByText(/can no longer be asked for on chain/)).toBeInTheDocument();
  expect(screen.queryByRole("button")).toBeNull();
});

test("MissingPages__not the buyer__says who can ask", async () => {
  chain.connection = { address: address("d"), chainId: 31337, status: "connected" };
  show({});
  expect(await screen.findByText(/Its buyer can ask for it/)).toBeInTheDocument();
  expect(screen.queryByRole("button")).toBeNull();
});

test("MissingPages__request is open__countdown, and no way to convict before it is over", async () => {
  show({}, [requested({})], 1_005);
  expect(await screen.findByText(/was asked for on chain/)).toHaveTextContent("15 s");
  expect(screen.queryByRole("button")).toBeNull();
});

test("MissingPages__clock ran out unanswered__anyone may convict with the award list", async () => {
  chain.connection = { address: address("d"), chainId: 31337, status: "connected" };
  show({}, [requested({})], 1_021);
  await userEvent.click(await screen.findByRole("button", { name: /convict the seats/ }));
  await waitFor(() => expect(chain.calls).toHaveLength(1));
  expect(chain.calls[0]).toMatchObject({ functionName: "close_request", args: [job.id, [{ units: 2 }], 0] });
});

test("MissingPages__every page shown on chain__the item goes to the picture", async () => {
  const page = `0x${"07".repeat(PAGE_BYTES)}` as const;
  const events = Array.from({ length: PAGES_AN_ITEM }, (_, index) => [
    requested({ id: hash(String(index + 1)), page: index }),
    answered({ id: hash(String(index + 1)) }),
  ]).flat();
  chain.receipt = {
    logs: [1, 2, 3, 4].map((id) => ({
      address: AVAILABILITY,
      topics: encodeEventTopics({
        abi: availabilityAbi,
        eventName: "PageAnswered",
        args: { request_id: hash(String(id)), answerer: address("d") },
      }),
      data: encodeAbiParameters([{ type: "bool" }, { type: "bytes" }], [true, page]),
    })),
  };
  show({}, events);
  await waitFor(() => expect(supply).toHaveBeenCalled());
  const [lot, items] = supply.mock.calls[0] as [number, Map<number, Uint8Array>];
  expect(lot).toBe(0);
  expect(items.get(0)?.every((byte) => byte === 7)).toBe(true);
});

test("MissingPages__nothing missing and nothing asked__shows nothing", async () => {
  show({}, [], 1_000, new Map());
  expect(await screen.findByTestId("beside")).toBeInTheDocument();
  expect(screen.queryByText("Results that are missing")).toBeNull();
});
