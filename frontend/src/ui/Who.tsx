/** An account by name when the reader or the network has one for it, with its address one click away. */
import { Link } from "@tanstack/react-router";
import type { Hex } from "@/lib/bytes";
import { shortHex } from "@/lib/format/ids";
import { useNames } from "@/lib/useNames";
import { CopyButton } from "@/ui/Copyable";

interface Props {
  address: Hex;
  as: "provider" | "account";
  copy?: boolean;
}

export function Who({ address, as, copy = true }: Props) {
  const names = useNames();
  const name = as === "provider" ? names(address) : null;
  return (
    <span className="inline-flex max-w-full items-center gap-1">
      <Link
        to={as === "provider" ? "/providers/$address" : "/accounts/$address"}
        params={{ address }}
        title={address}
        className="link min-w-0 truncate"
      >
        {name ?? <span className="font-mono text-[0.8125rem]">{shortHex(address)}</span>}
      </Link>
      {copy && <CopyButton value={address} what="address" />}
    </span>
  );
}
