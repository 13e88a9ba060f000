/** What a buyer can do when a revealed result is not served: ask for it on chain, watch the clock, end an unanswered request. */
import { useEffect } from "react";
import {
  nextPage,
  outputRequests,
  PAGES_AN_ITEM,
  type PageRequest,
  wholeItems,
} from "@/features/jobs/requests/pageRequests";
import { strings } from "@/features/jobs/requests/strings";
import { awardList, useAskForPage } from "@/features/jobs/requests/useAskForPage";
import { useShownPages } from "@/features/jobs/requests/useShownPages";
import type { LotFailure, PictureStore } from "@/features/jobs/tiles/pictureStore";
import { TxButton } from "@/features/wallet/TxButton";
import { useTransaction } from "@/features/wallet/useTransaction";
import { useWallet } from "@/features/wallet/useWallet";
import { useWrite } from "@/features/wallet/useWrite";
import { availabilityAbi } from "@/generated/contracts";
import type { JobDetail, Lot, TimelineEvent } from "@/lib/api/types";
import { contractOf, paramOf, useConfig } from "@/lib/config";
import { sameHex } from "@/lib/format/ids";
import { formatDuration } from "@/lib/format/time";
import { formatUsd6 } from "@/lib/format/usd";
import { useChainNow } from "@/lib/live/useHead";
import { Notice } from "@/ui/States";
import { Countdown } from "@/ui/Time";

/** A lot more than this many at once is said, not listed: one store that is away makes all of them missing. */
const LISTED = 4;

interface Props {
  job: JobDetail;
  lots: readonly Lot[];
  events: readonly TimelineEvent[];
  store: Pick<PictureStore, "supply">;
  failures: ReadonlyMap<number, LotFailure>;
}

export function MissingPages({ job, lots, events, store, failures }: Props) {
  const requests = outputRequests(events);
  const pages = useShownPages(requests.filter((one) => failures.has(one.lot)));
  useEffect(() => {
    for (const lot of new Set(requests.map((one) => one.lot))) {
      const items = wholeItems(requests, lot, pages);
      if (items.size > 0) store.supply(lot, items);
    }
  }, [requests, pages, store]);

  const open = new Map(requests.filter((one) => one.state === "open").map((one) => [one.lot, one]));
  const rows = lots.filter((lot) => open.has(lot.lot) || (failures.get(lot.lot)?.missing ?? null) !== null);
  if (rows.length === 0) return null;
  return (
    <Notice tone="warn" title={strings.title}>
      <ul className="grid gap-3">
        {rows.slice(0, LISTED).map((lot) => (
          <li key={lot.lot} className="grid gap-1.5">
            <MissingLot
              job={job}
              lot={lot}
              failure={failures.get(lot.lot) ?? null}
              open={open.get(lot.lot) ?? null}
              requests={requests}
            />
          </li>
        ))}
      </ul>
      {rows.length > LISTED && <p className="mt-2">… and {rows.length - LISTED} more lots.</p>}
    </Notice>
  );
}

interface LotProps {
  job: JobDetail;
  lot: Lot;
  failure: LotFailure | null;
  open: PageRequest | null;
  requests: readonly PageRequest[];
}

function MissingLot({ job, lot, failure, open, requests }: LotProps) {
  const wallet = useWallet();
  const item = failure?.missing ?? 0;
  const page = nextPage(requests, lot.lot, item);
  const shown = requests.filter((one) => one.lot === lot.lot && one.item === item && one.shownIn);
  return (
    <>
      <p>
        <b>Lot {lot.lot}</b>
        {failure && `: ${failure.message}.`}
        {shown.length > 0 && ` ${strings.shown(shown.length, PAGES_AN_ITEM)}`}
      </p>
      {open ? (
        <OpenRequest job={job} request={open} />
      ) : lot.phase !== "WINDOW" ? (
        <p className="text-muted">{strings.closed}</p>
      ) : !sameHex(wallet.address, job.buyer) ? (
        <p className="text-muted">{strings.notBuyer}</p>
      ) : (
        page !== null && <Ask job={job} lot={lot} item={item} page={page} />
      )}
    </>
  );
}

function Ask({ job, lot, item, page }: { job: JobDetail; lot: Lot; item: number; page: number }) {
  const app = useConfig();
  const wallet = useWallet();
  const now = useChainNow();
  const ask = useAskForPage();
  const tx = useTransaction(`ask:${job.id}:${lot.lot}:${item}:${page}`);
  const price = paramOf(app, "page_price_usd6");
  const clock = paramOf(app, "page_clock_seconds");
  if (price === null || clock === null) return null;
  const priceUsd6 = BigInt(price);
  const end = lot.window_end ?? lot.deadline ?? 0;
  return (
    <>
      <p className="text-muted">{strings.what(formatUsd6(priceUsd6), formatDuration(clock))}</p>
      <p>
        {strings.window} <Countdown until={end} over={strings.over} />
      </p>
      <TxButton
        tx={tx}
        size="small"
        label={strings.ask(page + 1, PAGES_AN_ITEM, formatUsd6(priceUsd6))}
        blocked={now !== null && now > end ? strings.over : null}
        submit={() => ask(wallet.address as `0x${string}`, { job, lot: lot.lot, item, page, priceUsd6 })}
      />
    </>
  );
}

function OpenRequest({ job, request }: { job: JobDetail; request: PageRequest }) {
  const app = useConfig();
  const now = useChainNow();
  const write = useWrite();
  const tx = useTransaction(`end-request:${request.id}`);
  const over = now !== null && now > request.deadline;
  return (
    <>
      <p>
        {strings.asked(request.page + 1, PAGES_AN_ITEM, request.item)}{" "}
        <Countdown until={request.deadline} over={strings.over} />
      </p>
      {over && (
        <>
          <TxButton
            tx={tx}
            size="small"
            look="danger"
            label={strings.end}
            submit={() =>
              write({
                address: contractOf(app, "Availability"),
                abi: availabilityAbi,
                functionName: "close_request",
                args: [job.id, awardList(job), request.lot],
              })
            }
          />
          <p className="text-xs text-muted">{strings.endNote}</p>
        </>
      )}
    </>
  );
}
