/** Whole games of tests/vectors/games.json, as the chain's logs tell them. */
import type { Position } from "@/leaf/positions";
import type { Hex } from "@/lib/bytes";
import { vectorsOf } from "@/test/vectors";

export interface Game {
  name: string;
  claim_id: Hex;
  lot_root: Hex;
  items: number;
  program_root: Hex;
  positions: { [field in keyof Position]: string | boolean }[];
  keys: Hex[];
  answers: Hex[];
  final: { contract: string; move: string; calldata: Hex };
  verdict: string;
}

export const GAMES = vectorsOf<Game[]>("games");

export function gameOf(name: string): Game {
  const found = GAMES.find((game) => game.name === name);
  if (!found) throw new Error(`games.json has no game about ${name}`);
  return found;
}
