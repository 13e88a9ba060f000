/** Repeats the draw in the browser: seed and award list from chain events, compared with the seats shown. */
import { useMemo, useState } from "react";
import { strings } from "@/features/jobs/page/strings";
import type { JobDetail, Lot } from "@/lib/api/types";
import type { Hex } from "@/lib/bytes";
import { placesOf, ringOf } from "@/lib/draw";
import { sameHex } from "@/lib/format/ids";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Copyable } from "@/ui/Copyable";
import { Facts } from "@/ui/Facts";
import { Notice } from "@/ui/States";

export interface DrawComparison {
  readonly order: readonly number[];
  readonly offset: bigint;
  readonly places: number;
  readonly differ: number;
}

/** Places of a lot by what was awarded: an auction may award fewer spares than the terms ask for. */
export function widthOf(job: JobDetail): number {
  return job.awardees.reduce((sum, one) => sum + one.units, 0) / job.lots;
}

export function compareDraw(job: JobDetail, lots: readonly Lot[]): DrawComparison | null {
  if (!job.seed) return null;
  const units = job.awardees.map((awardee) => awardee.units);
  const ring = ringOf(job.seed, units, job.lots, widthOf(job));
  let places = 0;
  let differ = 0;
  for (const lot of lots) {
    const drawn = placesOf(ring, lot.lot);
    for (const seat of lot.seats) {
      places += 1;
      const awardee = job.awardees[drawn[seat.place] ?? -1];
      if (
        !awardee ||
        !sameHex(awardee.provider, seat.provider) ||
        !sameHex(awardee.device_id, seat.device_id)
      )
        differ += 1;
    }
  }
  return { order: ring.order, offset: ring.offset, places, differ };
}

export function DrawCheck({ job, lots }: { job: JobDetail; lots: readonly Lot[] }) {
  const [award, setAward] = useState<Hex | null>(null);
  const result = useMemo(() => (award ? compareDraw(job, lots) : null), [award, job, lots]);
  const awardFits = sameHex(award, job.award_hash);
  async function recompute() {
    // ABI encoding comes with viem: loaded when asked for
    const { awardHash } = await import("@/lib/chain/digests");
    const list = job.awardees.map((one) => ({ ...one, price_usd6: BigInt(one.price_usd6) }));
    setAward(awardHash(list));
  }
  return (
    <Card title={strings.draw}>
      <p className="text-sm text-muted">{strings.drawNote}</p>
      {!job.seed ? (
        <p className="mt-3 text-sm">{strings.notDrawn}</p>
      ) : (
        <div className="mt-3 grid gap-3">
          <Facts
            rows={[
              ["Seed block", String(job.seed_block)],
              ["Seed", <Copyable key="s" value={job.seed} what="seed" head={10} tail={8} />],
            ]}
          />
          {!award && (
            <Button className="justify-self-start" onClick={() => void recompute()}>
              {strings.draw}
            </Button>
          )}
          {result && (
            <>
              <Notice tone={awardFits ? "good" : "bad"}>
                {awardFits ? strings.awardMatch : strings.awardDiffer}
              </Notice>
              <Notice tone={result.differ === 0 ? "good" : "bad"}>
                {result.differ === 0 ? strings.drawMatch(result.places) : strings.drawDiffer(result.differ)}
              </Notice>
              <Facts
                rows={[
                  [
                    "Order of the awardees",
                    result.order.map((index) => job.awardees[index]?.name || `#${index}`).join(" → "),
                  ],
                  ["Offset on the ring", `${result.offset} of ${job.lots * widthOf(job)}`],
                ]}
              />
            </>
          )}
          <p className="text-xs text-muted">{strings.bias}</p>
        </div>
      )}
    </Card>
  );
}
