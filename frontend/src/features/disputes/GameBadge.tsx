import { stateOf } from "@/features/disputes/words";
import type { Game } from "@/lib/api/disputeTypes";
import { Badge } from "@/ui/Badge";

/** Who is to move, or how it ended. */
export function GameBadge({ game }: { game: Pick<Game, "state" | "verdict" | "turn"> }) {
  const { label, tone, what } = stateOf(game);
  return (
    <Badge tone={tone} title={what}>
      {label}
    </Badge>
  );
}
