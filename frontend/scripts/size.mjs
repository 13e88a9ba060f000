// Budgets of the first view and of each lazy chunk, gzip, read from Vite's manifest. Run after a build: npm run size.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const FIRST_VIEW_KB = 170;
const LAZY_KB = 80;

const dist = fileURLToPath(new URL(`../${process.env.ASSAY_FRONTEND_DIST ?? "dist"}/`, import.meta.url));
const manifest = JSON.parse(readFileSync(`${dist}.vite/manifest.json`, "utf8"));
const gzipKb = (file) => gzipSync(readFileSync(dist + file)).length / 1000;

const entry = Object.values(manifest).find((chunk) => chunk.isEntry);
const first = new Set();
(function collect(chunk) {
  if (first.has(chunk.file)) return;
  first.add(chunk.file);
  for (const name of chunk.imports ?? []) collect(manifest[name]);
})(entry);

const rows = [...new Set(Object.values(manifest).map((chunk) => chunk.file))]
  .filter((file) => file.endsWith(".js"))
  .map((file) => ({ file, kb: gzipKb(file), first: first.has(file) }));
const total = rows.filter((row) => row.first).reduce((sum, row) => sum + row.kb, 0);
const tooBig = rows.filter((row) => !row.first && row.kb > LAZY_KB);

for (const row of rows.sort((a, b) => b.kb - a.kb)) {
  console.log(`${row.kb.toFixed(1).padStart(7)} kB  ${row.first ? "first view" : "lazy      "}  ${row.file}`);
}
console.log(
  `first view: ${total.toFixed(1)} kB gzip (budget ${FIRST_VIEW_KB}); lazy chunks over ${LAZY_KB} kB: ${tooBig.length}`,
);
if (total > FIRST_VIEW_KB || tooBig.length > 0) process.exit(1);
