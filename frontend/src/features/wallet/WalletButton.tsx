/** The header's wallet corner: connect, or the connected account with its menu. Lazily loaded with wagmi. */
import { Link } from "@tanstack/react-router";
import { DropdownMenu } from "radix-ui";
import { lazy, Suspense } from "react";
import { useDisconnect } from "wagmi";
import { ConnectDialog } from "@/features/wallet/ConnectDialog";
import { strings } from "@/features/wallet/strings";
import { useTokenBalance } from "@/features/wallet/useToken";
import { useWallet } from "@/features/wallet/useWallet";
import { WalletScope } from "@/features/wallet/WalletScope";
import { setConnectOpen, useConnectOpen } from "@/features/wallet/walletUi";
import { shortHex } from "@/lib/format/ids";
import { Amount } from "@/ui/Amount";
import { Button, buttonClass } from "@/ui/Button";

const DemoCorner = __ASSAY_DEMO__
  ? lazy(async () => ({ default: (await import("@/features/wallet/demo/DemoCorner")).DemoCorner }))
  : null;

const ITEM = "block rounded px-2.5 py-2 text-sm outline-none data-highlighted:bg-raised cursor-pointer";

export function WalletButton() {
  return (
    <WalletScope>
      <Corner />
    </WalletScope>
  );
}

function Corner() {
  const wallet = useWallet();
  const open = useConnectOpen();
  return (
    <div className="flex items-center gap-2">
      {DemoCorner && wallet.demo && (
        <Suspense fallback={null}>
          <DemoCorner />
        </Suspense>
      )}
      {wallet.address ? (
        <AccountMenu address={wallet.address} />
      ) : (
        <Button look="primary" size="small" busy={wallet.connecting} onClick={() => setConnectOpen(true)}>
          {wallet.connecting ? strings.connecting : strings.connect}
        </Button>
      )}
      <ConnectDialog open={open && !wallet.address} onClose={() => setConnectOpen(false)} />
    </div>
  );
}

function AccountMenu({ address }: { address: `0x${string}` }) {
  const disconnect = useDisconnect();
  const balance = useTokenBalance(address);
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger
        className={buttonClass("plain", "small")}
        aria-label={`${strings.account} ${address}`}
      >
        <span className="font-mono text-[0.8125rem] max-sm:hidden">{shortHex(address)}</span>
        <span className="font-mono text-[0.8125rem] sm:hidden">…{address.slice(-4)}</span>
        <span className="text-muted max-lg:hidden">
          <Amount usd6={balance.data} />
        </span>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={6}
          className="z-30 w-64 rounded-lg border border-line bg-surface p-1.5 shadow-lg"
        >
          <div className="px-2.5 py-2 text-sm">
            <p className="text-muted">Balance</p>
            <p className="font-medium">
              <Amount usd6={balance.data} />
            </p>
          </div>
          <DropdownMenu.Item asChild>
            <Link to="/account" className={ITEM}>
              Portfolio and credit
            </Link>
          </DropdownMenu.Item>
          <DropdownMenu.Item asChild>
            <Link to="/jobs" search={{ buyer: address }} className={ITEM}>
              My jobs
            </Link>
          </DropdownMenu.Item>
          <DropdownMenu.Item className={ITEM} onSelect={() => void navigator.clipboard?.writeText(address)}>
            Copy address
          </DropdownMenu.Item>
          <DropdownMenu.Item className={`${ITEM} text-bad`} onSelect={() => disconnect.mutate({})}>
            {strings.disconnect}
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
