import type { Action, Holding, Source } from "@/exit/holding";
import { addressOf, logsOf, type Node } from "@/exit/node";
import { jobMarketAbi, stakeVaultAbi } from "@/generated/contracts";
import type { Hex } from "@/lib/bytes";
import { shortHex } from "@/lib/format/ids";
import { formatDuration } from "@/lib/format/time";
import { formatUsd6 } from "@/lib/format/usd";

/** A provider's stake: what is free can be asked back, what has waited can leave, bonds of closed jobs can be freed. */
export const stake: Source = {
  name: "Stake",
  about: "A provider's stake, its requests to take stake out, and bonds of jobs that are over.",
  nothing: "This account has no stake.",
  async read(node, account) {
    const vault = { address: addressOf(node, "StakeVault"), abi: stakeVaultAbi } as const;
    const [whole, locked, unbonding, free] = await Promise.all([
      node.client.readContract({ ...vault, functionName: "stake_of", args: [account] }),
      node.client.readContract({ ...vault, functionName: "locked_of", args: [account] }),
      node.client.readContract({ ...vault, functionName: "unbonding_of", args: [account] }),
      node.client.readContract({ ...vault, functionName: "free_of", args: [account] }),
    ]);
    if (whole === 0n) return [];
    const call = { to: vault.address, abi: stakeVaultAbi };
    const actions: Action[] =
      free > 0n
        ? [
            {
              ...call,
              label: `Request ${formatUsd6(free)} back`,
              functionName: "request_unbond",
              args: [free],
              own: true,
            },
          ]
        : [];
    const summary: Holding = {
      key: "stake",
      title: "Stake vault",
      facts: [
        ["Stake", formatUsd6(whole)],
        ["Locked by jobs", formatUsd6(locked)],
        ["On its way out", formatUsd6(unbonding)],
        ["Free", formatUsd6(free)],
      ],
      actions,
    };
    return [summary, ...(await requests(node, account)), ...(await releasable(node, account))];
  },
};

async function requests(node: Node, account: Hex): Promise<Holding[]> {
  const vault = { address: addressOf(node, "StakeVault"), abi: stakeVaultAbi } as const;
  const count = await node.client.readContract({ ...vault, functionName: "unbond_count", args: [account] });
  const ids = Array.from({ length: Number(count) }, (_, index) => BigInt(index + 1));
  const found = await Promise.all(
    ids.map((id) => node.client.readContract({ ...vault, functionName: "unbonds", args: [account, id] })),
  );
  return found.flatMap((request, index) => {
    const id = ids[index] as bigint;
    if (request.amount_usd6 === 0n) return [];
    const left = Number(request.available_at) - node.now;
    const call = { to: vault.address, abi: stakeVaultAbi };
    return [
      {
        key: `unbond-${id}`,
        title: `Request ${id}`,
        facts: [
          ["Amount", formatUsd6(request.amount_usd6)],
          ["Ready", left > 0 ? `in ${formatDuration(left)}` : "now"],
        ],
        actions: [
          {
            ...call,
            label: "Take it out",
            functionName: "withdraw",
            args: [account, id],
            ...(left > 0 ? { wait: `Ready in ${formatDuration(left)} of the chain's time.` } : {}),
          },
          { ...call, label: "Keep it staked", functionName: "cancel_unbond", args: [id], own: true },
        ],
      },
    ];
  });
}

async function releasable(node: Node, account: Hex): Promise<Holding[]> {
  const locks = await logsOf<{ job_id: Hex }>(node, {
    contract: "StakeVault",
    abi: stakeVaultAbi,
    event: "BondLocked",
    args: { provider: account },
  });
  const vault = { address: addressOf(node, "StakeVault"), abi: stakeVaultAbi } as const;
  const market = { address: addressOf(node, "JobMarket"), abi: jobMarketAbi } as const;
  const jobs = [...new Set(locks.map((lock) => lock.job_id))];
  const rows = await Promise.all(
    jobs.map(async (job) => {
      const [bond, closed] = await Promise.all([
        node.client.readContract({ ...vault, functionName: "bond_of", args: [account, job] }),
        node.client.readContract({ ...market, functionName: "is_closed", args: [job] }),
      ]);
      return { job, bond, closed };
    }),
  );
  return rows
    .filter((row) => row.bond > 0n)
    .map(({ job, bond, closed }) => ({
      key: `bond-${job}`,
      title: `Bond of job ${shortHex(job)}`,
      facts: [
        ["Bond", formatUsd6(bond)],
        ["Job", closed ? "over" : "goes on"],
      ],
      actions: [
        {
          label: "Free the bond",
          to: vault.address,
          abi: stakeVaultAbi,
          functionName: "release",
          args: [job, [account]],
          ...(closed ? {} : { wait: "The job is not over: see it under Jobs, or wait for its clocks." }),
        },
      ],
    }));
}
