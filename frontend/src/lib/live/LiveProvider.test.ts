import { expect, test } from "vitest";
import { keys } from "@/lib/api/keys";
import { staleKeys } from "@/lib/live/LiveProvider";
import { address, hash } from "@/test/render";

const job = hash("a");

test.each([
  ["job", { topic: `job:${job}`, id: job }],
  ["lot", { topic: `job:${job}`, id: `${job}:7` }],
  ["lot", { topic: `job:${job}` }],
])("staleKeys__%s %o__everything cached of that job", (kind, message) => {
  expect(staleKeys(kind, message)).toContainEqual(keys.job(job));
  const prefix = keys.job(job);
  expect(keys.lots(job).slice(0, prefix.length)).toEqual(prefix);
  expect(keys.events(job).slice(0, prefix.length)).toEqual(prefix);
});

test("staleKeys__a move in a game__the game, every list of games, the sums", () => {
  const stale = staleKeys("dispute", { topic: "dispute:7", id: "7" });
  expect(stale).toContainEqual(keys.dispute("7"));
  expect(stale).toContainEqual(keys.disputes());
  expect(keys.disputes({ job }).slice(0, 1)).toEqual(keys.disputes());
  expect(staleKeys("dispute", { topic: "dispute:9" })).toContainEqual(keys.dispute("9"));
});

test("staleKeys__account, device, head, reset, unknown__what each is about", () => {
  const account = address("b");
  expect(staleKeys("account", { topic: `account:${account}`, id: account })).toContainEqual(
    keys.provider(account),
  );
  expect(staleKeys("device", { topic: "devices", id: hash("c") })).toContainEqual(keys.device(hash("c")));
  expect(staleKeys("head", { topic: "head", id: "12" })).toEqual([keys.status]);
  expect(staleKeys("reset", { topic: "reset" })).toEqual([[]]);
  expect(staleKeys("weather", { topic: "weather" })).toEqual([]);
});
