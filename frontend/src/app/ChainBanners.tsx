/** What the reader must know about the chain before trusting the page: reset, far behind, server away. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { strings } from "@/app/strings";
import { statusQuery } from "@/lib/api/queries";
import { acceptGenesis, genesisChanged } from "@/lib/chain/genesis";
import { useConfig } from "@/lib/config";
import { sameHex } from "@/lib/format/ids";
import { Button } from "@/ui/Button";
import { Notice } from "@/ui/States";

const LAG_WORTH_SAYING = 10;

export function ChainBanners() {
  const { chain_id, genesis_hash } = useConfig();
  const [reset, setReset] = useState(() => genesisChanged(chain_id, genesis_hash));
  const status = useQuery(statusQuery);
  const lag = status.data?.lag_blocks ?? 0;
  const swapped = status.data?.genesis_hash && !sameHex(status.data.genesis_hash, genesis_hash);
  return (
    <div className="grid gap-3 empty:hidden [&:not(:empty)]:mb-5">
      {swapped && (
        <Notice
          tone="bad"
          title={strings.serverReset}
          action={
            <Button size="small" onClick={() => window.location.reload()}>
              Reload
            </Button>
          }
        />
      )}
      {reset && (
        <Notice
          tone="warn"
          title={strings.resetTitle}
          action={
            <Button
              size="small"
              onClick={() => {
                acceptGenesis(chain_id, genesis_hash);
                setReset(false);
              }}
            >
              {strings.resetDone}
            </Button>
          }
        >
          {strings.resetText}
        </Notice>
      )}
      {status.isError && <Notice tone="warn" title={strings.statusDown} />}
      {!status.isError && lag > LAG_WORTH_SAYING && <Notice tone="warn" title={strings.lagging(lag)} />}
    </div>
  );
}
