/** Puts an artifact into the store: asks whether it is there, else signs (EIP-712) and sends it with progress. */
import { ApiError, artifactUrl } from "@/lib/api/client";
import type { Hex } from "@/lib/bytes";

export type ArtifactKind = "bytes" | "list" | "spec";

/** Seconds an upload signature stays valid; the server accepts at most an hour. */
const VALID_SECONDS = 30 * 60;

export interface UploadMessage {
  readonly kind: ArtifactKind;
  readonly id: Hex;
  readonly size: bigint;
  readonly expiry: bigint;
}

export const UPLOAD_TYPES = {
  Upload: [
    { name: "kind", type: "string" },
    { name: "id", type: "bytes32" },
    { name: "size", type: "uint64" },
    { name: "expiry", type: "uint64" },
  ],
} as const;

export function uploadDomain(chainId: number) {
  return { name: "Assay artifacts", version: "1", chainId } as const;
}

export async function isStored(kind: ArtifactKind, id: Hex): Promise<boolean> {
  const response = await fetch(artifactUrl(kind, id), { method: "HEAD" });
  if (response.ok) return true;
  if (response.status === 404) return false;
  throw new ApiError(
    response.status,
    "Store not reached",
    `The artifact store answered HTTP ${response.status}.`,
  );
}

interface Upload {
  readonly kind: ArtifactKind;
  readonly id: Hex;
  readonly body: Blob;
  readonly account: Hex;
  sign(message: UploadMessage): Promise<Hex>;
  onProgress?(sent: number, total: number): void;
}

export async function uploadArtifact(upload: Upload): Promise<void> {
  // the server compares the expiry with its own wall clock; this is no deadline of the chain
  const expiry = BigInt(Math.floor(Date.now() / 1000) + VALID_SECONDS);
  const signature = await upload.sign({
    kind: upload.kind,
    id: upload.id,
    size: BigInt(upload.body.size),
    expiry,
  });
  await new Promise<void>((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", artifactUrl(upload.kind, upload.id));
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("X-Assay-Account", upload.account);
    request.setRequestHeader("X-Assay-Expiry", expiry.toString());
    request.setRequestHeader("X-Assay-Signature", signature);
    request.upload.onprogress = (event) => upload.onProgress?.(event.loaded, event.total);
    request.onload = () => (request.status < 300 ? resolve() : reject(problemOf(request)));
    request.onerror = () =>
      reject(new ApiError(0, "Upload broken off", "The connection broke during the upload. Try again."));
    request.send(upload.body);
  });
}

function problemOf(request: XMLHttpRequest): ApiError {
  try {
    const body = JSON.parse(request.responseText) as Record<string, string>;
    const hint = body.hint ? ` ${body.hint}` : "";
    return new ApiError(
      request.status,
      body.title ?? "Upload refused",
      `${body.detail ?? "The store refused the file."}${hint}`,
      body,
    );
  } catch {
    return new ApiError(
      request.status,
      "Upload refused",
      `The store refused the file: HTTP ${request.status}.`,
    );
  }
}
