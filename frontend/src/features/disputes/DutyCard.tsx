/** The one transaction that the game or its claim waits for; anyone may send it. */
import { useQuery } from "@tanstack/react-query";
import { type Duty, positionOf } from "@/features/disputes/duties";
import { DUTIES } from "@/features/disputes/words";
import { awardList } from "@/features/jobs/requests/useAskForPage";
import { TxButton } from "@/features/wallet/TxButton";
import { useTransaction } from "@/features/wallet/useTransaction";
import { type Call, useWrite } from "@/features/wallet/useWrite";
import { claimsAbi, disputeGameAbi } from "@/generated/contracts";
import { packPosition } from "@/leaf/positions";
import type { GameDetail } from "@/lib/api/disputeTypes";
import { jobQuery } from "@/lib/api/queries";
import type { AppConfig, JobDetail } from "@/lib/api/types";
import { contractOf, useConfig } from "@/lib/config";
import { Card } from "@/ui/Card";

/** The call that does it; null while the job's award list is not known. */
export function callOf(
  app: AppConfig,
  duty: Duty,
  game: Pick<GameDetail, "id" | "claim_id" | "challenger" | "descent">,
  job: JobDetail | undefined,
): Call | null {
  if (duty === "enforce") {
    if (!job) return null;
    const args = [game.claim_id, awardList(job)];
    return { address: contractOf(app, "Claims"), abi: claimsAbi, functionName: "enforce", args };
  }
  const last = game.descent.at(-1);
  if (!last) return null;
  const position = packPosition(positionOf(last.position));
  const args = [BigInt(game.id), game.claim_id, position, game.challenger];
  return { address: contractOf(app, "DisputeGame"), abi: disputeGameAbi, functionName: duty, args };
}

export function DutyCard({ game, duty }: { game: GameDetail; duty: Duty }) {
  const app = useConfig();
  const write = useWrite();
  const tx = useTransaction(`${duty}:${duty === "enforce" ? game.claim_id : game.id}`);
  const job = useQuery({ ...jobQuery(game.job_id), enabled: duty === "enforce" });
  const { title, text, label } = DUTIES[duty];
  const call = callOf(app, duty, game, job.data);
  return (
    <Card title={title}>
      <p className="mb-3 text-sm text-muted">{text}</p>
      <TxButton
        tx={tx}
        label={label}
        blocked={call === null ? "Waiting for the job" : null}
        submit={() =>
          call ? write(call) : Promise.reject(new Error("the job's award list is not known yet"))
        }
      />
    </Card>
  );
}
