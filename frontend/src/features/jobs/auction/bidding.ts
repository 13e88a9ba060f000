/** Where the bidding for a job stands, from chain facts and the chain's clock. */
import type { Bid, JobDetail } from "@/lib/api/types";
import { sameHex } from "@/lib/format/ids";

export type Stage = "sealing" | "opening" | "due" | "awarded" | "ended";

/** Deadlines are inclusive. When every seal is opened nobody waits for the rest of the time. */
export function stageOf(job: JobDetail, now: number): Stage | null {
  const auction = job.auction;
  if (!auction) return null;
  if (job.state !== "OPEN") return job.award_hash ? "awarded" : "ended";
  if (now <= auction.bids_until) return "sealing";
  const all = auction.bids_opened === auction.bids_sealed;
  return now > auction.opens_until || all ? "due" : "opening";
}

export function outcomeOf(job: JobDetail, bid: Bid): string {
  if (job.state === "OPEN") return bid.status;
  if (bid.status === "SEALED")
    return job.reason === "CANCELLED_BUYER" && !job.award_hash ? "SEALED" : "UNOPENED";
  if (bid.status === "DISPLACED" || bid.status === "RETURNED") return bid.status;
  return job.awardees.some((one) => sameHex(one.provider, bid.provider)) ? "WON" : "LOST";
}
