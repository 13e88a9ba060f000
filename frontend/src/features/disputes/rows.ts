/** Geometry of the rows that games descend: which leaves a child stands over, and which child was named. */
import type { Arguments, GameRuling, PositionJson } from "@/lib/api/disputeTypes";

export interface Row {
  readonly count: bigint;
  readonly level: number;
  readonly index: bigint;
}

const LEVELS = 4;

export function heightOf(count: bigint): number {
  return count <= 1n ? 0 : (count - 1n).toString(2).length;
}

export const rowOf = (position: PositionJson): Row => ({
  count: BigInt(position.count),
  level: position.level,
  index: BigInt(position.index),
});

/** Levels between a node and its children. */
export const levelsOf = (row: Row): number => Math.min(row.level, LEVELS);

/** Leaves under child k: [first, last]. */
export function spanOf(row: Row, k: number): [bigint, bigint] {
  const levels = levelsOf(row);
  const span = 1n << BigInt(row.level - levels);
  const first = ((row.index << BigInt(levels)) + BigInt(k)) * span;
  const end = first + span < row.count ? first + span : row.count;
  return [first, end - 1n];
}

/** Steps or terms of a segment, and how many segments there are: at most 32. */
export function segmentsOf(first: bigint, last: bigint): { width: bigint; number: number } {
  const width = (last - first + 31n) / 32n || 1n;
  return { width, number: Number((last - first + width - 1n) / width) };
}

export const rangeText = (first: bigint, last: bigint): string =>
  first === last ? `${first}` : `${first}–${last}`;

export function childIndexOf(args: Arguments | null | undefined): number | null {
  const child = args?.child as { index?: string } | undefined;
  return child?.index === undefined ? null : Number(child.index);
}

/** Which child of a row was named, by where the game stands next, else by the ruling move. */
export function namedChild(
  here: PositionJson,
  row: Row,
  children: readonly string[],
  next: PositionJson | null,
  ruling: GameRuling | null,
): number | null {
  const base = row.index << BigInt(levelsOf(row));
  if (next === null) return childIndexOf(ruling?.args);
  if (next.state === here.state || (next.state === "NODES" && here.state !== "NODES"))
    return Number(BigInt(next.index) - base);
  switch (here.state) {
    case "ITEMS":
      return Number(BigInt(next.first) - BigInt(here.first) - base);
    case "ITEM":
    case "STEP":
    case "NODES":
      return next.state === "STATES" ? null : Number(BigInt(next.node) - base);
    case "PAGES":
      return Number(BigInt(next.index) - base);
    default: {
      const found = children.indexOf(next.root);
      return found < 0 ? null : found;
    }
  }
}
