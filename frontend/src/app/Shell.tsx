/** Header, banners and footer around every screen. The wallet corner is a lazy chunk: pages paint before wallet code. */
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { ChainBanners } from "@/app/ChainBanners";
import { strings } from "@/app/strings";
import { ThemeToggle } from "@/app/ThemeToggle";
import { strings as walletStrings } from "@/features/wallet/strings";
import { setConnectOpen, useWalletWanted } from "@/features/wallet/walletUi";
import { statusQuery } from "@/lib/api/queries";
import { LOCAL_CHAIN_ID, useConfig } from "@/lib/config";
import { formatCount } from "@/lib/format/ids";
import { useLiveState } from "@/lib/live/LiveProvider";
import { Badge } from "@/ui/Badge";
import { Button, buttonClass } from "@/ui/Button";

const loadWallet = () => import("@/features/wallet/WalletButton");
const WalletButton = lazy(async () => ({ default: (await loadWallet()).WalletButton }));

const NAV =
  "rounded-md px-1.5 py-1.5 text-[0.8125rem] max-[430px]:px-1 max-[430px]:text-xs sm:px-2.5 sm:text-sm whitespace-nowrap text-muted hover:bg-raised hover:text-ink";
const ACTIVE = { className: "!text-ink bg-raised font-medium", "aria-current": "page" } as const;

export function Shell() {
  const { chain_id } = useConfig();
  return (
    <div className="flex min-h-dvh flex-col">
      <a
        href="#content"
        className="sr-only z-50 rounded-md bg-accent px-4 py-2 text-accent-ink focus:not-sr-only focus:absolute focus:top-2 focus:left-2"
      >
        {strings.skip}
      </a>
      <header className="sticky top-0 z-20 border-b border-line bg-surface">
        <div className="mx-auto flex max-w-7xl flex-wrap items-center gap-x-2 gap-y-1 px-4 py-2">
          <Link to="/" className="flex items-center gap-2 pr-2 font-semibold tracking-tight">
            <img src="/favicon.svg" alt="" className="size-6" />
            <span className="max-[430px]:sr-only">Assay</span>
          </Link>
          {chain_id === LOCAL_CHAIN_ID && (
            <span className="max-md:hidden">
              <Badge tone="warn" title={strings.localChainHint}>
                {strings.localChain}
              </Badge>
            </span>
          )}
          <nav
            aria-label="Main"
            className="-mx-1 flex gap-0.5 overflow-x-auto max-lg:order-last max-lg:w-full"
          >
            {strings.nav.map(({ to, label }) => (
              <Link
                key={to}
                to={to}
                className={NAV}
                activeProps={ACTIVE}
                activeOptions={{ exact: to === "/", includeSearch: false }}
              >
                {label}
              </Link>
            ))}
          </nav>
          <div className="ml-auto flex min-h-8 items-center gap-2">
            <Link to="/jobs/new" className={`${buttonClass("plain", "small")} max-sm:hidden`}>
              {strings.newJob}
            </Link>
            <ThemeToggle />
            <WalletCorner />
          </div>
        </div>
      </header>
      <main id="content" tabIndex={-1} className="mx-auto w-full max-w-7xl flex-1 px-4 py-6 outline-none">
        <ChainBanners />
        <Outlet />
      </main>
      <Footer />
    </div>
  );
}

/** A plain button until wallet code is wanted: the first view carries none of it. */
function WalletCorner() {
  const wanted = useWalletWanted();
  if (!wanted) {
    return (
      <Button
        look="primary"
        size="small"
        onPointerEnter={() => void loadWallet()}
        onClick={() => setConnectOpen(true)}
      >
        {walletStrings.connect}
      </Button>
    );
  }
  return (
    <Suspense fallback={<span className="skeleton h-8 w-32" aria-hidden="true" />}>
      <WalletButton />
    </Suspense>
  );
}

function Footer() {
  const { data } = useQuery(statusQuery);
  const live = useLiveState();
  const head = data?.cursor ?? data?.head;
  return (
    <footer className="border-t border-line bg-surface text-sm text-muted">
      <div className="mx-auto flex min-h-11 max-w-7xl flex-wrap items-center gap-x-5 gap-y-1 px-4 py-2">
        <span className="min-w-32">Block {head ? formatCount(head.number) : "–"}</span>
        <span className="flex items-center gap-1.5" title={strings.liveHint[live]}>
          <span
            aria-hidden="true"
            className={`size-2 rounded-full ${live === "open" ? "bg-good" : live === "down" ? "bg-warn" : "bg-line-strong"}`}
          />
          {strings.live[live]}
        </span>
        <Link to="/status" className="link">
          Status
        </Link>
        <a href="/api/docs" className="link">
          API
        </a>
        <span className="ml-auto max-md:hidden">
          GPUs owned in shares, rented by auction, their work proved.
        </span>
      </div>
    </footer>
  );
}
