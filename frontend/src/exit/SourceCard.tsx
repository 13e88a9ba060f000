import { useEffect, useState } from "react";
import type { Holding, Source } from "@/exit/holding";
import type { Node } from "@/exit/node";
import { SendAction } from "@/exit/SendAction";
import type { Connected } from "@/exit/wallets";
import type { Hex } from "@/lib/bytes";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Facts } from "@/ui/Facts";

interface Props {
  source: Source;
  node: Node;
  account: Hex;
  wallet: Connected | null;
  onDone: () => void;
}

type Found = { holdings: Holding[] } | { error: string } | null;

/** One kind of holding, read from the node; a failure stays in its card and can be tried again. */
export function SourceCard({ source, node, account, wallet, onDone }: Props) {
  const [found, setFound] = useState<Found>(null);
  const [tries, setTries] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `tries` asks again
  useEffect(() => {
    let current = true;
    source.read(node, account).then(
      (holdings) => current && setFound({ holdings }),
      (error: unknown) =>
        current && setFound({ error: error instanceof Error ? error.message : String(error) }),
    );
    return () => {
      current = false;
    };
  }, [source, node, account, tries]);

  return (
    <Card title={source.name}>
      <p className="pb-2 text-sm text-muted">{source.about}</p>
      {found === null && <p role="status">Reading the chain …</p>}
      {found && "error" in found && (
        <div role="alert" className="grid justify-items-start gap-2">
          <p className="text-bad">The node did not answer: {found.error.split("\n")[0]}</p>
          <Button size="small" onClick={() => setTries(tries + 1)}>
            Try again
          </Button>
        </div>
      )}
      {found && "holdings" in found && found.holdings.length === 0 && <p>{source.nothing}</p>}
      {found && "holdings" in found && found.holdings.length > 0 && (
        <ul className="grid gap-3">
          {found.holdings.map((holding) => (
            <li key={holding.key} className="rounded-md border border-line p-3">
              <h3>{holding.title}</h3>
              <Facts rows={holding.facts.map(([label, value]) => [label, value])} />
              {holding.actions.map((action) => (
                <SendAction
                  key={`${action.functionName}-${action.label}`}
                  action={action}
                  node={node}
                  account={account}
                  wallet={wallet}
                  onDone={onDone}
                />
              ))}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
