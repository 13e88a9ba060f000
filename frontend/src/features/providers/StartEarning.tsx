import { strings } from "@/features/providers/strings";
import { Card } from "@/ui/Card";
import { CopyButton } from "@/ui/Copyable";

const COMMANDS = [
  ["Check the machine", "assay doctor"],
  ["Register the device", 'assay provider register --name "North one" --pay-with north.json'],
  ["Put up stake", "assay provider stake 100 --pay-with north.json"],
  ["Ask a price per hour", "assay provider ask 0x… --price 0.90 --pay-with north.json"],
  ["Run the worker", "assay worker run"],
] as const;

export function StartEarning() {
  return (
    <Card title={strings.start}>
      <p className="text-sm text-muted">{strings.startNote}</p>
      <ol className="mt-3 grid gap-2">
        {COMMANDS.map(([what, command], index) => (
          <li key={command} className="grid gap-1 text-sm sm:grid-cols-[11rem_1fr] sm:items-center">
            <span>
              {index + 1}. {what}
            </span>
            <span className="flex items-center justify-between gap-2 rounded bg-raised px-2.5 py-1 font-mono text-[0.8125rem]">
              {command}
              <CopyButton value={command} what="command" />
            </span>
          </li>
        ))}
      </ol>
    </Card>
  );
}
