// One self-contained HTML file out of the exit page's build: script and style inside, a policy that admits nothing else.
//   node scripts/exit.mjs OUT.html [DEPLOYMENT.json …]     (default deployments: contracts/deployments/*.json)
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const [out, ...named] = process.argv.slice(2);
if (!out) {
  console.error("exit: name the file to write: node scripts/exit.mjs OUT.html [DEPLOYMENT.json …]");
  process.exit(2);
}

const built = here("../node_modules/.cache/exit/");
const folder = here("../../contracts/deployments/");
const published = existsSync(folder)
  ? readdirSync(folder)
      .filter((name) => name.endsWith(".json"))
      .map((name) => folder + name)
  : [];
const deployments = (named.length > 0 ? named : published).map((path) =>
  JSON.parse(readFileSync(path, "utf8")),
);

let html = readFileSync(`${built}exit.html`, "utf8");
const asset = (pattern) => {
  const match = pattern.exec(html);
  if (!match) throw new Error(`exit.html has no ${pattern}`);
  html = html.replace(match[0], "");
  return readFileSync(built + match[1].replace(/^\.?\//, ""), "utf8");
};
const script = asset(/<script type="module"[^>]* src="([^"]+)"><\/script>/);
const style = asset(/<link rel="stylesheet"[^>]* href="([^"]+)">/);
// inside an element a closing tag would end it, whatever the language thinks of it
if (/<\/style/i.test(style)) throw new Error("the style holds a closing tag");
const code = script.replace(/<\/script/gi, "<\\/script").replace(/<!--/g, "<\\!--");
const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
const policy = [
  "default-src 'none'",
  `script-src ${hash(code)}`,
  `style-src ${hash(style)}`,
  "style-src-attr 'none'",
  "img-src data:",
  "connect-src http: https:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");
const data = JSON.stringify(deployments).replace(/</g, "\\u003c");
const put = (place, text) => {
  if (!html.includes(place)) throw new Error(`exit.html has no ${place}`);
  html = html.replace(place, () => text);
};
put(
  '<meta charset="utf-8" />',
  `<meta charset="utf-8" />\n    <meta http-equiv="Content-Security-Policy" content="${policy}" />`,
);
put("</head>", `<style>${style}</style>\n  </head>`);
put('id="deployments">[]<', `id="deployments">${data}<`);
put("</body>", `<script type="module">${code}</script>\n  </body>`);
mkdirSync(dirname(out), { recursive: true });
writeFileSync(out, html);
console.log(`${out}: ${(html.length / 1000).toFixed(0)} kB, ${deployments.length} deployment(s) inside`);
