/** The picture store of one job, with its worker; both live as long as the page shows the job. */
import { useEffect, useState, useSyncExternalStore } from "react";
import { type PictureState, PictureStore } from "@/features/jobs/tiles/pictureStore";
import type { JobDetail, Lot } from "@/lib/api/types";
import { planOf, type RenderPlan, type RenderSpec } from "@/lib/render/plan";
import type { LotAnswer } from "@/lib/workers/lotMessages";

/** Whether the terms on chain are the cut that the spec's plan gives; otherwise tiles cannot be placed. */
export function planProblem(plan: RenderPlan, job: JobDetail): string | null {
  const perLot = Number(job.terms.items_per_lot);
  if (plan.lots === job.lots && plan.items === job.items && plan.itemsPerLot === perLot) return null;
  return `The terms on chain cut ${job.items} items in ${job.lots} lots; the spec gives ${plan.items} in ${plan.lots}.`;
}

function openStore(plan: RenderPlan, exposure: number): { store: PictureStore; close(): void } {
  const worker = new Worker(new URL("../../../lib/workers/lots.worker.ts", import.meta.url), {
    type: "module",
  });
  const waiting = new Map<number, (answer: LotAnswer) => void>();
  worker.onmessage = (event: MessageEvent<LotAnswer>) => waiting.get(event.data.lot)?.(event.data);
  const store = new PictureStore(plan, exposure, (request, answer) => {
    waiting.set(request.lot, answer);
    worker.postMessage(request);
  });
  return {
    store,
    close: () => {
      store.close();
      worker.terminate();
    },
  };
}

export function usePictureStore(job: JobDetail, spec: RenderSpec): PictureStore | null {
  const [store, setStore] = useState<PictureStore | null>(null);
  const { width, height, samples, exposure } = spec;
  // biome-ignore lint/correctness/useExhaustiveDependencies: one store a job
  useEffect(() => {
    const opened = openStore(planOf({ width, height, samples }), exposure);
    setStore(opened.store);
    return () => {
      opened.close();
      setStore(null);
    };
  }, [job.id, width, height, samples, exposure]);
  return store;
}

export function usePictureState(store: PictureStore): PictureState {
  return useSyncExternalStore(store.subscribe, store.read);
}

/** Asks the store for every lot whose agreed root is on chain. */
export function useRequests(store: PictureStore | null, lots: readonly Lot[]): void {
  useEffect(() => {
    if (!store) return;
    for (const lot of lots) if (lot.root) store.request(lot.lot, lot.root);
  }, [store, lots]);
}
