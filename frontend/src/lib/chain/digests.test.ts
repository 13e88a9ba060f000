import { expect, test } from "vitest";
import type { Hex } from "@/lib/bytes";
import { awardHash, jobIdOf, termsHash } from "@/lib/chain/digests";
import { termsOf } from "@/lib/chain/terms";
import { vectorsOf } from "@/test/vectors";

interface Vectors {
  jobs: {
    terms: Record<string, unknown>;
    terms_hash: Hex;
    chain_id: number;
    market: Hex;
    buyer: Hex;
    client_salt: Hex;
    job_id: Hex;
  }[];
  awards: {
    awardees: { provider: Hex; device_id: Hex; payee: Hex; price_usd6: number | string; units: number }[];
    award_hash: Hex;
  }[];
}
const { jobs, awards } = vectorsOf<Vectors>("digests");

test.each(jobs)("jobIdOf__golden job__same terms hash and id", (job) => {
  const terms = termsOf(job.terms);
  expect(termsHash(terms)).toBe(job.terms_hash);
  expect(jobIdOf(job.chain_id, job.market, job.buyer, job.client_salt, terms)).toBe(job.job_id);
});

test.each(awards)("awardHash__golden award list__same hash", ({ awardees, award_hash }) => {
  expect(awardHash(awardees.map((one) => ({ ...one, price_usd6: BigInt(one.price_usd6) })))).toBe(award_hash);
});

test("termsOf__wrong types__names the field", () => {
  const good = jobs[0]?.terms ?? {};
  expect(() => termsOf({ ...good, lots: -1 })).toThrow("terms.lots");
  expect(() => termsOf({ ...good, ceiling_usd6: "1.5" })).toThrow("terms.ceiling_usd6");
  expect(() => termsOf({ ...good, spec_hash: "0x12" })).toThrow("terms.spec_hash");
});
