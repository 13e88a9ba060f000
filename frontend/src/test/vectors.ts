/** Golden files that Python, Vyper and this folder's tests read alike. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

export function vectorsOf<T>(name: string): T {
  return JSON.parse(readFileSync(join(process.cwd(), "../tests/vectors", `${name}.json`), "utf8")) as T;
}
