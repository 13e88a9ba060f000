/** Artifact id of a file, computed in a worker of its own. */
import type { Hex } from "@/lib/bytes";

type Answer =
  | { kind: "progress"; bytes: number }
  | { kind: "done"; id: Hex }
  | { kind: "failed"; message: string };

export function hashFile(file: Blob, onProgress?: (bytes: number) => void): Promise<Hex> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./hash.worker.ts", import.meta.url), { type: "module" });
    const end = (settle: () => void) => {
      worker.terminate();
      settle();
    };
    worker.onmessage = (event: MessageEvent<Answer>) => {
      const answer = event.data;
      if (answer.kind === "progress") onProgress?.(answer.bytes);
      else if (answer.kind === "done") end(() => resolve(answer.id));
      else end(() => reject(new Error(answer.message)));
    };
    worker.onerror = (event) => end(() => reject(new Error(event.message || "the hashing worker failed")));
    worker.postMessage(file);
  });
}
