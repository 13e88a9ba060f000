import type { Action, Holding, Source } from "@/exit/holding";
import { addressOf, logsOf, type Node } from "@/exit/node";
import { jobBoardAbi, jobMarketAbi, stakeVaultAbi } from "@/generated/contracts";
import type { Hex } from "@/lib/bytes";
import type { Awardee } from "@/lib/chain/terms";
import { shortHex } from "@/lib/format/ids";
import { formatDuration } from "@/lib/format/time";

const STATES = ["unknown", "open", "awarded", "running", "closed", "cancelled"];
const [AWARDED, RUNNING, LOT_CLOSED] = [2, 3, 4];
const LOTS_A_POKE = 32;

/** Jobs that still hold money of this account: bought by it, or with its bond. Time and pokes alone bring them to an end. */
export const jobs: Source = {
  name: "Jobs",
  about:
    "Jobs that are not over, bought by this account or holding its bond. When a clock has run out, anyone may poke the job on and is paid for it.",
  nothing: "No job of this account is open.",
  async read(node, account) {
    const [bought, locked] = await Promise.all([
      logsOf<{ job_id: Hex }>(node, {
        contract: "JobBoard",
        abi: jobBoardAbi,
        event: "JobPosted",
        args: { buyer: account },
      }),
      logsOf<{ job_id: Hex }>(node, {
        contract: "StakeVault",
        abi: stakeVaultAbi,
        event: "BondLocked",
        args: { provider: account },
      }),
    ]);
    const own = new Set(bought.map((one) => one.job_id));
    const all = [...new Set([...own, ...locked.map((one) => one.job_id)])];
    const found = await Promise.all(all.map((job) => holdingOf(node, job, own.has(job))));
    return found.filter((one): one is Holding => one !== null);
  },
};

async function holdingOf(node: Node, job: Hex, bought: boolean): Promise<Holding | null> {
  const market = { address: addressOf(node, "JobMarket"), abi: jobMarketAbi } as const;
  const found = await node.client.readContract({ ...market, functionName: "job", args: [job] });
  if (found.state !== AWARDED && found.state !== RUNNING) return null;
  const call = { to: market.address, abi: jobMarketAbi };
  const cancel: Action[] =
    bought && found.cancelled_at === 0n
      ? [{ ...call, label: "Cancel", functionName: "cancel_job", args: [job], own: true }]
      : [];
  const base = {
    key: job,
    title: `Job ${shortHex(job)}${bought ? "" : " (this account's bond)"}`,
  };
  if (found.state === AWARDED) {
    const drawable = node.block > found.seed_block;
    const wait = { wait: `From block ${found.seed_block + 1n} on.` };
    return {
      ...base,
      facts: [["State", "awarded, not drawn yet"]],
      actions: [
        { ...call, label: "Draw", functionName: "draw_seed", args: [job], ...(drawable ? {} : wait) },
        ...(drawable ? [] : cancel),
      ],
    };
  }
  const { due, next, open } = await lotsOf(node, job, Number(found.lots), found.cancelled_at > 0n);
  const pokes = due.length > 0 ? await pokesOf(node, job, due) : [];
  return {
    ...base,
    facts: [
      ["State", STATES[found.state] ?? "unknown"],
      ["Lots open", `${open} of ${found.lots}`],
      ["Lots whose clock has run out", String(due.length)],
      ...(next !== null ? ([["Next clock", `in ${formatDuration(next - node.now)}`]] as const) : []),
    ],
    actions: [...pokes, ...cancel],
  };
}

/** Lots that a poke moves now, and when the next one will be due. */
async function lotsOf(node: Node, job: Hex, lots: number, cancelled: boolean) {
  const market = { address: addressOf(node, "JobMarket"), abi: jobMarketAbi } as const;
  const all = await Promise.all(
    Array.from({ length: lots }, (_, lot) =>
      node.client.readContract({ ...market, functionName: "lot", args: [job, lot] }),
    ),
  );
  const open = all.flatMap((lot, index) => (lot.phase === LOT_CLOSED ? [] : [{ lot, index }]));
  const due = open.filter(({ lot }) => Number(lot.deadline) < node.now || (cancelled && lot.phase === 0));
  const later = open.filter((one) => !due.includes(one)).map(({ lot }) => Number(lot.deadline));
  return {
    open: open.length,
    due: due.map(({ index }) => index),
    next: later.length > 0 ? Math.min(...later) : null,
  };
}

async function pokesOf(node: Node, job: Hex, due: number[]): Promise<Action[]> {
  const awards = await logsOf<{ awardees: readonly Awardee[] }>(node, {
    contract: "JobBoard",
    abi: jobBoardAbi,
    event: "JobAwarded",
    args: { job_id: job },
  });
  const awardees = awards[0]?.awardees ?? [];
  const batches = Array.from({ length: Math.ceil(due.length / LOTS_A_POKE) }, (_, index) =>
    due.slice(index * LOTS_A_POKE, (index + 1) * LOTS_A_POKE),
  );
  return batches.map((lots, index) => ({
    label: batches.length > 1 ? `Poke it on (${index + 1} of ${batches.length})` : "Poke it on",
    to: addressOf(node, "JobMarket"),
    abi: jobMarketAbi,
    functionName: "poke_lots",
    args: [job, awardees, lots],
  }));
}
