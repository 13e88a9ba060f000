// Writes src/generated (contract ABIs as typed constants, API types) and copies the sample scene into public/.
// Run by `npm run generate`, and by every script that compiles. Nothing it writes is committed.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const INPUTS = {
  abi: here("../../contracts/abi/JobMarket.json"),
  openapi: here("../../backend/api/openapi.yaml"),
  scene: here("../../worker/assay/jobs/render/scenes/gallery.glb"),
};
const MAKERS = {
  abi: "python -m contracts.scripts.export_abi",
  openapi: "python backend/manage.py spectacular --file backend/api/openapi.yaml",
  scene: "python -m assay.jobs.render.scenes",
};

for (const [name, path] of Object.entries(INPUTS)) {
  if (!existsSync(path)) {
    console.error(`generate: ${path} is missing. Make it first: ${MAKERS[name]}`);
    process.exit(1);
  }
}

/** Runs a package's command quietly; what it said is shown only when it failed. */
function run(tool, args) {
  const result = spawnSync(process.execPath, [here(`../node_modules/${tool}`), ...args], {
    cwd: here(".."),
    encoding: "utf8",
  });
  if (result.status !== 0) {
    console.error(`generate: ${tool} failed\n${result.stdout}${result.stderr}`);
    process.exit(1);
  }
}

mkdirSync(here("../src/generated"), { recursive: true });
mkdirSync(here("../public/scenes"), { recursive: true });
run("@wagmi/cli/dist/esm/cli.js", ["generate"]);
run("openapi-typescript/bin/cli.js", [INPUTS.openapi, "-o", "src/generated/api.ts"]);
copyFileSync(INPUTS.scene, here("../public/scenes/gallery.glb"));
