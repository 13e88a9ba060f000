import { useSearch } from "@tanstack/react-router";
import { strings } from "@/features/jobs/new/strings";
import { lazyWallet } from "@/features/wallet/lazyWallet";
import { Page } from "@/ui/Page";
import { Skeleton } from "@/ui/States";

const NewJob = lazyWallet(
  async () => (await import("@/features/jobs/new/NewJob")).NewJob,
  <div className="grid gap-5 lg:grid-cols-[7fr_5fr]" role="status" aria-label="Loading the form">
    <Skeleton className="h-96" />
    <Skeleton className="h-96" />
  </div>,
);

export function NewJobPage() {
  const { from } = useSearch({ from: "/jobs/new" });
  return (
    <Page title={strings.title} lead={strings.lead}>
      <NewJob from={from} key={from ?? ""} />
    </Page>
  );
}
