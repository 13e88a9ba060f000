/**
 * Twin of `assay.protocol.spec`: RFC 8785 (JCS) bytes of a job spec and their SHA-256, the spec hash that terms carry.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { type Hex, toHex } from "@/lib/bytes";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

function isWellFormed(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xd800 && unit <= 0xdbff) {
      const next = text.charCodeAt(i + 1);
      if (!(next >= 0xdc00 && next <= 0xdfff)) return false;
      i++;
    } else if (unit >= 0xdc00 && unit <= 0xdfff) {
      return false;
    }
  }
  return true;
}

/** ECMAScript's own number and string forms are the ones RFC 8785 prescribes; only key order is ours. */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new Error(`a spec cannot hold ${value}: JSON has no such number`);
    return JSON.stringify(value);
  }
  if (typeof value === "string") {
    if (!isWellFormed(value)) throw new Error("a spec cannot hold a lone surrogate: it has no UTF-8 form");
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const record = value as { readonly [key: string]: Json };
  // the default sort compares UTF-16 code units, which is RFC 8785's order
  const keys = Object.keys(record).sort();
  return `{${keys.map((key) => `${canonicalJson(key)}:${canonicalJson(record[key] as Json)}`).join(",")}}`;
}

export function canonicalBytes(value: Json): Uint8Array {
  return new TextEncoder().encode(canonicalJson(value));
}

export function specHash(value: Json): Hex {
  return toHex(sha256(canonicalBytes(value)));
}
