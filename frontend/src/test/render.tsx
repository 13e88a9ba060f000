/** Renders a piece of a screen with the contexts it needs, on a memory router that knows every address. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
} from "@tanstack/react-router";
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import type { AppConfig } from "@/lib/api/types";
import type { Hex } from "@/lib/bytes";
import { ConfigContext } from "@/lib/config";

export const hash = (digit: string): Hex => `0x${digit.repeat(64)}`;
export const address = (digit: string): Hex => `0x${digit.repeat(40)}`;

export const CONFIG: AppConfig = {
  chain_id: 31337,
  genesis_hash: hash("9"),
  rpc_url: "http://127.0.0.1:1",
  stream_url: "http://127.0.0.1:1",
  deployed_block: 1,
  contracts: {
    TestUSD: address("1"),
    Escrow: address("2"),
    JobMarket: address("3"),
    StakeVault: address("4"),
    JobBoard: address("5"),
  },
  params: { cancel_fee_bps: 1000 },
  demo: true,
};

export function renderScreen(node: ReactNode, config: AppConfig = CONFIG) {
  const client = new QueryClient({
    defaultOptions: { queries: { retry: false, staleTime: Number.POSITIVE_INFINITY } },
  });
  const root = createRootRoute();
  const index = createRoute({ getParentRoute: () => root, path: "/", component: () => node });
  const any = createRoute({ getParentRoute: () => root, path: "$", component: () => <p>elsewhere</p> });
  const router = createRouter({
    routeTree: root.addChildren([index, any]),
    history: createMemoryHistory({ initialEntries: ["/"] }),
  });
  const screen = render(
    <QueryClientProvider client={client}>
      <ConfigContext value={config}>
        <RouterProvider router={router as never} />
      </ConfigContext>
    </QueryClientProvider>,
  );
  return { ...screen, client, router };
}
