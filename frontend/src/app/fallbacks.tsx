import { Link } from "@tanstack/react-router";
import { Button } from "@/ui/Button";
import { Page } from "@/ui/Page";
import { SkeletonRows } from "@/ui/States";

export function RouteLoading() {
  return <SkeletonRows rows={6} label="Loading the page" />;
}

export function NotFound() {
  return (
    <Page title="No such page" lead="The address names nothing here.">
      <p>
        <Link to="/" className="link">
          Go to the overview
        </Link>
      </p>
    </Page>
  );
}

/** A screen that threw: usually a chunk of a build that was replaced meanwhile. */
export function RouteFailure({ error, reset }: { error: unknown; reset?: () => void }) {
  const message = error instanceof Error ? error.message : String(error);
  const replaced = /dynamically imported module|module script|Importing a module/i.test(message);
  return (
    <Page title="This page could not be shown">
      <div role="alert" className="grid justify-items-start gap-3">
        <p className="max-w-prose text-muted">
          {replaced ? "A newer version of the dashboard was published. Reload to get it." : message}
        </p>
        <div className="flex gap-2">
          <Button look="primary" onClick={() => window.location.reload()}>
            Reload
          </Button>
          {reset && <Button onClick={reset}>Try again</Button>}
        </div>
      </div>
    </Page>
  );
}
