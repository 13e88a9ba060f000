/** What each side risks and gets: the game's bond, the claim's bond, and how a slash was split. */
import { useQuery } from "@tanstack/react-query";
import { SPLIT, strings } from "@/features/disputes/words";
import type { GameDetail, SplitLine } from "@/lib/api/disputeTypes";
import { jobQuery } from "@/lib/api/queries";
import type { JobDetail } from "@/lib/api/types";
import { sameHex } from "@/lib/format/ids";
import { Amount } from "@/ui/Amount";
import { Card } from "@/ui/Card";
import { Copyable } from "@/ui/Copyable";
import { type Fact, Facts } from "@/ui/Facts";
import { Who } from "@/ui/Who";

const BPS = 10_000n;

/** Bond of a seat of this price: contracts/modules/grades.vy; null for a grade without claims. */
function bondOf(price: bigint, grade: number, auditBps: bigint): bigint | null {
  if (grade === 3) return price;
  if (grade === 4) return 2n * price;
  if (grade !== 2 || auditBps <= 0n) return null;
  const law = (2n * price * (BPS - auditBps) + auditBps - 1n) / auditBps;
  return law > price ? law : price;
}

/** What the claim's provider has locked for this place; null while the job is not known. */
export function claimBond(job: JobDetail | undefined, game: Pick<GameDetail, "defender">): bigint | null {
  const award = job?.awardees.find((one) => sameHex(one.provider, game.defender));
  return award && job ? bondOf(BigInt(award.price_usd6), job.grade, BigInt(job.audit_bps)) : null;
}

export function MoneyCard({ game }: { game: GameDetail }) {
  const job = useQuery(jobQuery(game.job_id));
  const bond = claimBond(job.data, game);
  const slashed = BigInt(game.claim.slashed_usd6);
  const open: Fact[] = [
    ["If the provider loses, it pays", <Amount key="b" usd6={bond} />],
    [
      "and the challenger gets",
      <Amount key="h" usd6={bond === null ? null : bond / 2n + BigInt(game.bond_usd6)} />,
    ],
    ["and the buyer, besides its refund", <Amount key="q" usd6={bond === null ? null : bond / 4n} />],
    ["If the challenger loses, the provider gets", <Amount key="d" usd6={game.bond_usd6} />],
  ];
  return (
    <Card title={strings.money}>
      <Facts
        rows={[
          ["The challenger's bond", <Amount key="g" usd6={game.bond_usd6} />],
          ...(game.verdict === null ? open : []),
          ...(game.paid
            ? ([["Bond paid to", <Who key="p" address={game.paid} as="account" copy={false} />]] as Fact[])
            : []),
          ...(slashed > 0n
            ? ([["Slashed from the provider", <Amount key="s" usd6={slashed} />]] as Fact[])
            : []),
        ]}
      />
      {game.claim.split.length > 0 && <Split lines={game.claim.split} tx={game.claim.enforced_tx} />}
    </Card>
  );
}

const ORDER: SplitLine["kind"][] = ["reward", "compensation", "poke", "kitty", "burned"];

/** Where slashed bonds went, as the ledger has it: those of all places that fell in one transaction. */
export function Split({ lines, tx }: { lines: readonly SplitLine[]; tx: string | null }) {
  const ordered = [...lines].sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
  return (
    <div className="mt-3">
      <h3 className="text-sm">{strings.split}</h3>
      <Facts
        rows={ordered.map(
          (line, index): Fact => [
            <span key={`w${index.toString()}`} className="inline-flex flex-wrap gap-x-1.5">
              {SPLIT[line.kind]}
              {line.account && line.kind !== "kitty" && line.kind !== "burned" && (
                <Who address={line.account} as="account" copy={false} />
              )}
            </span>,
            <Amount key={`a${index.toString()}`} usd6={line.amount_usd6} />,
          ],
        )}
      />
      {tx && (
        <p className="mt-1 text-xs text-muted">
          enforced in <Copyable value={tx} what="transaction hash" />
        </p>
      )}
    </div>
  );
}
