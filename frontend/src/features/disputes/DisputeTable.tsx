import { Link } from "@tanstack/react-router";
import { GameBadge } from "@/features/disputes/GameBadge";
import { CONTESTED } from "@/features/disputes/words";
import type { Game } from "@/lib/api/disputeTypes";
import { shortHex } from "@/lib/format/ids";
import { Amount } from "@/ui/Amount";
import { Table } from "@/ui/Table";
import { Ago, Countdown } from "@/ui/Time";
import { Who } from "@/ui/Who";

export function DisputeTable({ games }: { games: readonly Game[] }) {
  return (
    <Table
      caption="Disputes, newest first"
      rows={games}
      rowKey={(game) => game.id}
      columns={[
        {
          head: "Game",
          cell: (game) => (
            <Link to="/disputes/$gameId" params={{ gameId: game.id }} className="link whitespace-nowrap">
              Game {game.id}
            </Link>
          ),
        },
        { head: "State", cell: (game) => <GameBadge game={game} /> },
        {
          head: "Claim",
          from: "sm",
          cell: (game) => (
            <Link to="/jobs/$jobId" params={{ jobId: game.job_id }} className="link whitespace-nowrap">
              <span className="font-mono text-[0.8125rem]">{shortHex(game.job_id, 8, 4)}</span> lot {game.lot}
            </Link>
          ),
        },
        {
          head: "Provider",
          from: "md",
          cell: (game) => <Who address={game.defender} as="provider" copy={false} />,
        },
        {
          head: "Challenger",
          from: "md",
          cell: (game) => <Who address={game.challenger} as="account" copy={false} />,
        },
        { head: "Down to", from: "lg", cell: (game) => `${CONTESTED[game.contested]}, level ${game.steps}` },
        { head: "Bond", align: "right", from: "sm", cell: (game) => <Amount usd6={game.bond_usd6} /> },
        {
          head: "Time",
          align: "right",
          cell: (game) =>
            game.clock_ends !== null ? (
              <Countdown until={game.clock_ends} over="ran out" />
            ) : (
              <Ago timestamp={game.ended_at ?? game.opened_at} />
            ),
        },
      ]}
    />
  );
}
