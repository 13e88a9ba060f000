/** The order form: scene, picture, redundancy on the left; pre-flight, money and the button on the right. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { checkedTerms } from "@/features/jobs/new/checkQuote";
import { readDraft } from "@/features/jobs/new/draft";
import { checkForm, DEFAULT_FORM, type RenderForm, specOf } from "@/features/jobs/new/form";
import { PostPanel } from "@/features/jobs/new/PostPanel";
import { QuotePanel, RefusedList } from "@/features/jobs/new/QuotePanel";
import { RenderFields } from "@/features/jobs/new/RenderFields";
import { ResumeDraft } from "@/features/jobs/new/ResumeDraft";
import { SceneInput } from "@/features/jobs/new/SceneInput";
import { SceneUpload } from "@/features/jobs/new/SceneUpload";
import { strings } from "@/features/jobs/new/strings";
import { usePostGas, usePreflight } from "@/features/jobs/new/usePreflight";
import { requestOf, useQuote } from "@/features/jobs/new/useQuote";
import { useScene } from "@/features/jobs/new/useScene";
import { useWallet } from "@/features/wallet/useWallet";
import { ApiError } from "@/lib/api/client";
import { jobQuery } from "@/lib/api/queries";
import type { Quote, Refusal } from "@/lib/api/types";
import type { Hex } from "@/lib/bytes";
import type { Terms } from "@/lib/chain/terms";
import { paramOf, useConfig } from "@/lib/config";
import { formatGas } from "@/lib/format/gas";
import { useChainNow } from "@/lib/live/useHead";
import { type RenderSpec, renderSpecOf } from "@/lib/render/plan";
import { Card } from "@/ui/Card";
import { Notice, SkeletonRows } from "@/ui/States";

export function NewJob({ from }: { from?: string | undefined }) {
  const app = useConfig();
  const wallet = useWallet();
  const [draft, setDraft] = useState(() => readDraft(app.genesis_hash));
  const [form, setForm] = useState<RenderForm>(DEFAULT_FORM);
  const { scene, choose, chooseSample, chooseStored, markStored } = useScene();
  usePrefill(from, setForm, chooseStored);

  const { errors, order } = useMemo(() => checkForm(form), [form]);
  const sceneId = scene.step === "ready" ? scene.id : null;
  const stored = scene.step === "ready" && scene.stored;
  const spec = useMemo(() => (order && sceneId ? specOf(order, sceneId) : null), [order, sceneId]);
  const quote = useQuote(order && spec && stored ? requestOf(order, spec) : null);

  const checked = useMemo(
    () => checkedOrNull(quote.query.data, spec, order, quote.current),
    [quote, spec, order],
  );
  const preflight = usePreflight(checked.terms, form.auction);
  const gas = usePostGas(checked.terms, quote.query.data?.picks ?? [], wallet.address);
  const now = useChainNow();
  const clearing = form.auction ? BigInt(paramOf(app, "poke_price_usd6") ?? 0) : 0n;
  const quoted = quote.query.data ? BigInt(quote.query.data.price.escrow_usd6) + clearing : null;
  const blocked = blockedBecause(checked.problem, quote.current, preflight.data, quoted, now);

  if (draft) return <ResumeDraft draft={draft} onDiscard={() => setDraft(null)} />;
  return (
    <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,7fr)_minmax(0,5fr)]">
      <div className="grid gap-5">
        <Card title={strings.scene}>
          <div className="grid gap-4">
            <SceneInput
              scene={scene}
              onFile={(file) => void choose(file, file.name)}
              onSample={() => void chooseSample()}
            />
            {scene.step === "ready" && !scene.stored && scene.blob && (
              <SceneUpload id={scene.id} blob={scene.blob} onStored={markStored} />
            )}
          </div>
        </Card>
        <Card>
          <RenderFields
            form={form}
            errors={errors}
            onChange={(patch) => setForm((old) => ({ ...old, ...patch }))}
          />
        </Card>
      </div>
      <Card title={strings.preflight}>
        {quote.query.data && sceneId ? (
          <div className={`grid gap-5 ${quote.current ? "" : "opacity-60"}`} aria-busy={!quote.current}>
            {preflight.data && checked.terms && (
              <PostPanel
                order={{
                  spec: spec as RenderSpec,
                  terms: checked.terms,
                  picks: quote.query.data.picks,
                  auction: form.auction,
                  escrowUsd6: preflight.data.escrowUsd6,
                }}
                gasWei={gas}
                blocked={blocked}
                onUnsure={() => setDraft(readDraft(app.genesis_hash))}
              />
            )}
            {checked.problem && <Notice tone="bad" title={checked.problem} />}
            <QuotePanel
              quote={quote.query.data}
              gas={gas === null ? null : formatGas(gas)}
              clearingUsd6={clearing}
            />
          </div>
        ) : (
          <QuoteWaiting
            scene={scene.step}
            stored={stored}
            loading={quote.query.isLoading}
            error={quote.query.error}
          />
        )}
      </Card>
    </div>
  );
}

/** Fills the form from an earlier job once. */
function usePrefill(
  from: string | undefined,
  setForm: (form: RenderForm) => void,
  chooseStored: (id: Hex) => void,
) {
  const job = useQuery({
    ...jobQuery(from ?? ""),
    enabled: from !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const source = job.data;
  const id = source?.id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once a job, not once a refetch of it
  useEffect(() => {
    const spec = source && renderSpecOf(source.spec);
    if (!spec) return;
    setForm({
      ...DEFAULT_FORM,
      width: String(spec.width),
      height: String(spec.height),
      samples: String(spec.samples),
      seed: String(spec.seed),
      exposure: String(spec.exposure),
      grade: source.grade,
      seats: String(source.seats),
      spares: String(source.spares),
      ...(source.audit_bps > 0 ? { audit: String(source.audit_bps / 100) } : {}),
    });
    chooseStored(spec.scene as Hex);
  }, [id]);
}

type OrderValues = ReturnType<typeof checkForm>["order"];

function checkedOrNull(
  quote: Quote | undefined,
  spec: RenderSpec | null,
  order: OrderValues,
  current: boolean,
): { terms: Terms | null; problem: string | null } {
  if (!quote || !spec || !order || !current) return { terms: null, problem: null };
  try {
    return { terms: checkedTerms(quote, spec, order), problem: null };
  } catch (error) {
    return { terms: null, problem: error instanceof Error ? error.message : String(error) };
  }
}

function blockedBecause(
  problem: string | null,
  current: boolean,
  preflight: { escrowUsd6: bigint; pausedUntil: bigint } | undefined,
  quotedEscrow: bigint | null,
  now: number | null,
): string | null {
  if (problem) return problem;
  if (!current) return "Taking a fresh quote…";
  if (!preflight) return "Asking the contract…";
  if (preflight.pausedUntil > BigInt(now ?? 0)) {
    return "The guardian has paused new jobs. Jobs that run go on; try again when the pause has ended.";
  }
  if (quotedEscrow !== preflight.escrowUsd6) {
    return "The server quotes another escrow than the contract takes. Reload the page before paying.";
  }
  return null;
}

interface WaitingProps {
  scene: string;
  stored: boolean;
  loading: boolean;
  error: Error | null;
}

function QuoteWaiting({ scene, stored, loading, error }: WaitingProps) {
  if (loading) return <SkeletonRows rows={8} label="Taking a quote" />;
  if (error) {
    const refused =
      error instanceof ApiError && Array.isArray(error.fields.refused) ? error.fields.refused : [];
    return (
      <div className="grid gap-4">
        <Notice
          tone="warn"
          title={error instanceof ApiError && error.status === 409 ? strings.nobody : strings.quoteRefused}
        >
          {error.message}
        </Notice>
        {refused.length > 0 && <RefusedList refused={refused as Refusal[]} />}
      </div>
    );
  }
  return (
    <p className="text-muted">
      {scene === "ready" && !stored ? strings.preflightUpload : strings.preflightWaiting}
    </p>
  );
}
