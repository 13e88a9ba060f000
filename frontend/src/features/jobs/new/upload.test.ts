import { hashTypedData } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { expect, test } from "vitest";
import { UPLOAD_TYPES, uploadDomain } from "@/features/jobs/new/upload";
import type { Hex } from "@/lib/bytes";
import { vectorsOf } from "@/test/vectors";

interface Case {
  chain_id: number;
  kind: string;
  artifact_id: Hex;
  size: number | string;
  expiry: number | string;
  digest: Hex;
  signature: Hex;
}
const vectors = vectorsOf<{ devnet_private_key: Hex; cases: Case[] }>("upload");

test.each(vectors.cases)(
  "uploadDomain and UPLOAD_TYPES__golden case__same digest and signature",
  async (one) => {
    const typed = {
      domain: uploadDomain(one.chain_id),
      types: UPLOAD_TYPES,
      primaryType: "Upload",
      message: { kind: one.kind, id: one.artifact_id, size: BigInt(one.size), expiry: BigInt(one.expiry) },
    } as const;
    expect(hashTypedData(typed)).toBe(one.digest);
    expect(await privateKeyToAccount(vectors.devnet_private_key).signTypedData(typed)).toBe(one.signature);
  },
);
