/** Every address of the product. Screens are lazy chunks; filters are typed search parameters. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { NotFound, RouteFailure, RouteLoading } from "@/app/fallbacks";
import { Shell } from "@/app/Shell";
import { OverviewPage } from "@/pages/OverviewPage";

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound, errorComponent: RouteFailure });

type Search = Record<string, unknown>;

function text(search: Search, key: string): string | undefined {
  const value = search[key];
  return typeof value === "string" && value !== "" && value.length <= 120 ? value : undefined;
}

const routes = [
  createRoute({ getParentRoute: () => root, path: "/", component: OverviewPage }),
  createRoute({
    getParentRoute: () => root,
    path: "/jobs",
    validateSearch: (search: Search): { state?: string; buyer?: string; provider?: string } => ({
      state: text(search, "state"),
      buyer: text(search, "buyer"),
      provider: text(search, "provider"),
    }),
    component: lazyRouteComponent(() => import("@/pages/JobsPage"), "JobsPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/jobs/new",
    validateSearch: (search: Search): { from?: string } => ({ from: text(search, "from") }),
    component: lazyRouteComponent(() => import("@/pages/NewJobPage"), "NewJobPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/jobs/$jobId",
    component: lazyRouteComponent(() => import("@/pages/JobPage"), "JobPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/disputes",
    validateSearch: (
      search: Search,
    ): { state?: string; job?: string; claim?: string; provider?: string; challenger?: string } => ({
      state: text(search, "state"),
      job: text(search, "job"),
      claim: text(search, "claim"),
      provider: text(search, "provider"),
      challenger: text(search, "challenger"),
    }),
    component: lazyRouteComponent(() => import("@/pages/DisputesPage"), "DisputesPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/disputes/$gameId",
    component: lazyRouteComponent(() => import("@/pages/DisputePage"), "DisputePage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/devices",
    validateSearch: (search: Search): { provider?: string; runtime_class?: string } => ({
      provider: text(search, "provider"),
      runtime_class: text(search, "runtime_class"),
    }),
    component: lazyRouteComponent(() => import("@/pages/DevicesPage"), "DevicesPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/devices/$deviceId",
    component: lazyRouteComponent(() => import("@/pages/DevicePage"), "DevicePage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/providers",
    component: lazyRouteComponent(() => import("@/pages/ProvidersPage"), "ProvidersPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/providers/$address",
    component: lazyRouteComponent(() => import("@/pages/ProviderPage"), "ProviderPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/account",
    component: lazyRouteComponent(() => import("@/pages/AccountPage"), "MyAccountPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/accounts/$address",
    component: lazyRouteComponent(() => import("@/pages/AccountPage"), "AccountPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/status",
    component: lazyRouteComponent(() => import("@/pages/StatusPage"), "StatusPage"),
  }),
] as const;

const tree = root.addChildren([...routes]);

export function createAppRouter() {
  return createRouter({
    routeTree: tree,
    defaultPreload: "intent",
    scrollRestoration: true,
    defaultPendingComponent: RouteLoading,
    defaultErrorComponent: RouteFailure,
    defaultPendingMs: 150,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
