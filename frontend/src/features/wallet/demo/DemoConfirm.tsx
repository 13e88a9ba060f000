import { useDemo } from "@/features/wallet/demo/store";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Facts } from "@/ui/Facts";
import { Notice } from "@/ui/States";

/** One request at a time, in plain words, with a way to say no. */
export function DemoConfirm() {
  const { queue } = useDemo();
  const waiting = queue[0];
  const explanation = waiting?.explanation;
  return (
    <Dialog
      open={waiting !== undefined}
      alert
      title={explanation?.title ?? ""}
      onClose={() => waiting?.answer(false)}
      footer={
        waiting && (
          <>
            <Button onClick={() => waiting.answer(false)}>Reject</Button>
            <Button look="primary" onClick={() => waiting.answer(true)}>
              {explanation?.kind === "signature" ? "Sign" : "Confirm and send"}
            </Button>
          </>
        )
      }
    >
      {waiting && explanation && (
        <div className="grid gap-3">
          <p className="flex flex-wrap items-center gap-2 text-sm text-muted">
            <Badge tone="warn">Demo wallet, local chain</Badge> as {waiting.role.name}
          </p>
          <Facts rows={explanation.lines.map(([label, value]) => [label, value])} />
          {explanation.caution && <Notice tone="info">{explanation.caution}</Notice>}
          <p className="text-xs text-muted">
            {explanation.kind === "signature"
              ? "A signature: nothing is sent to the chain by it."
              : "A transaction: gas is paid in local test ether."}
          </p>
        </div>
      )}
    </Dialog>
  );
}
