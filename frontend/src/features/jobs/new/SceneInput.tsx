/** Drag and drop, a file dialog, or the sample scene; then what was found out about the file. */
import { useId, useState } from "react";
import { SCENE_LIMIT_BYTES } from "@/features/jobs/new/form";
import { strings } from "@/features/jobs/new/strings";
import type { SceneState } from "@/features/jobs/new/useScene";
import { formatBytes } from "@/lib/format/ids";
import { Badge } from "@/ui/Badge";
import { Button, buttonClass } from "@/ui/Button";
import { Copyable } from "@/ui/Copyable";

interface Props {
  scene: SceneState;
  onFile(file: File): void;
  onSample(): void;
}

export function SceneInput({ scene, onFile, onSample }: Props) {
  const id = useId();
  const [over, setOver] = useState(false);
  return (
    <div className="grid gap-3">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is an extra; the button inside does the same */}
      <div
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          const file = event.dataTransfer.files[0];
          if (file) onFile(file);
        }}
        className={`grid min-h-36 place-items-center rounded-lg border border-dashed px-4 py-5 text-center ${over ? "border-accent bg-accent-soft" : "border-line-strong"}`}
      >
        <SceneStatus scene={scene} />
        <div className="mt-3 flex flex-wrap justify-center gap-2">
          <input
            id={id}
            type="file"
            accept=".glb,.gltf,model/gltf-binary,model/gltf+json"
            className="peer sr-only"
            onChange={(event) => {
              const file = event.target.files?.[0];
              event.target.value = "";
              if (file) onFile(file);
            }}
          />
          <label
            htmlFor={id}
            className={`${buttonClass("plain", "small")} cursor-pointer peer-focus-visible:outline-2 peer-focus-visible:outline-accent`}
          >
            {strings.choose}
          </label>
          <Button size="small" look={scene.step === "none" ? "primary" : "plain"} onClick={onSample}>
            {strings.sample}
          </Button>
        </div>
      </div>
      {scene.step === "none" && scene.error && (
        <p role="alert" className="text-sm text-bad">
          {scene.error}
        </p>
      )}
    </div>
  );
}

function SceneStatus({ scene }: { scene: SceneState }) {
  if (scene.step === "none") {
    return (
      <div>
        <p className="font-medium">{strings.drop}</p>
        <p className="text-sm text-muted">{strings.dropHint(formatBytes(SCENE_LIMIT_BYTES))}</p>
        <p className="text-sm text-muted">{strings.sampleNote}</p>
      </div>
    );
  }
  if (scene.step === "hashing") {
    return (
      <div className="w-full max-w-xs">
        <p className="font-medium">{scene.name}</p>
        <p className="text-sm text-muted">
          {strings.hashing}: {formatBytes(scene.done)} of {formatBytes(scene.size)}
        </p>
        <progress
          className="mt-1 h-1.5 w-full"
          value={scene.done}
          max={scene.size}
          aria-label={strings.hashing}
        />
      </div>
    );
  }
  return (
    <div className="grid justify-items-center gap-1">
      <p className="font-medium">
        {scene.name}
        {scene.size > 0 && <span className="ml-2 font-normal text-muted">{formatBytes(scene.size)}</span>}
      </p>
      <p className="flex flex-wrap items-center justify-center gap-2 text-sm">
        <Copyable value={scene.id} what="artifact id" head={10} tail={6} />
        <Badge tone={scene.stored ? "good" : "warn"}>
          {scene.stored ? strings.inStore : strings.notInStore}
        </Badge>
      </p>
    </div>
  );
}
