/**
 * The server's quote against what the browser computes itself: a server that quotes another job, other inputs or another
 * size is caught before the wallet opens. The escrow is compared with the contract's own figure in `usePreflight`.
 */
import type { Quote } from "@/lib/api/types";
import { type Terms, termsOf } from "@/lib/chain/terms";
import { listRoot } from "@/lib/merkle";
import { planOf, type RenderSpec } from "@/lib/render/plan";
import { specHash } from "@/lib/spec";

export function checkedTerms(
  quote: Quote,
  spec: RenderSpec,
  order: {
    readonly grade: number;
    readonly seats: number;
    readonly spares: number;
    readonly auditBps: number;
  },
): Terms {
  const terms = termsOf(quote.terms);
  const plan = planOf(spec);
  const wrong = (what: string) =>
    new Error(`The server's quote is for another job: its ${what} differs. Reload and try again.`);
  if (terms.spec_hash.toLowerCase() !== specHash({ ...spec })) throw wrong("spec hash");
  if (terms.inputs_root.toLowerCase() !== listRoot([spec.scene as `0x${string}`])) throw wrong("scene");
  if (terms.grade !== order.grade || terms.seats !== order.seats || terms.spares !== order.spares)
    throw wrong("redundancy");
  if (terms.audit_bps !== order.auditBps) throw wrong("audited part");
  if (
    terms.lots !== plan.lots ||
    terms.items_per_lot !== plan.itemsPerLot ||
    terms.items !== BigInt(plan.items)
  ) {
    throw wrong("cut in lots");
  }
  if (terms.ceiling_usd6 !== BigInt(quote.price.ceiling_usd6)) throw wrong("ceiling");
  return terms;
}
