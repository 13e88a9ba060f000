import { expect, test } from "vitest";
import { csvCell, csvOf } from "@/lib/download";

test.each(["=1+1", "+1", "-1", "@x", "\tx"])("csvCell__formula %j__made harmless", (text) => {
  expect(csvCell(text).startsWith("'") || csvCell(text).startsWith(`"'`)).toBe(true);
});

test("csvOf__quotes, commas and lines__quoted", () => {
  expect(csvOf([{ a: 'say "x"', b: "1,2" }])).toBe('a,b\r\n"say ""x""","1,2"');
});
