/** Twins of `assay.protocol.digests`: what the contracts hash. ABI encoding by viem, so this module is loaded lazily. */
import { encodeAbiParameters, keccak256, stringToHex } from "viem";
import type { Hex } from "@/lib/bytes";
import type { Awardee, Terms } from "@/lib/chain/terms";

const TERMS = [
  {
    type: "tuple",
    components: [
      { name: "program_root", type: "bytes32" },
      { name: "inputs_root", type: "bytes32" },
      { name: "spec_hash", type: "bytes32" },
      { name: "runtime_class", type: "bytes32" },
      { name: "grade", type: "uint8" },
      { name: "seats", type: "uint8" },
      { name: "spares", type: "uint8" },
      { name: "lots", type: "uint32" },
      { name: "items_per_lot", type: "uint32" },
      { name: "items", type: "uint64" },
      { name: "lot_seconds", type: "uint32" },
      { name: "ceiling_usd6", type: "uint256" },
    ],
  },
] as const;

const AWARDEES = [
  {
    type: "tuple[]",
    components: [
      { name: "provider", type: "address" },
      { name: "device_id", type: "bytes32" },
      { name: "payee", type: "address" },
      { name: "price_usd6", type: "uint256" },
      { name: "units", type: "uint32" },
    ],
  },
] as const;

const TAG_DOMAIN = keccak256(stringToHex("assay/tag/1"));
const SEAL_DOMAIN = keccak256(stringToHex("assay/seal/1"));

export function termsHash(terms: Terms): Hex {
  return keccak256(encodeAbiParameters(TERMS, [terms]));
}

export function awardHash(awardees: readonly Awardee[]): Hex {
  return keccak256(encodeAbiParameters(AWARDEES, [awardees]));
}

/** keccak256(abi_encode(chain_id, market, buyer, client_salt, terms_hash)): the same before and after sending. */
export function jobIdOf(chainId: number, market: Hex, buyer: Hex, clientSalt: Hex, terms: Terms): Hex {
  return keccak256(
    encodeAbiParameters(
      [{ type: "uint256" }, { type: "address" }, { type: "address" }, { type: "bytes32" }, { type: "bytes32" }],
      [BigInt(chainId), market, buyer, clientSalt, termsHash(terms)],
    ),
  );
}

export function tagOf(jobId: Hex, lot: number, root: Hex): Hex {
  return keccak256(
    encodeAbiParameters(
      [{ type: "bytes32" }, { type: "bytes32" }, { type: "uint256" }, { type: "bytes32" }],
      [TAG_DOMAIN, jobId, BigInt(lot), root],
    ),
  );
}

export interface SealParts {
  readonly chainId: number;
  readonly market: Hex;
  readonly provider: Hex;
  readonly jobId: Hex;
  readonly lot: number;
  readonly tag: Hex;
  readonly salt: Hex;
}

export function sealOf(parts: SealParts): Hex {
  return keccak256(
    encodeAbiParameters(
      [
        { type: "bytes32" },
        { type: "uint256" },
        { type: "address" },
        { type: "address" },
        { type: "bytes32" },
        { type: "uint256" },
        { type: "bytes32" },
        { type: "bytes32" },
      ],
      [
        SEAL_DOMAIN,
        BigInt(parts.chainId),
        parts.market,
        parts.provider,
        parts.jobId,
        BigInt(parts.lot),
        parts.tag,
        parts.salt,
      ],
    ),
  );
}
