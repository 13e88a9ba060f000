// @vitest-environment jsdom
import { act, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { UserRejectedRequestError } from "viem";
import { beforeEach, expect, test, vi } from "vitest";
import { readDraft } from "@/features/jobs/new/draft";
import { type Order, useOrder } from "@/features/jobs/new/useOrder";
import { plainError } from "@/features/wallet/txErrors";
import type { SendOutcome, Transaction } from "@/features/wallet/useTransaction";
import { jobIdOf } from "@/lib/chain/digests";
import { ConfigContext } from "@/lib/config";
import { address, CONFIG, hash } from "@/test/render";

const actions = vi.hoisted(() => ({
  getBlock: vi.fn(),
  readContract: vi.fn(),
  signTypedData: vi.fn(),
  simulateContract: vi.fn(),
  waitForTransactionReceipt: vi.fn(),
  writeContract: vi.fn(),
}));
vi.mock("wagmi", () => ({ useConfig: () => ({}) }));
vi.mock("wagmi/actions", () => actions);

const order: Order = {
  buyer: address("c"),
  spec: {
    kind: "render",
    version: 1,
    scene: hash("a"),
    width: 32,
    height: 32,
    samples: 1,
    seed: 0,
    exposure: 0,
  },
  terms: {
    program_root: hash("1"),
    inputs_root: hash("2"),
    spec_hash: hash("3"),
    runtime_class: hash("4"),
    grade: 3,
    seats: 2,
    spares: 1,
    lots: 1,
    items_per_lot: 1,
    items: 1n,
    lot_seconds: 10,
    ceiling_usd6: 1000n,
    audit_bps: 0,
  },
  picks: [{ device_id: hash("5"), units: 3 }],
  escrowUsd6: 3_040n,
  auction: false,
};
const SIGNATURE = `0x${"11".repeat(32)}${"22".repeat(32)}1b`;
const log: string[] = [];

/** Stands for useTransaction: runs what it is given and reports as the real one does. */
function transaction(): Transaction {
  return {
    state: { step: "idle", error: null },
    reset: () => undefined,
    send: async (submit): Promise<SendOutcome> => {
      try {
        await submit();
        return { kind: "done", receipt: {} as never };
      } catch (failure) {
        return { kind: "failed", error: plainError(failure) };
      }
    },
  };
}

function flow() {
  const wrapper = ({ children }: { children: ReactNode }) => (
    <ConfigContext value={CONFIG}>{children}</ConfigContext>
  );
  const tx = transaction();
  return renderHook(() => useOrder(tx), { wrapper });
}

beforeEach(() => {
  log.length = 0;
  vi.resetAllMocks();
  vi.stubGlobal(
    "fetch",
    vi.fn(async () => new Response(null, { status: 200 })),
  );
  actions.getBlock.mockResolvedValue({ timestamp: 1_000n });
  actions.readContract.mockImplementation(async (_: unknown, { functionName }: { functionName: string }) => {
    if (functionName === "allowance") return 0n;
    if (functionName === "nonces") return 7n;
    return ["0x0f", "Assay test dollar", "1", 31337n, address("1"), hash("0"), []];
  });
  actions.signTypedData.mockImplementation(async (_: unknown, { primaryType }: { primaryType: string }) => {
    log.push(`sign ${primaryType}`);
    return SIGNATURE;
  });
  actions.writeContract.mockImplementation(async (_: unknown, { functionName }: { functionName: string }) => {
    log.push(`write ${functionName}, draft ${readDraft(CONFIG.genesis_hash) ? "stored" : "missing"}`);
    return hash("f");
  });
  actions.waitForTransactionReceipt.mockResolvedValue({ status: "success" });
});

test("run__wallet signs typed data__permit of the exact escrow, then one transaction, its salt stored before", async () => {
  const { result } = flow();
  await act(() => result.current.run(order));
  expect(log).toEqual(["sign Permit", "write post_job_with_permit, draft stored"]);
  const permit = actions.signTypedData.mock.calls[0]?.[1];
  expect(permit.message).toMatchObject({ spender: address("2"), value: 3_040n, nonce: 7n, deadline: 4_600n });
  expect(readDraft(CONFIG.genesis_hash)).toBeNull();
  const sent = actions.writeContract.mock.calls[0]?.[1];
  expect(sent.address).toBe(address("5"));
  // the board takes the order; the job and so its id belong to the market
  const id = jobIdOf(CONFIG.chain_id, address("3"), order.buyer, sent.args[2], order.terms);
  expect(result.current.jobId).toBe(id);
});

test("run__allowance is there__no permit", async () => {
  actions.readContract.mockResolvedValue(3_040n);
  const { result } = flow();
  await act(() => result.current.run(order));
  expect(log).toEqual(["write post_job, draft stored"]);
});

test("run__at auction__bids are asked for with the same salt, by permit or allowance", async () => {
  const { result } = flow();
  await act(() => result.current.run({ ...order, auction: true }));
  expect(log).toEqual(["sign Permit", "write post_auction_with_permit, draft stored"]);
  const sent = actions.writeContract.mock.calls[0]?.[1];
  const id = jobIdOf(CONFIG.chain_id, address("3"), order.buyer, sent.args[1], order.terms);
  expect([sent.address, result.current.jobId]).toEqual([address("5"), id]);
  log.length = 0;
  actions.readContract.mockResolvedValue(3_040n);
  const again = flow();
  await act(() => again.result.current.run({ ...order, auction: true }));
  expect(log).toEqual(["write post_auction, draft stored"]);
});

test("run__wallet cannot sign typed data__falls back to an exact approval", async () => {
  actions.signTypedData.mockRejectedValue(new Error("method not supported"));
  const { result } = flow();
  await act(() => result.current.run(order));
  expect(log).toEqual(["write approve, draft missing", "write post_job, draft stored"]);
  expect(actions.writeContract.mock.calls[0]?.[1].args).toEqual([address("2"), 3_040n]);
});

test("run__permit rejected__nothing sent, back to the form with a sentence", async () => {
  actions.signTypedData.mockRejectedValue(new UserRejectedRequestError(new Error("no")));
  const { result } = flow();
  await act(() => result.current.run(order));
  expect(actions.writeContract).not.toHaveBeenCalled();
  expect(result.current.error).toContain("Nothing was sent");
  expect(result.current.busy).toBe(false);
});

test("run__transaction rejected__the draft is forgotten", async () => {
  actions.writeContract.mockRejectedValue(new UserRejectedRequestError(new Error("no")));
  const { result } = flow();
  await act(() => result.current.run(order));
  expect(readDraft(CONFIG.genesis_hash)).toBeNull();
});

test("run__answer lost after the wallet was asked__the draft is kept, because it may have been sent", async () => {
  actions.writeContract.mockRejectedValue(new Error("connection reset"));
  const { result } = flow();
  await act(() => result.current.run(order));
  expect(readDraft(CONFIG.genesis_hash)).toMatchObject({ buyer: order.buyer, escrowUsd6: "3040" });
});

test("run__clicked twice__one transaction", async () => {
  const { result } = flow();
  await act(async () => {
    await Promise.all([result.current.run(order), result.current.run(order)]);
  });
  expect(actions.writeContract).toHaveBeenCalledTimes(1);
});

test("run__storage blocked__refuses to send rather than risk buying twice", async () => {
  vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
    throw new Error("quota");
  });
  const { result } = flow();
  await act(() => result.current.run(order));
  vi.restoreAllMocks();
  expect(actions.writeContract).not.toHaveBeenCalled();
  expect(result.current.error).toContain("only once");
});

test("run__nothing stored yet__input list and spec are uploaded under a signature each, before any money", async () => {
  vi.stubGlobal(
    "fetch",
    vi.fn(async () => new Response(null, { status: 404 })),
  );
  const puts: string[] = [];
  vi.stubGlobal(
    "XMLHttpRequest",
    class {
      status = 201;
      responseText = "";
      upload = {};
      onload = () => undefined;
      open(_: string, url: string) {
        puts.push(url);
      }
      setRequestHeader() {}
      send() {
        this.onload();
      }
    },
  );
  const { result } = flow();
  await act(() => result.current.run(order));
  expect(puts.map((url) => url.split("/").at(-2))).toEqual(["list", "spec"]);
  expect(log.slice(0, 3)).toEqual(["sign Upload", "sign Upload", "sign Permit"]);
  vi.unstubAllGlobals();
});
