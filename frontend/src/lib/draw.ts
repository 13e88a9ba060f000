/**
 * Twin of contracts/Draw.vy: who holds which place of which lot, recomputed in the browser from the seed on chain.
 *
 * The seed permutes the awardees; their units lie as consecutive blocks on a ring of lots × width units. Place j of lot i
 * belongs to the owner of unit (i + j·lots + offset) mod (lots·width). Checked against tests/vectors/draw.json.
 */
import { keccak_256 } from "@noble/hashes/sha3.js";
import { concat, fromHex, type Hex, toHex } from "@/lib/bytes";

const MAX_UINT256 = (1n << 256n) - 1n;

function wordOf(value: bigint): Uint8Array {
  return fromHex(`0x${value.toString(16).padStart(64, "0")}`);
}

/** uint256(keccak256(abi_encode(seed, k))) */
function chanceOf(seed: Hex, k: bigint): bigint {
  return BigInt(toHex(keccak_256(concat(fromHex(seed), wordOf(k)))));
}

/** Fisher-Yates from the top: the order in which awardees lie on the ring. */
export function permutation(seed: Hex, count: number): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let k = count - 1; k >= 1; k--) {
    const j = Number(chanceOf(seed, BigInt(k)) % BigInt(k + 1));
    const held = order[k] as number;
    order[k] = order[j] as number;
    order[j] = held;
  }
  return order;
}

export interface Ring {
  readonly order: readonly number[];
  readonly units: readonly number[];
  readonly size: bigint;
  readonly lots: bigint;
  readonly width: number;
  readonly offset: bigint;
}

export function ringOf(seed: Hex, units: readonly number[], lots: number, width: number): Ring {
  const size = BigInt(lots) * BigInt(width);
  const filled = units.reduce((sum, count) => sum + BigInt(count), 0n);
  if (filled !== size) throw new Error(`the units fill ${filled} of a ring of ${size}`);
  return {
    order: permutation(seed, units.length),
    units,
    size,
    lots: BigInt(lots),
    width,
    offset: chanceOf(seed, MAX_UINT256) % size,
  };
}

/** Index into the award list of the holder of one place. */
export function seatOf(ring: Ring, lot: number, place: number): number {
  let unit = (BigInt(lot) + BigInt(place) * ring.lots + ring.offset) % ring.size;
  for (const awardee of ring.order) {
    const block = BigInt(ring.units[awardee] as number);
    if (unit < block) return awardee;
    unit -= block;
  }
  throw new Error(`unit beyond the ring of ${ring.size}`);
}

/** All places of one lot: seats first, then spares in order. */
export function placesOf(ring: Ring, lot: number): number[] {
  return Array.from({ length: ring.width }, (_, place) => seatOf(ring, lot, place));
}
