/** Twins of `assay.protocol.digests`: what the contracts hash. ABI encoding by viem, so this module is loaded lazily. */
import { encodeAbiParameters, keccak256 } from "viem";
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
      { name: "audit_bps", type: "uint16" },
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
      [
        { type: "uint256" },
        { type: "address" },
        { type: "address" },
        { type: "bytes32" },
        { type: "bytes32" },
      ],
      [BigInt(chainId), market, buyer, clientSalt, termsHash(terms)],
    ),
  );
}
