import { useParams } from "@tanstack/react-router";
import { lazyWallet } from "@/features/wallet/lazyWallet";
import type { Hex } from "@/lib/bytes";
import { shortHex } from "@/lib/format/ids";
import { CopyButton } from "@/ui/Copyable";
import { Page } from "@/ui/Page";
import { Skeleton } from "@/ui/States";

const AccountView = lazyWallet(
  async () => (await import("@/features/accounts/AccountView")).AccountView,
  <Skeleton className="h-96" />,
);
const MyAccount = lazyWallet(
  async () => (await import("@/features/accounts/MyAccount")).MyAccount,
  <Skeleton className="h-96" />,
);

export function AccountPage() {
  const { address } = useParams({ from: "/accounts/$address" });
  return (
    <Page title={`Account ${shortHex(address)}`} badges={<CopyButton value={address} what="address" />}>
      <AccountView key={address} address={address as Hex} />
    </Page>
  );
}

export function MyAccountPage() {
  return (
    <Page
      title="Portfolio"
      lead="What the connected account owns here: credit, device shares, income and jobs."
    >
      <MyAccount />
    </Page>
  );
}
