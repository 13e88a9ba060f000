/**
 * Sends an order: spec and input list into the store, permit (or exact approval), then one post_job transaction.
 *
 * Order matters for safety: the draft with its salt is stored before the wallet can send anything; the job id is computed
 * here and compared with nothing the server says. A refusal at any prompt leaves the form as it was.
 */
import { useCallback, useRef, useState } from "react";
import { useConfig as useWagmiConfig } from "wagmi";
import {
  getBlock,
  readContract,
  signTypedData,
  simulateContract,
  waitForTransactionReceipt,
  writeContract,
} from "wagmi/actions";
import { forgetDraft, newSalt, writeDraft } from "@/features/jobs/new/draft";
import { type Permit, signPermit } from "@/features/jobs/new/permit";
import {
  type ArtifactKind,
  isStored,
  UPLOAD_TYPES,
  uploadArtifact,
  uploadDomain,
} from "@/features/jobs/new/upload";
import { plainError } from "@/features/wallet/txErrors";
import type { Transaction } from "@/features/wallet/useTransaction";
import { jobBoardAbi, testUsdAbi } from "@/generated/contracts";
import { fromHex, type Hex } from "@/lib/bytes";
import { jobIdOf } from "@/lib/chain/digests";
import type { Pick, Terms } from "@/lib/chain/terms";
import { contractOf, useConfig } from "@/lib/config";
import { listRoot } from "@/lib/merkle";
import type { RenderSpec } from "@/lib/render/plan";
import { canonicalBytes, specHash } from "@/lib/spec";

export interface Order {
  readonly buyer: Hex;
  readonly spec: RenderSpec;
  readonly terms: Terms;
  readonly picks: readonly Pick[];
  readonly escrowUsd6: bigint;
  /** Sealed bids decide who does it; the picks then only say who could. */
  readonly auction: boolean;
}

export type OrderStep = "upload" | "permit" | "approve" | "post";
export type Funding = { way: "allowance" } | { way: "permit"; permit: Permit };

export interface OrderFlow {
  /** Step under way, or the one that comes next. */
  step: OrderStep;
  busy: boolean;
  error: string | null;
  jobId: Hex | null;
  run(order: Order): Promise<void>;
}

interface StoredObject {
  readonly kind: ArtifactKind;
  readonly id: Hex;
  readonly bytes: Uint8Array;
}

/** What providers look up by the terms' roots besides the scene: the spec, and the list of inputs (one scene). */
function objectsOf(order: Order): StoredObject[] {
  const spec = { ...order.spec };
  const scene = order.spec.scene as Hex;
  return [
    { kind: "list", id: listRoot([scene]), bytes: fromHex(scene) },
    { kind: "spec", id: specHash(spec), bytes: canonicalBytes(spec) },
  ];
}

