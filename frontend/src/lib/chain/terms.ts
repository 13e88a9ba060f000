/** A job's terms and awards as contracts take them; numbers wider than 48 bits are bigint. One mapper from API JSON. */
import { type Hex, isHash } from "@/lib/bytes";

export interface Terms {
  readonly program_root: Hex;
  readonly inputs_root: Hex;
  readonly spec_hash: Hex;
  readonly runtime_class: Hex;
  readonly grade: number;
  readonly seats: number;
  readonly spares: number;
  readonly lots: number;
  readonly items_per_lot: number;
  readonly items: bigint;
  readonly lot_seconds: number;
  readonly ceiling_usd6: bigint;
  readonly audit_bps: number;
}

export interface Awardee {
  readonly provider: Hex;
  readonly device_id: Hex;
  readonly payee: Hex;
  readonly price_usd6: bigint;
  readonly units: number;
}

export interface Pick {
  readonly device_id: Hex;
  readonly units: number;
}

type Raw = Readonly<Record<string, unknown>>;

function hashField(raw: Raw, name: string): Hex {
  const value = raw[name];
  if (!isHash(value)) throw new Error(`terms.${name} is not a 32-byte hash: ${String(value)}`);
  return value;
}

function wholeField(raw: Raw, name: string): bigint {
  const value = raw[name];
  if (
    (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) ||
    (typeof value === "string" && /^\d+$/.test(value))
  )
    return BigInt(value);
  throw new Error(`terms.${name} is not a whole number: ${String(value)}`);
}

export function termsOf(raw: Raw): Terms {
  const small = (name: string) => Number(wholeField(raw, name));
  return {
    program_root: hashField(raw, "program_root"),
    inputs_root: hashField(raw, "inputs_root"),
    spec_hash: hashField(raw, "spec_hash"),
    runtime_class: hashField(raw, "runtime_class"),
    grade: small("grade"),
    seats: small("seats"),
    spares: small("spares"),
    lots: small("lots"),
    items_per_lot: small("items_per_lot"),
    items: wholeField(raw, "items"),
    lot_seconds: small("lot_seconds"),
    ceiling_usd6: wholeField(raw, "ceiling_usd6"),
    audit_bps: small("audit_bps"),
  };
}
