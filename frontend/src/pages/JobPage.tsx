import { useParams } from "@tanstack/react-router";
import { JobView } from "@/features/jobs/page/JobView";

export function JobPage() {
  const { jobId } = useParams({ from: "/jobs/$jobId" });
  return <JobView key={jobId} id={jobId} />;
}
