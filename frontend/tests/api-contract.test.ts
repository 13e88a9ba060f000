/**
 * The hand-written API shapes against the generated ones: a field that a screen reads and the server does not answer is a
 * compile error here (`npm run typecheck`), and at run time the schema must name every path the screens ask for.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, expectTypeOf, test } from "vitest";
import type { components } from "@/generated/api";
import type * as disputes from "@/lib/api/disputeTypes";
import type * as ours from "@/lib/api/types";

type Schemas = components["schemas"];
/** Fields we read that the schema does not have; `never` when all are there. */
type Missing<Ours, Theirs> = Exclude<keyof Ours, keyof Theirs>;

test("types__every field a screen reads__is in the schema", () => {
  expectTypeOf<Missing<ours.AppConfig, Schemas["Config"]>>().toBeNever();
  expectTypeOf<Missing<ours.Status, Schemas["Status"]>>().toBeNever();
  expectTypeOf<Missing<ours.Stats, Schemas["Stats"]>>().toBeNever();
  expectTypeOf<Missing<ours.JobSummary, Schemas["Job"]>>().toBeNever();
  expectTypeOf<Missing<ours.JobDetail, Schemas["JobDetail"]>>().toBeNever();
  expectTypeOf<Missing<ours.Lot, Schemas["Lot"]>>().toBeNever();
  expectTypeOf<Missing<ours.Seat, Schemas["Seat"]>>().toBeNever();
  expectTypeOf<Missing<ours.TimelineEvent, Schemas["Event"]>>().toBeNever();
  expectTypeOf<Missing<ours.Device, Schemas["Device"]>>().toBeNever();
  expectTypeOf<Missing<ours.ShareFacts, Schemas["Share"]>>().toBeNever();
  expectTypeOf<Missing<ours.Income, Schemas["Income"]>>().toBeNever();
  expectTypeOf<Missing<ours.Holder, Schemas["Holder"]>>().toBeNever();
  expectTypeOf<Missing<ours.Provider, Schemas["Provider"]>>().toBeNever();
  expectTypeOf<Missing<ours.ProviderDetail, Schemas["ProviderDetail"]>>().toBeNever();
  expectTypeOf<Missing<disputes.Game, Schemas["Game"]>>().toBeNever();
  expectTypeOf<Missing<disputes.GameDetail, Schemas["GameDetail"]>>().toBeNever();
  expectTypeOf<Missing<disputes.Claim, Schemas["Claim"]>>().toBeNever();
  expectTypeOf<Missing<disputes.Level, Schemas["Level"]>>().toBeNever();
  expectTypeOf<Missing<disputes.PositionJson, Schemas["Position"]>>().toBeNever();
  expectTypeOf<Missing<disputes.GameAnswer, Schemas["Answer"]>>().toBeNever();
  expectTypeOf<Missing<disputes.GameRuling, Schemas["Ruling"]>>().toBeNever();
  expectTypeOf<Missing<disputes.ProgramOf, Schemas["ProgramOf"]>>().toBeNever();
  expectTypeOf<Missing<disputes.SplitLine, Schemas["SplitLine"]>>().toBeNever();
  expectTypeOf<Missing<disputes.LotClaim, Schemas["LotClaim"]>>().toBeNever();
  expectTypeOf<Missing<disputes.Conviction, Schemas["Conviction"]>>().toBeNever();
  expectTypeOf<Missing<ours.Unbond, Schemas["Unbond"]>>().toBeNever();
  expectTypeOf<Missing<ours.Account, Schemas["Account"]>>().toBeNever();
  expectTypeOf<Missing<ours.Account["shares"][number], Schemas["Held"]>>().toBeNever();
  expectTypeOf<Missing<ours.Quote, Schemas["Quote"]>>().toBeNever();
  expectTypeOf<Missing<ours.Quote["price"], Schemas["Price"]>>().toBeNever();
  expectTypeOf<Missing<ours.Refusal, Schemas["Refusal"]>>().toBeNever();
  expectTypeOf<Missing<ours.Quota, Schemas["Quota"]>>().toBeNever();
  expectTypeOf<Missing<ours.QuoteRequest, Schemas["QuoteRequestRequest"]>>().toBeNever();
});

const PATHS = [
  "/config",
  "/status",
  "/stats",
  "/jobs",
  "/jobs/{job_id}",
  "/jobs/{job_id}/lots",
  "/jobs/{job_id}/events",
  "/disputes",
  "/disputes/{game}",
  "/devices",
  "/devices/{device_id}",
  "/devices/{device_id}/income",
  "/shares/{share}/holders",
  "/providers",
  "/providers/{address}",
  "/accounts/{address}",
  "/quotes",
  "/artifacts/{kind}/{id}",
];

test.each(PATHS)("openapi.yaml__path %s__is served", (path) => {
  const schema = readFileSync(join(process.cwd(), "../backend/api/openapi.yaml"), "utf8");
  expect(schema).toContain(`  /api/v1${path}:\n`);
});
