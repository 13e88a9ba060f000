/**
 * Fetches the results of revealed lots and checks every byte against the root on chain before a pixel is shown:
 * list object → list root, each item → its artifact id, each result → the plan. One lot at a time, in the order asked.
 */

import type { LotAnswer, LotRequest } from "@/lib/workers/lotMessages";
import { Unavailable, verifyLot } from "@/lib/workers/verifyLot";

let queue: Promise<void> = Promise.resolve();

self.onmessage = (event: MessageEvent<LotRequest>) => {
  const request = event.data;
  queue = queue.then(async () => {
    let answer: LotAnswer;
    try {
      const items = await verifyLot(request);
      answer = { kind: "verified", lot: request.lot, root: request.root, items };
      const buffers = items.map((item) => item.values.buffer as ArrayBuffer);
      self.postMessage(answer, { transfer: buffers });
      return;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const missing = error instanceof Unavailable ? error.offset : null;
      answer = { kind: "failed", lot: request.lot, root: request.root, message, missing };
    }
    self.postMessage(answer);
  });
};
