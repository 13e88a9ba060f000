/** The chosen scene: checked, hashed in a worker, and asked for in the store. */
import { useCallback, useRef, useState } from "react";
import { SCENE_LIMIT_BYTES } from "@/features/jobs/new/form";
import { isStored } from "@/features/jobs/new/upload";
import type { Hex } from "@/lib/bytes";
import { formatBytes } from "@/lib/format/ids";
import { hashFile } from "@/lib/workers/hashFile";

export type SceneState =
  | { step: "none"; error: string | null }
  | { step: "hashing"; name: string; size: number; done: number }
  | { step: "ready"; name: string; size: number; id: Hex; blob: Blob | null; stored: boolean };

const GLB_MAGIC = 0x46546c67;

/** A sentence when the file cannot be a scene; null when it may be one. */
export async function sceneProblem(file: Blob, name: string): Promise<string | null> {
  if (!/\.(glb|gltf)$/i.test(name)) return `${name} is not a .glb or .gltf file.`;
  if (file.size === 0) return `${name} is empty.`;
  if (file.size > SCENE_LIMIT_BYTES) {
    return `${name} has ${formatBytes(file.size)}; the limit is ${formatBytes(SCENE_LIMIT_BYTES)}. Make its textures smaller.`;
  }
  const head = new Uint8Array(await file.slice(0, 512).arrayBuffer());
  if (/\.glb$/i.test(name)) {
    const magic = head.length >= 12 ? new DataView(head.buffer).getUint32(0, true) : 0;
    return magic === GLB_MAGIC ? null : `${name} does not begin like a binary glTF file.`;
  }
  return new TextDecoder().decode(head).trimStart().startsWith("{")
    ? null
    : `${name} does not begin like a JSON glTF file.`;
}

export function useScene() {
  const [scene, setScene] = useState<SceneState>({ step: "none", error: null });
  const turn = useRef(0);

  const choose = useCallback(async (blob: Blob, name: string) => {
    const mine = ++turn.current;
    const current = () => turn.current === mine;
    const problem = await sceneProblem(blob, name);
    if (!current()) return;
    if (problem) return setScene({ step: "none", error: problem });
    setScene({ step: "hashing", name, size: blob.size, done: 0 });
    try {
      const id = await hashFile(blob, (done) => {
        if (current()) setScene({ step: "hashing", name, size: blob.size, done });
      });
      const stored = await isStored("bytes", id);
      if (current()) setScene({ step: "ready", name, size: blob.size, id, blob, stored });
    } catch (error) {
      if (current())
        setScene({ step: "none", error: error instanceof Error ? error.message : String(error) });
    }
  }, []);

  const chooseSample = useCallback(async () => {
    const response = await fetch("/scenes/gallery.glb");
    if (!response.ok) {
      setScene({ step: "none", error: `The sample scene could not be fetched: HTTP ${response.status}.` });
      return;
    }
    await choose(await response.blob(), "gallery.glb");
  }, [choose]);

  /** A scene that is in the store already, by its id (a re-run). */
  const chooseStored = useCallback(async (id: Hex) => {
    const mine = ++turn.current;
    const stored = await isStored("bytes", id).catch(() => false);
    if (turn.current !== mine) return;
    if (!stored) setScene({ step: "none", error: "The scene of that job is not in the store any more." });
    else setScene({ step: "ready", name: "Scene of the earlier job", size: 0, id, blob: null, stored: true });
  }, []);

  const markStored = useCallback(() => {
    setScene((old) => (old.step === "ready" ? { ...old, stored: true } : old));
  }, []);

  return { scene, choose, chooseSample, chooseStored, markStored };
}
