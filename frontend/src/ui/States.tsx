/** The three ways a region can have nothing to show yet; each says what comes next. */
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { ApiError } from "@/lib/api/client";
import { Button } from "@/ui/Button";

export function Skeleton({ className = "" }: { className?: string }) {
  return <span aria-hidden="true" className={`skeleton block ${className}`} />;
}

/** Rows of the height that the real ones will have, so that nothing moves when they come. */
export function SkeletonRows({ rows, label = "Loading" }: { rows: number; label?: string }) {
  return (
    <div role="status" aria-label={label} className="grid gap-px px-4 py-2">
      {Array.from({ length: rows }, (_, i) => (
        <Skeleton key={`row-${i.toString()}`} className="my-1.5 h-7" />
      ))}
    </div>
  );
}

export function Empty({
  title,
  children,
  action,
}: {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="grid justify-items-start gap-2 px-4 py-6">
      <p className="font-medium">{title}</p>
      {children && <div className="max-w-prose text-sm text-muted">{children}</div>}
      {action && <div className="mt-1">{action}</div>}
    </div>
  );
}

interface FailureProps {
  error: unknown;
  what: string;
  retry?: (() => void) | undefined;
}

/** A failed load: what, why, and the way out. */
export function Failure({ error, what, retry }: FailureProps) {
  const missing = error instanceof ApiError && error.status === 404;
  const reason = error instanceof Error ? error.message : String(error);
  return (
    <div role="alert" className="grid justify-items-start gap-2 px-4 py-6">
      <p className="font-medium text-bad">
        {missing ? `${what} was not found` : `${what} could not be loaded`}
      </p>
      <p className="max-w-prose text-sm text-muted">
        {missing
          ? "The indexer knows nothing under this id. It may not be confirmed yet, or it belongs to another chain."
          : reason}
      </p>
      <div className="mt-1 flex gap-2">
        {retry && (
          <Button size="small" onClick={retry}>
            Try again
          </Button>
        )}
        <Link to="/status" className="link self-center text-sm">
          See the network's status
        </Link>
      </div>
    </div>
  );
}

export function Notice({
  tone = "info",
  title,
  children,
  action,
}: {
  tone?: "info" | "warn" | "bad" | "good";
  title?: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
}) {
  const tones = {
    info: "border-info/40 bg-info-soft",
    warn: "border-warn/40 bg-warn-soft",
    bad: "border-bad/40 bg-bad-soft",
    good: "border-good/40 bg-good-soft",
  };
  return (
    <div
      role={tone === "bad" ? "alert" : "status"}
      className={`rounded-md border px-3.5 py-2.5 text-sm ${tones[tone]}`}
    >
      {title && <p className="font-medium">{title}</p>}
      {children && <div className="text-ink/90">{children}</div>}
      {action && <div className="mt-2">{action}</div>}
    </div>
  );
}
