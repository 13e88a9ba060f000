/** The picture filling in tile by tile; downloads once it is whole, and before, of what is there. */
import { type RefObject, useEffect, useRef } from "react";
import { strings } from "@/features/jobs/page/strings";
import { outputRequests } from "@/features/jobs/requests/pageRequests";
import type { PictureStore } from "@/features/jobs/tiles/pictureStore";
import { planProblem, usePictureState, usePictureStore, useRequests } from "@/features/jobs/tiles/usePicture";
import { lazyWallet } from "@/features/wallet/lazyWallet";
import type { JobDetail, Lot, TimelineEvent } from "@/lib/api/types";
import { saveBlob } from "@/lib/download";
import { planOf, type RenderSpec, renderSpecOf } from "@/lib/render/plan";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Notice } from "@/ui/States";

const MissingPages = lazyWallet(
  async () => (await import("@/features/jobs/requests/MissingPages")).MissingPages,
  null,
);

interface Props {
  job: JobDetail;
  lots: readonly Lot[];
  events: readonly TimelineEvent[];
}

export function PicturePanel({ job, lots, events }: Props) {
  const spec = renderSpecOf(job.spec);
  if (!spec) {
    return (
      <Card title={strings.picture}>
        <p className="text-muted">{job.spec ? strings.notRender : strings.waitingSpec}</p>
      </Card>
    );
  }
  const problem = planProblem(planOf(spec), job);
  if (problem) {
    return (
      <Card title={strings.picture}>
        <Notice tone="bad">{problem}</Notice>
      </Card>
    );
  }
  return <Picture job={job} lots={lots} events={events} spec={spec} />;
}

function Picture({ job, lots, events, spec }: Props & { spec: RenderSpec }) {
  const store = usePictureStore(job, spec);
  useRequests(store, lots);
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!store || !context) return;
    context.clearRect(0, 0, spec.width, spec.height);
    return store.paintOn((tile) => {
      context.putImageData(new ImageData(tile.rgba, tile.width, tile.height), tile.x, tile.y);
    });
  }, [store, spec.width, spec.height]);

  return (
    <Card
      title={strings.picture}
      note={strings.pictureNote}
      actions={store && <Downloads store={store} canvas={canvas} job={job} />}
    >
      <canvas
        ref={canvas}
        width={spec.width}
        height={spec.height}
        role="img"
        aria-label={`Rendered picture, ${spec.width} by ${spec.height} pixels`}
        data-testid="picture"
        className="block h-auto w-full rounded bg-raised [image-rendering:auto]"
      />
      {store && <Progress store={store} all={job.lots} />}
      {store && <Missing store={store} job={job} lots={lots} events={events} />}
    </Card>
  );
}

function Progress({ store, all }: { store: PictureStore; all: number }) {
  const state = usePictureState(store);
  // what is only missing is told below, with what can be done about it
  const broken = [...state.failures].filter(([, failure]) => failure.missing === null);
  const [lot, failure] = broken[0] ?? [null, null];
  return (
    <div className="mt-2 grid gap-1">
      <div className="flex items-center gap-3 text-sm">
        <progress
          value={state.verified}
          max={all}
          aria-label="Lots verified"
          className="h-1.5 flex-1 accent-accent"
        />
        <span data-testid="verified-lots" data-verified={state.verified} data-complete={state.complete}>
          {strings.verified(state.verified, all)}
        </span>
      </div>
      <p aria-live="polite" className="min-h-4 text-xs text-warn">
        {failure &&
          `${failure.message}. Trying again. (lot ${lot}${broken.length > 1 ? ` and ${broken.length - 1} more` : ""})`}
      </p>
    </div>
  );
}

/** A provider uploads its result before it shows the root, so a lot that fails again is worth a word; wallet code comes then. */
function Missing({ store, ...rest }: Props & { store: PictureStore }) {
  const { failures } = usePictureState(store);
  const asked = outputRequests(rest.events).some((one) => one.state === "open");
  if (failures.size === 0 && !asked) return null;
  return <MissingPages store={store} failures={failures} {...rest} />;
}

interface DownloadProps {
  store: PictureStore;
  canvas: RefObject<HTMLCanvasElement | null>;
  job: JobDetail;
}

function Downloads({ store, canvas, job }: DownloadProps) {
  const state = usePictureState(store);
  const name = `assay-${job.id.slice(2, 10)}${state.complete ? "" : "-partial"}`;
  const empty = state.verified === 0;
  return (
    <>
      <Button
        size="small"
        look={state.complete ? "primary" : "plain"}
        disabled={empty}
        onClick={() => canvas.current?.toBlob((blob) => blob && saveBlob(`${name}.png`, blob), "image/png")}
      >
        {strings.downloadPng}
      </Button>
      <Button
        size="small"
        disabled={empty}
        title={strings.rawHint}
        onClick={() => saveBlob(`${name}.npy`, new Blob([store.raw()], { type: "application/octet-stream" }))}
      >
        {strings.downloadRaw}
      </Button>
    </>
  );
}
