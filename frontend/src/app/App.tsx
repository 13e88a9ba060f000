/** Loads the server's config, then shows the routes; a server that does not answer is said and retried. */
import { QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useMemo } from "react";
import { createAppRouter } from "@/app/router";
import { ApiError } from "@/lib/api/client";
import { ConfigContext, loadConfig } from "@/lib/config";
import { LiveProvider } from "@/lib/live/LiveProvider";
import { Button, Spinner } from "@/ui/Button";

const RETRY_MS = 3_000;

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      refetchOnWindowFocus: true,
      // a refused request stays refused; a server that is away is asked again
      retry: (count, error) => count < 2 && (!(error instanceof ApiError) || error.retryable),
    },
  },
});

export function App() {
  return (
    <QueryClientProvider client={client}>
      <Boot />
    </QueryClientProvider>
  );
}

function Boot() {
  const config = useQuery({
    queryKey: ["config"],
    queryFn: loadConfig,
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: (query) => (query.state.data ? false : RETRY_MS),
  });
  const router = useMemo(createAppRouter, []);
  if (!config.data) {
    return (
      <main className="grid min-h-dvh place-items-center p-6">
        {config.error ? (
          <div role="alert" className="grid max-w-md justify-items-start gap-3">
            <h1 className="text-xl">The Assay server does not answer</h1>
            <p className="text-muted">{config.error.message}</p>
            <p className="text-muted">
              On your own machine, start it with <code className="font-mono">make run</code>. This page tries
              again every few seconds by itself.
            </p>
            <Button onClick={() => void config.refetch()}>Try now</Button>
          </div>
        ) : (
          <p role="status" className="flex items-center gap-3 text-muted">
            <Spinner /> Loading the network's configuration
          </p>
        )}
      </main>
    );
  }
  return (
    <ConfigContext value={config.data}>
      <LiveProvider>
        <RouterProvider router={router} />
      </LiveProvider>
    </ConfigContext>
  );
}
