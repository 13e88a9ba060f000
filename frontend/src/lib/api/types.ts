/**
 * Shapes of /api/v1, as the screens read them. Amounts are decimal strings in usd6, ids 0x strings, times chain seconds.
 * tests/api-contract.test.ts holds their fields against backend/api/openapi.yaml.
 */
import type { Conviction, LotClaim } from "@/lib/api/disputeTypes";
import type { Hex } from "@/lib/bytes";

export type Finality = "pending" | "confirmed" | "finalized";

export interface Page<T> {
  results: T[];
  next: string | null;
}

export interface AppConfig {
  chain_id: number;
  genesis_hash: Hex;
  rpc_url: string;
  stream_url: string;
  deployed_block: number;
  contracts: Record<string, Hex>;
  params: Record<string, unknown>;
  demo: boolean;
}

export interface BlockRef {
  number: number;
  timestamp: number;
  hash: Hex;
}

export interface Status {
  head: BlockRef | null;
  cursor: BlockRef | null;
  lag_blocks: number | null;
  finalized_block: number | null;
  genesis_hash: Hex;
  mirrors: { url: string; ok: boolean; detail: string }[];
  problems: string[];
  as_of: string | number;
}

export interface Stats {
  devices: number;
  providers: number;
  jobs: number;
  jobs_closed: number;
  lots_paid: number;
  games: number;
  /** Seats that lost their bond by a ruling, a clock or withheld output. */
  convictions: number;
  paid_providers_usd6: string;
  income_to_shares_usd6: string;
  slashed_usd6: string;
  staked_usd6: string;
  fees_usd6: string;
  paused_until: number | null;
  block: number | null;
}

export type JobState = "OPEN" | "AWARDED" | "RUNNING" | "CLOSED" | "CANCELLED";

export interface JobSummary {
  id: Hex;
  buyer: Hex;
  kind: string | null;
  grade: number;
  state: JobState;
  reason: string | null;
  lots: number;
  lots_closed: number;
  lots_paid: number;
  items: number;
  seats: number;
  spares: number;
  lot_seconds: number;
  ceiling_usd6: string;
  audit_bps: number;
  escrow_usd6: string;
  posted_at: number;
  closed_at: number | null;
  block: number;
  tx: Hex;
  finality: Finality;
  spec_hash: Hex;
}

export interface JobAwardee {
  provider: Hex;
  device_id: Hex;
  payee: Hex;
  price_usd6: string;
  units: number;
}

export interface Bid {
  provider: Hex;
  /** Of sealing: the earlier of equal prices wins. */
  order: number;
  status: "SEALED" | "OPENED" | "RETURNED" | "DISPLACED";
  units: number;
  deposit_usd6: string;
  device_id: Hex | null;
  /** 0 while sealed. */
  price_usd6: string;
  sealed_at: number;
  opened_at: number | null;
  tx: Hex;
}

export interface AuctionDetail {
  bids_until: number;
  opens_until: number;
  max_units: number;
  bids_sealed: number;
  bids_opened: number;
  clearing_usd6: string;
  surplus_usd6: string;
  forfeited_usd6: string;
  bids: Bid[];
}

export interface JobDetail extends JobSummary {
  terms: Record<string, unknown> & { client_salt: Hex; runtime_class: Hex };
  spec: Record<string, unknown> | null;
  awardees: (JobAwardee & { name: string })[];
  /** null of an instant order. */
  auction: AuctionDetail | null;
  award_hash: Hex | null;
  fee_bps: number;
  poke_price_usd6: string;
  commit_seconds: number | null;
  drawn_at: number | null;
  seed_block: number | null;
  seed: Hex | null;
  seal_deadline: number | null;
  cancelled_at: number | null;
  paid_usd6: string;
  fee_usd6: string;
  refund_usd6: string;
  slashed_usd6: string;
}

export type LotPhase = "SEALING" | "TAGGING" | "REVEALING" | "WINDOW" | "CLOSED";
export type SeatStatus =
  | "DRAWN"
  | "SEALED"
  | "TAGGED"
  | "PAID"
  | "UNPAID"
  | "DEFAULTED"
  | "DECLINED"
  | "CONVICTED";

export interface Seat {
  place: number;
  provider: Hex;
  device_id: Hex;
  status: SeatStatus;
  spare: boolean;
  /** A spare counts once it is called. */
  called: boolean;
  seal: Hex | null;
  tag: Hex | null;
  root: Hex | null;
  price_usd6: string;
  amount_usd6: string;
  slashed_usd6: string;
  sealed_at: number | null;
  tx: Hex | null;
}

