/** A job of two lots, as the API answers it; each test changes what it is about. */
import type { JobDetail, Lot, Seat } from "@/lib/api/types";
import { address, hash } from "@/test/render";

export function seatOf(change: Partial<Seat> = {}): Seat {
  return {
    place: 0,
    provider: address("a"),
    device_id: hash("a"),
    status: "DRAWN",
    spare: false,
    called: true,
    seal: null,
    tag: null,
    root: null,
    price_usd6: "1000",
    amount_usd6: "0",
    slashed_usd6: "0",
    sealed_at: null,
    tx: null,
    ...change,
  };
}

export function lotOf(change: Partial<Lot> = {}): Lot {
  return {
    lot: 0,
    phase: "SEALING",
    reason: null,
    agreed: null,
    root: null,
    window_end: null,
    deadline: 1_000,
    contested: false,
    held: false,
    audit_block: null,
    audit_due: false,
    audited: false,
    claims: [],
    seats: [seatOf(), seatOf({ place: 1, provider: address("b"), device_id: hash("b") })],
    paid_usd6: "0",
    fee_usd6: "0",
    refund_usd6: "0",
    closed_at: null,
    block: 10,
    finality: "confirmed",
    ...change,
  };
}

export function jobOf(change: Partial<JobDetail> = {}): JobDetail {
  return {
    id: hash("1"),
    buyer: address("c"),
    kind: "render",
    grade: 3,
    state: "RUNNING",
    reason: null,
    lots: 2,
    lots_closed: 0,
    lots_paid: 0,
    items: 2,
    seats: 2,
    spares: 0,
    lot_seconds: 10,
    ceiling_usd6: "1001",
    audit_bps: 0,
    escrow_usd6: "7098",
    posted_at: 100,
    closed_at: null,
    block: 10,
    tx: hash("2"),
    finality: "confirmed",
    spec_hash: hash("3"),
    terms: { client_salt: hash("4"), runtime_class: hash("5"), items_per_lot: 1 },
    spec: null,
    awardees: [],
    auction: null,
    award_hash: hash("6"),
    fee_bps: 200,
    poke_price_usd6: "1000",
    commit_seconds: 60,
    drawn_at: 110,
    seed_block: 9,
    seed: hash("7"),
    seal_deadline: 1_000,
    cancelled_at: null,
    paid_usd6: "0",
    fee_usd6: "0",
    refund_usd6: "0",
    slashed_usd6: "0",
    ...change,
  };
}
