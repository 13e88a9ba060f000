import { AccountView } from "@/features/accounts/AccountView";
import { strings } from "@/features/wallet/strings";
import { useWallet } from "@/features/wallet/useWallet";
import { setConnectOpen } from "@/features/wallet/walletUi";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Empty } from "@/ui/States";

export function MyAccount() {
  const { address, connecting } = useWallet();
  if (address) return <AccountView key={address} address={address} />;
  return (
    <Card>
      <Empty
        title="No wallet connected"
        action={
          <Button look="primary" busy={connecting} onClick={() => setConnectOpen(true)}>
            {connecting ? strings.connecting : strings.connect}
          </Button>
        }
      >
        Connect one to see your credit, shares, income and jobs.
      </Empty>
    </Card>
  );
}
