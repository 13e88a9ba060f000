import type { Tone } from "@/ui/Badge";

export const strings = {
  title: "Bidding",
  sealing: "Providers put sealed bids down: a hash of a price that nobody can read or copy.",
  opening: "Sealing is over. Bidders open their bids; one that stays closed loses its deposit to the buyer.",
  due: "Bidding is over: anyone may have the bids cleared, and is paid for it.",
  awarded:
    "Every seat is paid the same price: that of the first bid which won nothing, or of the dearest winner.",
  ended: "The bidding ended without an award.",
  sealedUntil: "Bids are sealed for another",
  openedUntil: "Bids are opened for another",
  over: "over",
  count: "Bids sealed, opened",
  price: "Clearing price of a seat",
  ceiling: "Ceiling of a seat",
  surplus: "Returned when it ended",
  forfeited: "Deposits never opened, to the buyer",
  none: "No bid yet.",
  cancel:
    "No bid has been opened yet: all of the escrow returns to your credit, and the deposits of bids to their bidders.",
};

/** What a bid is once its job is over is a matter of both. */
export const BIDS: Record<string, { label: string; tone: Tone }> = {
  SEALED: { label: "sealed", tone: "info" },
  OPENED: { label: "opened", tone: "accent" },
  DISPLACED: { label: "not among the cheapest 20", tone: "neutral" },
  RETURNED: { label: "deposit returned", tone: "neutral" },
  UNOPENED: { label: "never opened", tone: "bad" },
  WON: { label: "won", tone: "good" },
  LOST: { label: "not needed", tone: "neutral" },
};
