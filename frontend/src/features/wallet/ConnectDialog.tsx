import { useConnect, useConnectors } from "wagmi";
import { strings } from "@/features/wallet/strings";
import { plainError } from "@/features/wallet/txErrors";
import { DEMO_CONNECTOR_TYPE } from "@/features/wallet/useWallet";
import { setConnectOpen } from "@/features/wallet/walletUi";
import { useConfig } from "@/lib/config";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Notice } from "@/ui/States";

/** Wallets that announced themselves, then a bare window.ethereum when nothing did, then the demo wallet. */
export function ConnectDialog({ open, onClose }: { open: boolean; onClose(): void }) {
  const connectors = useConnectors();
  const connect = useConnect();
  const { chain_id } = useConfig();

  const isDemo = (type: string) => __ASSAY_DEMO__ && type === DEMO_CONNECTOR_TYPE;
  const announced = connectors.filter((one) => one.type === "injected" && one.id !== "injected");
  const bare = connectors.filter((one) => one.id === "injected");
  const hasBare = announced.length === 0 && typeof window !== "undefined" && "ethereum" in window;
  const demo = connectors.filter((one) => isDemo(one.type));
  const choices = [...announced, ...(hasBare ? bare : []), ...demo];

  return (
    <Dialog open={open} onClose={onClose} title={strings.connectTitle}>
      <div className="grid gap-3">
        <p className="text-sm text-muted">{strings.connectIntro}</p>
        {announced.length === 0 && !hasBare && (
          <Notice tone="info" title={strings.noWallet}>
            {strings.noWalletHelp}
          </Notice>
        )}
        <ul className="grid gap-2">
          {choices.map((connector) => (
            <li key={connector.uid}>
              <Button
                className="w-full !justify-start"
                size="large"
                busy={connect.isPending && connect.variables?.connector === connector}
                disabled={connect.isPending}
                onClick={() =>
                  connect.mutate(
                    { connector, chainId: isDemo(connector.type) ? chain_id : undefined },
                    { onSuccess: () => setConnectOpen(false) },
                  )
                }
              >
                {connector.icon && <img src={connector.icon} alt="" className="size-6 rounded" />}
                <span>{connector.id === "injected" ? "Browser wallet" : connector.name}</span>
                {isDemo(connector.type) && <Badge tone="warn">local chain only</Badge>}
              </Button>
              {isDemo(connector.type) && <p className="mt-1 px-1 text-xs text-muted">{strings.demoNote}</p>}
            </li>
          ))}
        </ul>
        {connect.error && (
          <p role="alert" className="text-sm text-bad">
            {plainError(connect.error).message}
          </p>
        )}
      </div>
    </Dialog>
  );
}
