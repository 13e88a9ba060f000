/** The final leaf: recomputed from the ruling transaction's calldata, step by step, and compared with the contract. */
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { askLeaf, questionOf } from "@/features/disputes/askLeaf";
import { formulaOf, operandWords, placeOf } from "@/features/disputes/leafWords";
import { strings, VERDICTS } from "@/features/disputes/words";
import { type Ruling, ruleOn } from "@/leaf/ruling";
import type { GameDetail } from "@/lib/api/disputeTypes";
import { keys } from "@/lib/api/keys";
import type { Hex } from "@/lib/bytes";
import { useConfig } from "@/lib/config";
import { sameHex, shortHex } from "@/lib/format/ids";
import { Card } from "@/ui/Card";
import { Copyable } from "@/ui/Copyable";
import { Notice } from "@/ui/States";
import { Table } from "@/ui/Table";

interface Props {
  game: GameDetail;
  calldata: Hex;
}

/** Whether the recomputation belongs to this game, at the position where it stood. */
export function belongs(ruling: Ruling, game: GameDetail): boolean {
  return ruling.gameId.toString() === game.id && sameHex(ruling.claimId, game.claim_id);
}

export function LeafCard({ game, calldata }: Props) {
  const ruling = useMemo(() => ruleOn(calldata), [calldata]);
  const agrees = ruling.verdict === game.verdict && belongs(ruling, game);
  return (
    <Card title={strings.leaf} note={strings.leafNote}>
      <div className="grid gap-4">
        <Notice tone={agrees ? "good" : "bad"} title={agrees ? strings.same : strings.differs}>
          {ruling.reason}
        </Notice>
        <Operation ruling={ruling} calldata={calldata} />
        <details>
          <summary className="w-fit rounded text-sm text-muted hover:text-ink">
            What your browser checked, in {ruling.steps.length} steps
          </summary>
          <ol className="mt-2 grid list-decimal gap-1 pl-6 text-xs break-words text-muted [overflow-wrap:anywhere]">
            {ruling.steps.map((step) => (
              <li key={step.text}>{step.text}</li>
            ))}
          </ol>
        </details>
        <p className="text-xs text-muted">
          The contract ruled “{game.verdict ? VERDICTS[game.verdict].label.toLowerCase() : "–"}” in{" "}
          {game.ended_tx && <Copyable value={game.ended_tx} what="transaction hash" />}
        </p>
      </div>
    </Card>
  );
}

function Operation({ ruling, calldata }: { ruling: Ruling; calldata: Hex }) {
  const operands = operandWords(ruling.reads);
  return (
    <div className="grid gap-3">
      <p className="break-words">
        <span className="text-sm text-muted">The contested value: </span>
        {placeOf(ruling)}
      </p>
      {operands.length > 0 && (
        <div className="-mx-4">
          <Table
            dense
            caption="Operands, opened and proven"
            rows={operands}
            rowKey={(operand) => operand.name}
            columns={[
              { head: "Name", cell: (operand) => <b className="font-mono">{operand.name}</b> },
              { head: "Read from", cell: (operand) => operand.where },
              {
                head: "Value",
                align: "right",
                cell: (operand) => <span className="font-mono">{operand.value}</span>,
              },
            ]}
          />
        </div>
      )}
      <dl className="grid gap-x-6 gap-y-2 sm:grid-cols-2 lg:grid-cols-4">
        <Value name="Operation">{formulaOf(ruling)}</Value>
        <Value name="Recomputed here" tone="good">
          <Shown value={ruling.right} />
        </Value>
        <ContractValue ruling={ruling} calldata={calldata} />
        <Value name="Claimed by the provider" tone="bad">
          <Shown value={ruling.claimed} />
        </Value>
      </dl>
    </div>
  );
}

function Value({ name, tone, children }: { name: string; tone?: "good" | "bad"; children: React.ReactNode }) {
  const look = tone === "good" ? "text-good" : tone === "bad" ? "text-bad" : "";
  return (
    <div className="min-w-0 rounded-md bg-raised px-3 py-2">
      <dt className="text-xs text-muted">{name}</dt>
      <dd className={`font-medium break-words ${look}`}>{children}</dd>
    </div>
  );
}

function Shown({ value }: { value: bigint | Hex | null }) {
  if (value === null) return <span className="text-muted">–</span>;
  return typeof value === "bigint" ? (
    <span className="font-mono">{value.toString()}</span>
  ) : (
    <Copyable value={value} what="root" />
  );
}

/** The leaf contract's own number, asked of the node: a third voice beside the claim and this browser. */
function ContractValue({ ruling, calldata }: { ruling: Ruling; calldata: Hex }) {
  const config = useConfig();
  const question = useMemo(() => questionOf(calldata, ruling), [calldata, ruling]);
  const answer = useQuery({
    queryKey: keys.chain("leaf", question?.data ?? ""),
    queryFn: ({ signal }) => (question ? askLeaf(config, question, signal) : null),
    enabled: question !== null,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  if (!question)
    return (
      <Value name="By the contract">
        {ruling.verdict === "CONVICTED_LEAF" ? "another than claimed" : "the program is malformed"}
      </Value>
    );
  const [code, value] = answer.data ?? [null, null];
  return (
    <Value name="By the contract, asked now" tone={value === null || value === ruling.right ? "good" : "bad"}>
      {answer.error ? (
        <span className="text-muted" title={answer.error.message}>
          the node did not answer
        </span>
      ) : code === null ? (
        <span className="text-muted">asking {shortHex(config.rpc_url, 24, 0)}</span>
      ) : code === 0n ? (
        <Shown value={value} />
      ) : (
        `code ${code}`
      )}
    </Value>
  );
}
