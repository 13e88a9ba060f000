/** Both sides' clocks by the chain's time: what each has used, and who is on the clock now. */
import { useEffect, useState } from "react";
import { SIDES, strings } from "@/features/disputes/words";
import type { Game, Side } from "@/lib/api/disputeTypes";
import { formatDuration } from "@/lib/format/time";
import { useChainNow } from "@/lib/live/useHead";
import { Card } from "@/ui/Card";
import { Who } from "@/ui/Who";

/** Seconds a side has left at chain time `now`; a clock runs while it is its side's turn. */
export function secondsLeft(game: Game, side: Side, now: number | null): number {
  const before = side === "DEFENDER" ? game.defender_used_seconds : game.challenger_used_seconds;
  const since = game.turn === side && now !== null ? game.turn_since : null;
  const used = before + (since === null || now === null ? 0 : Math.max(0, now - since));
  return Math.max(0, game.clock_seconds - used);
}

/** A chain that makes no blocks for this long is not followed by one's own clock any further. */
const AHEAD_SECONDS = 30;

/** Chain time, moved on by the reader's clock between two blocks while `runs`. */
function useRunningNow(runs: boolean): number | null {
  const head = useChainNow();
  const [ahead, setAhead] = useState(0);
  useEffect(() => {
    setAhead(0);
    if (!runs || head === null) return;
    const timer = setInterval(() => setAhead((seconds) => Math.min(seconds + 1, AHEAD_SECONDS)), 1_000);
    return () => clearInterval(timer);
  }, [runs, head]);
  return head === null ? null : head + ahead;
}

export function ClocksCard({ game }: { game: Game }) {
  return (
    <Card title={strings.clocks} note={strings.clocksNote}>
      <div className="grid gap-4">
        <Clock game={game} side="DEFENDER" />
        <Clock game={game} side="CHALLENGER" />
      </div>
    </Card>
  );
}

function Clock({ game, side }: { game: Game; side: Side }) {
  const left = secondsLeft(game, side, useRunningNow(game.turn === side));
  const running = game.turn === side;
  const address = side === "DEFENDER" ? game.defender : game.challenger;
  const over = running && left === 0;
  return (
    <div>
      <p className="flex flex-wrap items-baseline gap-x-2">
        <span className="text-sm text-muted">{SIDES[side]}</span>
        <Who address={address} as={side === "DEFENDER" ? "provider" : "account"} copy={false} />
        <span
          role="timer"
          aria-label={`${SIDES[side]}'s clock`}
          className={`ml-auto font-semibold ${over ? "text-bad" : running ? "text-accent" : ""}`}
        >
          {over ? strings.ranOut : formatDuration(left)}
        </span>
      </p>
      <progress
        aria-label={`${SIDES[side]}: time left`}
        max={game.clock_seconds}
        value={left}
        className="mt-1 h-1.5 w-full"
      />
      <p className="mt-0.5 min-h-4 text-xs text-muted">
        {running ? "on the clock" : ""}
        {running
          ? ""
          : `used ${formatDuration(game.clock_seconds - left)} of ${formatDuration(game.clock_seconds)}`}
      </p>
    </div>
  );
}
