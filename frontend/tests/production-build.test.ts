/** The production build must not carry the demo wallet: neither its mnemonic nor its connector's id, in any file. */
import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { build } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";

const FOLDER = join(process.cwd(), ".cache", "test-builds");
const MARKS = ["test test test test", "assay-demo-wallet", "junk"];

function textOf(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile() && /\.(js|html|css|json|map)$/.test(path))
    .map((path) => readFileSync(path, "utf8"))
    .join("\n");
}

async function builtWith(demo: "" | "1"): Promise<string> {
  const outDir = join(FOLDER, demo === "1" ? "local" : "production");
  const before = process.env.VITE_DEMO;
  process.env.VITE_DEMO = demo;
  try {
    await build({ logLevel: "silent", mode: "production", build: { outDir, emptyOutDir: true } });
  } finally {
    if (before === undefined) delete process.env.VITE_DEMO;
    else process.env.VITE_DEMO = before;
  }
  return textOf(outDir);
}

let production = "";
let local = "";
beforeAll(async () => {
  production = await builtWith("");
  local = await builtWith("1");
});
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

test.each(MARKS)("local build__holds the mark %j, so the next test can fail", (mark) => {
  expect(local).toContain(mark);
});

test.each(MARKS)("production build__demo wallet mark %j__absent", (mark) => {
  expect(production).not.toContain(mark);
});

test("build__strict content policy__no inline script or style in index.html", () => {
  const html = production.slice(production.indexOf("<!doctype html>"), production.indexOf("</html>"));
  expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/);
});
