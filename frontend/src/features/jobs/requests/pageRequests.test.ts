import { expect, test } from "vitest";
import {
  nextPage,
  OUTPUT,
  outputRequests,
  PAGES_AN_ITEM,
  wholeItems,
} from "@/features/jobs/requests/pageRequests";
import type { TimelineEvent } from "@/lib/api/types";
import { PAGE_BYTES } from "@/lib/merkle";
import { ITEM_BYTES } from "@/lib/render/plan";
import { hash } from "@/test/render";
import { answered, requested, withheld } from "@/test/requests";

const all = (item: number): TimelineEvent[] =>
  Array.from({ length: PAGES_AN_ITEM }, (_, page) => [
    requested({ id: hash(String(page)), item, page }),
    answered({ id: hash(String(page)) }),
  ]).flat();
const pages = new Map(
  Array.from({ length: PAGES_AN_ITEM }, (_, page) => [
    hash(String(page)),
    new Uint8Array(PAGE_BYTES).fill(page + 1),
  ]),
);

test("outputRequests__asked, shown, withheld__each with its state", () => {
  const events = [
    requested({ id: hash("1"), page: 0 }),
    requested({ id: hash("2"), page: 1 }),
    requested({ id: hash("3"), page: 2 }),
    answered({ id: hash("1") }),
    withheld({ id: hash("2") }),
  ];
  expect(outputRequests(events).map((one) => one.state)).toEqual(["shown", "withheld", "open"]);
  expect(outputRequests(events)[0]).toMatchObject({ lot: 0, item: 0, page: 0, deadline: 1_020 });
});

test("outputRequests__inputs asked for by a provider__are none of it", () => {
  expect(outputRequests([requested({ subject: 1 }), answered({})])).toEqual([]);
  expect(OUTPUT).toBe(3);
});

test("outputRequests__answered as out of range__holds no page", () => {
  const [only] = outputRequests([requested({}), answered({ in_range: false })]);
  expect(only).toMatchObject({ state: "shown", shownIn: null });
});

test("nextPage__pages shown__the first that was not, null after the last", () => {
  expect(nextPage([], 0, 0)).toBe(0);
  expect(nextPage(outputRequests(all(0).slice(0, 4)), 0, 0)).toBe(2);
  expect(nextPage(outputRequests(all(0)), 0, 1)).toBe(0);
  expect(nextPage(outputRequests(all(0)), 1, 0)).toBe(0);
  expect(nextPage(outputRequests(all(0)), 0, 0)).toBeNull();
});

test("wholeItems__every page read__the item's bytes in order", () => {
  const bytes = wholeItems(outputRequests(all(2)), 0, pages).get(2);
  expect(bytes?.length).toBe(ITEM_BYTES);
  expect([bytes?.[0], bytes?.[PAGE_BYTES], bytes?.[ITEM_BYTES - 1]]).toEqual([1, 2, PAGES_AN_ITEM]);
});

test("wholeItems__one page not read yet, or of another lot__no item", () => {
  const some = new Map([...pages].slice(1));
  expect(wholeItems(outputRequests(all(0)), 0, some).size).toBe(0);
  expect(wholeItems(outputRequests(all(0)), 1, pages).size).toBe(0);
});
