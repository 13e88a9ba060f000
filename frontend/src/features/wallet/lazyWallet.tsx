/** Makes a component that needs the wallet: its chunk and wagmi load when it is first shown, behind a fallback of its size. */
import { type ComponentType, lazy, type ReactNode, Suspense, useEffect } from "react";
import { wantWallet } from "@/features/wallet/walletUi";

export function lazyWallet<P extends object>(
  load: () => Promise<ComponentType<P>>,
  fallback: ReactNode,
): ComponentType<P> {
  const Inner = lazy(async () => {
    const [Component, { WalletScope }] = await Promise.all([load(), import("@/features/wallet/WalletScope")]);
    return {
      default: (props: P) => (
        <WalletScope>
          <Component {...props} />
        </WalletScope>
      ),
    };
  });
  return function WithWallet(props: P) {
    useEffect(wantWallet, []);
    return (
      <Suspense fallback={fallback}>
        <Inner {...props} />
      </Suspense>
    );
  };
}
