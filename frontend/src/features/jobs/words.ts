/** States, reasons, seat outcomes and events in plain words; one place, ready for translation. */
import type { JobState, LotPhase, SeatStatus } from "@/lib/api/types";
import type { Tone } from "@/ui/Badge";

export const GRADES: Record<number, string> = {
  1: "trusted",
  2: "sampled",
  3: "replicated",
  4: "refereed",
};

export const JOB_STATES: Record<JobState, { label: string; tone: Tone }> = {
  OPEN: { label: "Open to bids", tone: "info" },
  AWARDED: { label: "Waiting for the draw", tone: "info" },
  RUNNING: { label: "Running", tone: "accent" },
  CLOSED: { label: "Closed", tone: "neutral" },
  CANCELLED: { label: "Cancelled", tone: "warn" },
};

interface Reason {
  label: string;
  tone: Tone;
  what: string;
  next: string | null;
}

const AGAIN = "Post the job again; spares make it sturdier.";

export const REASONS: Record<string, Reason> = {
  SETTLED_QUIET: {
    label: "Settled",
    tone: "good",
    what: "Delivered and paid after a quiet window.",
    next: null,
  },
  SETTLED_AGREED: {
    label: "Settled",
    tone: "good",
    what: "The providers' results agreed bit for bit and were paid.",
    next: null,
  },
  SETTLED_UPHELD: {
    label: "Upheld",
    tone: "good",
    what: "The result was challenged or contested, stood, and was paid.",
    next: null,
  },
  CANCELLED_BUYER: {
    label: "Cancelled",
    tone: "warn",
    what: "The buyer cancelled.",
    next: "What was not earned is in the buyer's credit.",
  },
  EXPIRED_NO_BID: {
    label: "Too few bids",
    tone: "warn",
    what: "The opened bids did not fill the seats of all lots.",
    next: "The escrow is in the buyer's credit. Post the job again with a higher ceiling or fewer seats, or at instant prices.",
  },
  FAILED_NO_SEAL: {
    label: "No result",
    tone: "bad",
    what: "No called provider sealed a result in time. Each lost a tenth of its bond.",
    next: AGAIN,
  },
  FAILED_NO_REVEAL: {
    label: "Not revealed",
    tone: "bad",
    what: "Providers agreed but none revealed the result in time, and they were slashed.",
    next: AGAIN,
  },
  FAILED_NO_AGREEMENT: {
    label: "No agreement",
    tone: "bad",
    what: "The results differed and no spare could break the tie. Each that delivered got half.",
    next: AGAIN,
  },
  FAILED_NO_SPARE: {
    label: "Too few results",
    tone: "bad",
    what: "Too few providers delivered and no spare was left.",
    next: "Post the job again with more spares.",
  },
  CONVICTED_LEAF: {
    label: "Proven wrong",
    tone: "bad",
    what: "The contract recomputed one scalar operation of the result and got another value: its providers lost their bonds.",
    next: "The lot's budget and a quarter of each bond are in the buyer's credit. Post the job again.",
  },
  CONVICTED_CLOCK: {
    label: "Not defended",
    tone: "bad",
    what: "The provider did not defend its result in time, or fell to an earlier one, and lost its bond.",
    next: "The lot's budget and a quarter of each bond are in the buyer's credit. Post the job again.",
  },
  CONVICTED_WITHHELD: {
    label: "Withheld",
    tone: "bad",
    what: "An output page was requested and not shown: the winning seats lost their bonds.",
    next: "The lot's budget and a share of the bonds are in the buyer's credit.",
  },
  INPUTS_UNAVAILABLE: {
    label: "Inputs missing",
    tone: "bad",
    what: "An input page was requested and nobody showed it in time.",
    next: "Upload the inputs and post the job again.",
  },
};

export const PHASES: Record<LotPhase, string> = {
  SEALING: "computing",
  TAGGING: "comparing",
  REVEALING: "revealing",
  WINDOW: "window",
  CLOSED: "closed",
};

export const SEATS: Record<SeatStatus, { label: string; tone: Tone; what: string }> = {
  DRAWN: { label: "drawn", tone: "neutral", what: "Drawn by the chain; computing or waiting." },
  SEALED: {
    label: "sealed",
    tone: "info",
    what: "Has put a seal on its result; nobody can read or copy it.",
  },
  TAGGED: {
    label: "tagged",
    tone: "info",
    what: "Has shown its tag: equality is visible, the result is not.",
  },
  PAID: {
    label: "paid",
    tone: "good",
    what: "Was paid: its price when agreed, half without agreement, or a cancellation fee.",
  },
  UNPAID: { label: "unpaid", tone: "warn", what: "Its result differed from the agreed one." },
  DEFAULTED: { label: "missed", tone: "bad", what: "Missed a deadline and lost part of its bond." },
  DECLINED: { label: "declined", tone: "neutral", what: "Stepped down in time, without slash or pay." },
  CONVICTED: {
    label: "convicted",
    tone: "bad",
    what: "Its result was proven wrong or withheld: it lost its bond.",
  },
};

export const EVENTS: Record<string, string> = {
  JobPosted: "Posted, escrow taken",
  JobAwarded: "Awarded, bonds locked",
  BiddingOpened: "Open to bids",
  BidSealed: "Bid sealed",
  BidOpened: "Bid opened",
  BidDisplaced: "Bid displaced by a cheaper one",
  BiddingClosed: "Bidding ended",
  DepositReturned: "Deposit returned",
  JobFunded: "Escrow or deposit funded",
  BondLocked: "Bond locked",
  BondReleased: "Bond released",
  BondUnlocked: "Part of a bond released",
  SeedDrawn: "Seats drawn",
  SeedMissed: "Seed block missed, a new one fixed",
  SeatSealed: "Result sealed",
  LotTagging: "All seals in, tags may come",
  AuditDue: "A block will say whether it is audited",
  AuditDrawn: "Drawn whether it is audited",
  SeatTagged: "Tag shown",
  LotRevealing: "Tags decided",
  RootRevealed: "Result revealed",
  SpareCalled: "Spare called",
  SeatDefaulted: "Deadline missed",
  SeatDeclined: "Seat declined",
  SeatPaid: "Seat paid",
  SeatUnpaid: "Seat unpaid",
  LotClosed: "Lot closed",
  JobCancelled: "Cancelled by the buyer",
  JobClosed: "Job closed",
  PageRequested: "Page requested",
  PageAnswered: "Page shown",
  PageWithheld: "Page withheld",
  ProviderConvicted: "Provider convicted",
  LotContested: "A window for challenges began",
  LotHeld: "Lot held or freed",
  ClaimStated: "Claim stated, it can be challenged",
  ClaimConvicted: "Claim convicted",
  ClaimEnforced: "Conviction enforced",
  GameOpened: "Game opened",
  PositionNamed: "Challenger named what differs",
  PositionAnswered: "Provider answered",
  GameEnded: "Game ended",
  CreditAdded: "Credit added",
  IncomePushed: "Income pushed to a share",
  FeeTaken: "Protocol fee taken",
  KittyAdded: "Kitty credited",
  StakeSlashed: "Stake slashed",
  Burned: "Burned",
};

export function reasonOf(reason: string | null): Reason | null {
  if (!reason || reason === "NONE") return null;
  return REASONS[reason] ?? { label: reason, tone: "neutral", what: reason, next: null };
}