export interface Lot {
  lot: number;
  phase: LotPhase;
  reason: string | null;
  agreed: boolean | null;
  root: Hex | null;
  window_end: number | null;
  deadline: number | null;
  seats: Seat[];
  /** Its window does not come from agreement: roots differ, or a place was convicted. */
  contested: boolean;
  /** A game is open on a claim of it, or a ruling waits: it is not settled meanwhile. */
  held: boolean;
  /** Of a sampled lot that is sealed: the hash of this block says whether it is audited. */
  audit_block: number | null;
  audit_due: boolean;
  audited: boolean;
  /** Of exact jobs that can be challenged; else empty. */
  claims: LotClaim[];
  paid_usd6: string;
  fee_usd6: string;
  refund_usd6: string;
  closed_at: number | null;
  block: number;
  finality: Finality;
}

export interface TimelineEvent {
  event: string;
  lot: number | null;
  finality: Finality;
  block: number;
  timestamp: number;
  tx: Hex;
  log_index: number;
  args: Record<string, unknown>;
}

export interface Ask {
  price_per_hour_usd6: string;
  max_units: number;
}

export interface ShareFacts {
  address: Hex;
  name: string;
  symbol: string;
  supply: string;
  operator: Hex;
  operator_cut_bps: number;
  total_income_usd6: string;
  claimed_usd6: string;
}

export interface Device {
  id: Hex;
  provider: Hex;
  name: string;
  accelerator: string;
  memory_bytes: number;
  runtime_class: Hex;
  spec_hash: Hex;
  payee: Hex;
  shared: boolean;
  retired: boolean;
  ask: Ask | null;
  share: ShareFacts | null;
  lots_paid: number;
  income_usd6: string;
  registered_at: number;
  block: number;
  tx: Hex;
  finality: Finality;
}

export interface Income {
  /** null for a gift. */
  job_id: Hex | null;
  lot: number | null;
  amount_usd6: string;
  operator_usd6: string;
  holders_usd6: string;
  block: number;
  timestamp: number;
  tx: Hex;
}

export interface Holder {
  holder: Hex;
  balance: string;
  claimed_usd6: string;
}

export interface Unbond {
  request_id: string;
  amount_usd6: string;
  available_at: number;
}

export interface Provider {
  address: Hex;
  stake_usd6: string;
  locked_usd6: string;
  unbonding_usd6: string;
  free_usd6: string;
  devices: Device[];
  seats_paid: number;
  seats_unpaid: number;
  seats_defaulted: number;
  seats_declined: number;
  seats_convicted: number;
  block: number;
  finality: Finality;
  earned_usd6: string;
  slashed_usd6: string;
  credit_usd6: string;
  unbonds: Unbond[];
}

export interface ProviderDetail extends Provider {
  /** The latest; all are at /convictions?provider=. */
  convictions: Conviction[];
}

export interface Account {
  address: Hex;
  credit_usd6: string;
  /** Bonds of games that DisputeGame owes it. */
  game_credit_usd6: string;
  shares: { share: Hex; device_id: Hex; symbol: string; balance: string; claimed_usd6: string }[];
  jobs_posted: number;
  provider: boolean;
}

export interface Refusal {
  device_id: Hex;
  provider: Hex;
  name: string;
  reason: string;
  code: string;
}

export interface Quote {
  terms: Record<string, unknown>;
  picks: { device_id: Hex; units: number }[];
  awardees_expected: (JobAwardee & { name?: string })[];
  refused: Refusal[];
  price: {
    ceiling_usd6: string;
    seats_total_usd6: string;
    fee_usd6: string;
    pokes_usd6: string;
    escrow_usd6: string;
    worst_case_usd6: string;
    expected_usd6: string;
    refund_if_cancelled_now_usd6: string;
    refund_if_cancelled_after_draw_usd6: string;
  };
  plan: Record<string, unknown> & {
    lots: number;
    items: number;
    items_per_lot: number;
    lot_seconds: number;
    program: { name: string; id: Hex };
    tile?: number;
  };
  expected_seconds: number;
  /** What the scene holds that the renderer leaves out. */
  warnings: string[];
  block: number;
}

export interface QuoteRequest {
  kind: "render";
  spec: Record<string, unknown>;
  grade: number;
  seats: number;
  spares: number;
  audit_bps: number;
  max_price_per_hour_usd6?: string;
}

export interface Quota {
  used_bytes: number;
  limit_bytes: number;
  left_bytes: number;
}