export function useOrder(tx: Transaction): OrderFlow {
  const config = useWagmiConfig();
  const app = useConfig();
  const [step, setStep] = useState<OrderStep>("upload");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [jobId, setJobId] = useState<Hex | null>(null);
  const running = useRef(false);

  const store = useCallback(
    async (order: Order) => {
      for (const { kind, id, bytes } of objectsOf(order)) {
        if (await isStored(kind, id)) continue;
        await uploadArtifact({
          kind,
          id,
          body: new Blob([bytes as Uint8Array<ArrayBuffer>]),
          account: order.buyer,
          sign: (message) =>
            signTypedData(config, {
              account: order.buyer,
              domain: uploadDomain(app.chain_id),
              types: UPLOAD_TYPES,
              primaryType: "Upload",
              message,
            }),
        });
      }
    },
    [config, app],
  );

  const fund = useCallback(
    async (order: Order): Promise<Funding> => {
      const token = contractOf(app, "TestUSD");
      const spender = contractOf(app, "Escrow");
      const allowance = await readContract(config, {
        address: token,
        abi: testUsdAbi,
        functionName: "allowance",
        args: [order.buyer, spender],
      });
      if (allowance >= order.escrowUsd6) return { way: "allowance" };
      setStep("permit");
      try {
        const { timestamp } = await getBlock(config);
        const permit = await signPermit(config, {
          token,
          owner: order.buyer,
          spender,
          amount: order.escrowUsd6,
          now: timestamp,
        });
        return { way: "permit", permit };
      } catch (failure) {
        // "no" is an answer; anything else means the wallet cannot sign typed data: approve instead
        if (plainError(failure).rejected) throw failure;
      }
      setStep("approve");
      const call = {
        address: token,
        abi: testUsdAbi,
        functionName: "approve",
        args: [spender, order.escrowUsd6],
      } as const;
      const hash = await writeContract(config, { ...call, chainId: app.chain_id });
      const receipt = await waitForTransactionReceipt(config, { hash });
      if (receipt.status !== "success")
        throw new Error("The approval was mined but reverted. Nothing was bought.");
      return { way: "allowance" };
    },
    [config, app],
  );

  const post = useCallback(
    async (order: Order, funding: Funding) => {
      // the id carries the market's address, where the job lives; the order goes to the board
      const market = contractOf(app, "JobMarket");
      const salt = newSalt();
      const id = jobIdOf(app.chain_id, market, order.buyer, salt, order.terms);
      writeDraft({
        jobId: id,
        salt,
        buyer: order.buyer,
        genesis: app.genesis_hash,
        escrowUsd6: order.escrowUsd6.toString(),
      });
      setStep("post");
      setJobId(id);
      const common = {
        address: contractOf(app, "JobBoard"),
        abi: jobBoardAbi,
        account: order.buyer,
      } as const;
      const submit = async (): Promise<Hex> => {
        if (order.auction) return submitAuction(order, salt, funding);
        if (funding.way === "permit") {
          const { deadline, v, r, s } = funding.permit;
          const args = [order.terms, [...order.picks], salt, deadline, v, r, s] as const;
          await simulateContract(config, { ...common, functionName: "post_job_with_permit", args });
          return writeContract(config, {
            ...common,
            functionName: "post_job_with_permit",
            args,
            chainId: app.chain_id,
          });
        }
        const args = [order.terms, [...order.picks], salt] as const;
        await simulateContract(config, { ...common, functionName: "post_job", args });
        return writeContract(config, { ...common, functionName: "post_job", args, chainId: app.chain_id });
      };
      const submitAuction = async ({ terms }: Order, clientSalt: Hex, paidBy: Funding): Promise<Hex> => {
        if (paidBy.way === "permit") {
          const { deadline, v, r, s } = paidBy.permit;
          const args = [terms, clientSalt, deadline, v, r, s] as const;
          const call = { ...common, functionName: "post_auction_with_permit", args } as const;
          await simulateContract(config, call);
          return writeContract(config, { ...call, chainId: app.chain_id });
        }
        const call = { ...common, functionName: "post_auction", args: [terms, clientSalt] } as const;
        await simulateContract(config, call);
        return writeContract(config, { ...call, chainId: app.chain_id });
      };
      const outcome = await tx.send(submit);
      // a draft whose transaction may be out there is kept: the page then asks the chain about it
      if (outcome.kind === "done" || (outcome.kind === "failed" && outcome.error.unsent)) forgetDraft();
      if (outcome.kind === "failed") setStep("upload");
    },
    [config, app, tx],
  );

  const run = useCallback(
    async (order: Order) => {
      if (running.current) return;
      running.current = true;
      setBusy(true);
      setError(null);
      setStep("upload");
      try {
        await store(order);
        await post(order, await fund(order));
      } catch (failure) {
        const plain = plainError(failure);
        setError([plain.message, plain.advice].filter(Boolean).join(" "));
        setStep("upload");
      } finally {
        running.current = false;
        setBusy(false);
      }
    },
    [store, fund, post],
  );

  return { step, busy, error, jobId, run };
}
