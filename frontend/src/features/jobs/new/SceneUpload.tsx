/** Upload of a scene that the store does not have: connect, right chain, sign, send with progress. */
import { useState } from "react";
import { useSignTypedData } from "wagmi";
import { strings } from "@/features/jobs/new/strings";
import { UPLOAD_TYPES, uploadArtifact, uploadDomain } from "@/features/jobs/new/upload";
import { strings as walletStrings } from "@/features/wallet/strings";
import { plainError } from "@/features/wallet/txErrors";
import { useWallet } from "@/features/wallet/useWallet";
import { WalletGate } from "@/features/wallet/WalletGate";
import type { Hex } from "@/lib/bytes";
import { useConfig } from "@/lib/config";
import { formatBytes } from "@/lib/format/ids";
import { Button } from "@/ui/Button";

interface Props {
  id: Hex;
  blob: Blob;
  onStored(): void;
}

export function SceneUpload({ id, blob, onStored }: Props) {
  const { address, rightChain } = useWallet();
  const { chain_id } = useConfig();
  const signer = useSignTypedData();
  const [sent, setSent] = useState<number | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);

  async function upload(account: Hex) {
    setBusy(true);
    setError(null);
    try {
      await uploadArtifact({
        kind: "bytes",
        id,
        body: blob,
        account,
        sign: (message) =>
          signer.mutateAsync({
            account,
            domain: uploadDomain(chain_id),
            types: UPLOAD_TYPES,
            primaryType: "Upload",
            message,
          }),
        onProgress: setSent,
      });
      onStored();
    } catch (failure) {
      const plain = plainError(failure);
      setError([plain.message, plain.advice].filter(Boolean).join(" "));
    } finally {
      setBusy(false);
      setSent(null);
    }
  }

  if (!address || !rightChain) {
    return (
      <div className="grid gap-2">
        <p className="text-sm text-muted">{strings.uploadNote}</p>
        <WalletGate />
      </div>
    );
  }
  return (
    <div className="grid gap-2">
      <p className="text-sm text-muted">{strings.uploadNote}</p>
      <div className="flex flex-wrap items-center gap-3">
        <Button look="primary" busy={busy} onClick={() => void upload(address)}>
          {busy && sent === null ? walletStrings.asking : strings.upload}
        </Button>
        {sent !== null && (
          <span className="flex items-center gap-2 text-sm text-muted">
            <progress value={sent} max={blob.size} aria-label={strings.uploading} className="h-1.5 w-32" />
            {formatBytes(sent)} of {formatBytes(blob.size)}
          </span>
        )}
      </div>
      {error && (
        <p role="alert" className="text-sm text-bad">
          {error}
        </p>
      )}
    </div>
  );
}
