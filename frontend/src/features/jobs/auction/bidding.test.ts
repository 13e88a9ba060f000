import { describe, expect, it } from "vitest";
import { outcomeOf, stageOf } from "@/features/jobs/auction/bidding";
import type { Bid, JobDetail } from "@/lib/api/types";

const bid = (provider: string, status: Bid["status"]) => ({ provider, status }) as Bid;
const job = (state: JobDetail["state"], changes: object = {}, auction: object = {}) =>
  ({
    state,
    reason: null,
    award_hash: null,
    awardees: [],
    ...changes,
    auction: { bids_until: 100, opens_until: 120, bids_sealed: 2, bids_opened: 1, ...auction },
  }) as unknown as JobDetail;

describe("stageOf", () => {
  it.each([
    [100, "sealing"],
    [101, "opening"],
    [120, "opening"],
    [121, "due"],
  ])("an open job at %i is in %s", (now, stage) => {
    expect(stageOf(job("OPEN"), now)).toBe(stage);
  });

  it("needs no more time once every seal is opened", () => {
    expect(stageOf(job("OPEN", {}, { bids_opened: 2 }), 101)).toBe("due");
    expect(stageOf(job("OPEN", {}, { bids_opened: 2 }), 100)).toBe("sealing");
  });

  it("tells an award from an end without one", () => {
    expect(stageOf(job("RUNNING", { award_hash: "0x01" }), 500)).toBe("awarded");
    expect(stageOf(job("CLOSED", { reason: "EXPIRED_NO_BID" }), 500)).toBe("ended");
    expect(stageOf({ ...job("AWARDED"), auction: null }, 500)).toBeNull();
  });
});

describe("outcomeOf", () => {
  it("says what became of each bid", () => {
    const awarded = job("RUNNING", { award_hash: "0x01", awardees: [{ provider: "0xA1" }] });
    expect(outcomeOf(awarded, bid("0xa1", "OPENED"))).toBe("WON");
    expect(outcomeOf(awarded, bid("0xb2", "OPENED"))).toBe("LOST");
    expect(outcomeOf(awarded, bid("0xb2", "SEALED"))).toBe("UNOPENED");
    expect(outcomeOf(awarded, bid("0xb2", "DISPLACED"))).toBe("DISPLACED");
    expect(outcomeOf(job("OPEN"), bid("0xb2", "SEALED"))).toBe("SEALED");
    expect(outcomeOf(job("CANCELLED", { reason: "CANCELLED_BUYER" }), bid("0xb2", "SEALED"))).toBe("SEALED");
  });
});
