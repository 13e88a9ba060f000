/** Revealed roots of a lot as claims that can be challenged: which stand, which are in a game, which fell. */
import { Link } from "@tanstack/react-router";
import { Split } from "@/features/disputes/MoneyCard";
import { strings } from "@/features/jobs/exact/strings";
import { reasonOf } from "@/features/jobs/words";
import type { LotClaim } from "@/lib/api/disputeTypes";
import type { Lot } from "@/lib/api/types";
import { Amount } from "@/ui/Amount";
import { Badge, type Tone } from "@/ui/Badge";
import { Copyable } from "@/ui/Copyable";
import { Notice } from "@/ui/States";
import { Table } from "@/ui/Table";
import { Countdown } from "@/ui/Time";
import { Who } from "@/ui/Who";

/** One word for a claim, and why. */
export function claimState(
  claim: LotClaim,
  lot: Pick<Lot, "phase">,
): { label: string; tone: Tone; what: string } {
  if (claim.convicted) {
    const waits =
      claim.stated && claim.enforced_tx === null && claim.reason !== null && lot.phase !== "CLOSED";
    const what = reasonOf(claim.reason)?.what ?? "A ruling or the end of the window decided against it.";
    return { label: waits ? "convicted, not enforced" : "convicted", tone: "bad", what };
  }
  if (claim.open_games.length > 0)
    return { label: "challenged", tone: "warn", what: "A game about it is open." };
  if (claim.standing)
    return { label: "stands", tone: "info", what: "Anyone may challenge it while the window runs." };
  if (lot.phase === "CLOSED")
    return { label: "stood", tone: "good", what: "Its window passed and nobody proved it wrong." };
  return { label: "revealed", tone: "neutral", what: "Its window has not begun." };
}

export function LotClaims({ lot }: { lot: Lot }) {
  const splits = new Map(
    lot.claims.flatMap((claim) =>
      claim.enforced_tx && claim.split.length ? [[claim.enforced_tx, claim.split] as const] : [],
    ),
  );
  return (
    <section aria-label={`${strings.claims} of lot ${lot.lot}`} className="grid gap-2">
      <h4 className="flex flex-wrap items-center gap-2 text-sm font-semibold">
        {strings.claims}
        {lot.held && <Badge tone="warn">held</Badge>}
        {lot.phase === "WINDOW" && lot.window_end && (
          <span className="font-normal text-muted">
            window: <Countdown until={lot.window_end} over="closed" />
          </span>
        )}
      </h4>
      {lot.contested && lot.phase === "WINDOW" && <Notice tone="warn">{strings.contested}</Notice>}
      {lot.held && <Notice>{strings.held}</Notice>}
      {lot.claims.length === 0 ? (
        <p className="text-sm text-muted">{strings.noClaims}</p>
      ) : (
        <div className="-mx-4">
          <Table
            dense
            caption={`${strings.claims} of lot ${lot.lot}`}
            rows={lot.claims}
            rowKey={(claim) => claim.claim_id}
            columns={[
              { head: "Place", cell: (claim) => claim.place },
              {
                head: "Provider",
                cell: (claim) => <Who address={claim.provider} as="provider" copy={false} />,
              },
              {
                head: "State",
                cell: (claim) => {
                  const { label, tone, what } = claimState(claim, lot);
                  return (
                    <Badge tone={tone} title={what}>
                      {label}
                    </Badge>
                  );
                },
              },
              {
                head: "Root",
                from: "md",
                cell: (claim) => <Copyable value={claim.root} what="lot root" />,
              },
              { head: "Games", cell: (claim) => <Games claim={claim} /> },
              {
                head: "Slashed",
                align: "right",
                from: "sm",
                cell: (claim) =>
                  BigInt(claim.slashed_usd6) > 0n ? <Amount usd6={claim.slashed_usd6} /> : "–",
              },
            ]}
          />
        </div>
      )}
      {[...splits].map(([tx, lines]) => (
        <Split key={tx} lines={lines} tx={tx} />
      ))}
    </section>
  );
}

function Games({ claim }: { claim: LotClaim }) {
  if (claim.games === 0) return <>–</>;
  const [open] = claim.open_games;
  if (open !== undefined && claim.open_games.length === 1)
    return (
      <Link to="/disputes/$gameId" params={{ gameId: open }} className="link whitespace-nowrap">
        game {open}
      </Link>
    );
  return (
    <Link to="/disputes" search={{ claim: claim.claim_id }} className="link whitespace-nowrap">
      {claim.games} {claim.games === 1 ? "game" : "games"}
    </Link>
  );
}
