/** Hashes a file off the main thread, streaming, with progress; answers its artifact id. */
import { ArtifactHasher } from "@/lib/merkle";

const PROGRESS_EVERY_BYTES = 4 * 1024 * 1024;

self.onmessage = async (event: MessageEvent<Blob>) => {
  try {
    const hasher = new ArtifactHasher();
    const reader = event.data.stream().getReader();
    let done = 0;
    let told = 0;
    for (;;) {
      const { value, done: ended } = await reader.read();
      if (ended) break;
      hasher.update(value);
      done += value.length;
      if (done - told >= PROGRESS_EVERY_BYTES) {
        told = done;
        self.postMessage({ kind: "progress", bytes: done });
      }
    }
    self.postMessage({ kind: "done", id: hasher.finish() });
  } catch (error) {
    self.postMessage({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
  }
};
