import { useParams } from "@tanstack/react-router";
import { DisputeView } from "@/features/disputes/DisputeView";

export function DisputePage() {
  const { gameId } = useParams({ from: "/disputes/$gameId" });
  return <DisputeView key={gameId} id={gameId} />;
}
