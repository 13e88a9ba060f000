/** Everything about one game: where the two sides have come to, clocks, money, and the last step recomputed. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useRef } from "react";
import { ClocksCard } from "@/features/disputes/ClocksCard";
import { Descent } from "@/features/disputes/Descent";
import { descentOf, pathOf } from "@/features/disputes/descent";
import { dutyOf } from "@/features/disputes/duties";
import { GameBadge } from "@/features/disputes/GameBadge";
import { MoneyCard } from "@/features/disputes/MoneyCard";
import { CLAIMS, stateOf, strings } from "@/features/disputes/words";
import { FinalityBadge } from "@/features/jobs/JobBadges";
import { lazyWallet } from "@/features/wallet/lazyWallet";
import { ApiError } from "@/lib/api/client";
import type { GameDetail } from "@/lib/api/disputeTypes";
import { disputeQuery } from "@/lib/api/queries";
import type { Hex } from "@/lib/bytes";
import { shortHex } from "@/lib/format/ids";
import { useLiveTopics } from "@/lib/live/LiveProvider";
import { useChainNow } from "@/lib/live/useHead";
import { Badge } from "@/ui/Badge";
import { Card } from "@/ui/Card";
import { Copyable } from "@/ui/Copyable";
import { Facts } from "@/ui/Facts";
import { Page } from "@/ui/Page";
import { Failure, Notice, Skeleton } from "@/ui/States";
import { Ago, Countdown } from "@/ui/Time";
import { Who } from "@/ui/Who";

/** The leaf and the ABI decoding it needs load when a ruling is there to be recomputed. */
const LeafCard = lazy(async () => ({ default: (await import("@/features/disputes/LeafCard")).LeafCard }));

const DutyCard = lazyWallet(
  async () => (await import("@/features/disputes/DutyCard")).DutyCard,
  <Skeleton className="h-36 rounded-lg" />,
);

const missing = (error: unknown) => error instanceof ApiError && error.status === 404;

export function DisputeView({ id }: { id: string }) {
  useLiveTopics(`dispute:${id}`);
  const game = useQuery({ ...disputeQuery(id), enabled: /^\d{1,18}$/.test(id) });
  const seen = useRef(false);
  useEffect(() => {
    if (game.data) seen.current = true;
  }, [game.data]);
  const title = `Game ${id.slice(0, 20)}`;
  if (game.data && !missing(game.error)) return <Loaded game={game.data} />;
  if (seen.current && missing(game.error)) {
    return (
      <Page title={title}>
        <Notice tone="warn" title={strings.vanished}>
          {strings.vanishedText}
        </Notice>
      </Page>
    );
  }
  if (!/^\d{1,18}$/.test(id)) {
    return (
      <Page title={title}>
        <Failure error={new ApiError(404, "not found", "no such game")} what="The game" />
      </Page>
    );
  }
  return (
    <Page title={title}>
      {game.error ? (
        <Failure error={game.error} what="The game" retry={() => void game.refetch()} />
      ) : (
        <div role="status" aria-label="Loading the game" className="grid gap-5">
          <Skeleton className="h-20" />
          <div className="grid gap-5 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
            <Skeleton className="h-128" />
            <Skeleton className="h-96" />
          </div>
        </div>
      )}
    </Page>
  );
}

function Loaded({ game }: { game: GameDetail }) {
  const rungs = descentOf(game);
  const state = stateOf(game);
  const path = pathOf(rungs);
  const duty = dutyOf(game, useChainNow());
  return (
    <Page
      title={`Game ${game.id}`}
      badges={
        <>
          <GameBadge game={game} />
          <FinalityBadge finality={game.finality} />
        </>
      }
      lead={
        <span className="text-sm">
          <Who address={game.challenger} as="account" copy={false} /> challenges{" "}
          <Who address={game.defender} as="provider" copy={false} /> over lot {game.lot} of job{" "}
          <Link to="/jobs/$jobId" params={{ jobId: game.job_id }} className="link font-mono">
            {shortHex(game.job_id, 8, 4)}
          </Link>
          , opened <Ago timestamp={game.opened_at} />
        </span>
      }
    >
      <Notice
        tone={state.tone === "bad" ? "warn" : state.tone === "good" ? "good" : "info"}
        title={state.what}
      >
        <nav aria-label="Where the game has come to">
          <ol className="flex flex-wrap gap-x-1.5">
            {[`lot ${game.lot}`, ...path].map((part, k) => (
              <li key={part}>
                {k > 0 && <span aria-hidden="true">→ </span>}
                {part}
              </li>
            ))}
          </ol>
        </nav>
        {game.verdict === null && game.finality === "pending" && <p className="mt-1">{strings.reorg}</p>}
      </Notice>
      {game.ruling && <Ruled game={game} />}
      <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
        <Descent rungs={rungs} game={game} />
        <div className="grid gap-5">
          {duty && <DutyCard game={game} duty={duty} />}
          <ClocksCard game={game} />
          <MoneyCard game={game} />
          <ClaimCard game={game} />
        </div>
      </div>
    </Page>
  );
}

function Ruled({ game }: { game: GameDetail }) {
  const { ruling } = game;
  if (!ruling) return null;
  if (
    ruling.verdict === "CONVICTED_CLOCK" ||
    ruling.verdict === "DEFENDED_CLOCK" ||
    ruling.verdict === "CLOSED"
  )
    return (
      <Card title="How it ended">
        <p>{ruling.text}</p>
        <p className="mt-1 text-sm text-muted">
          {ruling.verdict === "CLOSED" ? "" : strings.byClock}{" "}
          <Copyable value={ruling.tx} what="transaction hash" />
        </p>
      </Card>
    );
  if (!ruling.calldata) return <Notice tone="warn">{strings.noCalldata}</Notice>;
  if (!ruling.function) return <Notice tone="warn">{strings.forwarded}</Notice>;
  return (
    <Suspense fallback={<Skeleton className="h-80 rounded-lg" />}>
      <LeafCard game={game} calldata={ruling.calldata as Hex} />
    </Suspense>
  );
}

function ClaimCard({ game }: { game: GameDetail }) {
  const { claim, program } = game;
  const state = CLAIMS[claim.state];
  return (
    <Card
      title="The claim"
      actions={
        <Badge tone={state.tone} title={state.what}>
          {state.label}
        </Badge>
      }
    >
      <Facts
        rows={[
          ["Lot root", <Copyable key="r" value={claim.root} what="lot root" />],
          ["Items", `${claim.items}, from item ${claim.first_item} on`],
          [
            "Program",
            program.title ? (
              <span key="t" className="break-words">
                {program.title}
              </span>
            ) : (
              <Copyable key="p" value={claim.program_root} what="program root" />
            ),
          ],
          ...(claim.window_end && claim.state === "STANDING"
            ? ([["Window", <Countdown key="w" until={claim.window_end} over="closed" />]] as [
                string,
                React.ReactNode,
              ][])
            : []),
          ["Games on it", String(claim.games)],
          ["Held", claim.held ? "yes: nothing is paid before it is decided" : "no"],
        ]}
      />
      {claim.games > 1 && (
        <p className="mt-2 text-sm">
          <Link to="/disputes" search={{ claim: claim.id }} className="link">
            All games on this claim
          </Link>
        </p>
      )}
    </Card>
  );
}
