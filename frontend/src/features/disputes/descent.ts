/** A game's descent as the page draws it: one rung a position, its parts as cells, what was named, in words. */
import {
  heightOf,
  namedChild,
  type Row,
  rangeText,
  rowOf,
  segmentsOf,
  spanOf,
} from "@/features/disputes/rows";
import { coordinatesOf, PAGE_BYTES, specText, widthOf, written } from "@/leaf/dtypes";
import { JOIN_WORDS, opName } from "@/leaf/operations";
import type { GameDetail, GameRuling, Level, PositionJson, TensorHead } from "@/lib/api/disputeTypes";
import { fromHex } from "@/lib/bytes";

/** agreed: both have the same; named: the first that differs; after: not looked at; open: not named yet. */
export type Mark = "agreed" | "named" | "after" | "open";

export interface Cell {
  readonly label: string;
  /** Hash or number that the provider showed; null where it is the contested value itself. */
  readonly value: string;
  readonly mark: Mark;
}

export interface Rung {
  readonly level: Level;
  readonly title: string;
  readonly note: string;
  readonly cells: readonly Cell[];
  /** The first part that differs, in words; null while it is not named. */
  readonly named: string | null;
}

interface Drawn {
  title: string;
  note: string;
  parts: { label: string; value: string }[];
  at: number | null;
  named: string | null;
}

interface Context {
  here: PositionJson;
  level: Level;
  next: PositionJson | null;
  ruling: GameRuling | null;
  /** Steps of the loop that the position lies in; null where they are not known. */
  trips: bigint | null;
}

const NOUNS = { ITEMS: "item", NODES: "node", TUPLE: "tensor", STATES: "state", PAGES: "page" } as const;

export function descentOf(game: Pick<GameDetail, "descent" | "ruling">): Rung[] {
  let trips: bigint | null = null;
  return game.descent.map((level, k) => {
    const here = level.position;
    const next = game.descent[k + 1]?.position ?? null;
    if (here.state === "LOOP" && game.descent[k - 1]?.position.state !== "LOOP")
      trips = here.first === "0" ? BigInt(here.last) : null;
    if (here.state === "NODES" || here.state === "ITEM" || here.state === "ITEMS") trips = null;
    const ruled = next === null && game.ruling?.function?.startsWith("name_") ? game.ruling : null;
    const drawn = DRAW[here.state]({ here, level, next, ruling: ruled, trips });
    const cells = drawn.parts.map((part, i) => ({ ...part, mark: markOf(i, drawn.at) }));
    return { level, title: drawn.title, note: drawn.note, cells, named: drawn.named };
  });
}

function markOf(index: number, at: number | null): Mark {
  if (at === null) return "open";
  if (index === at) return "named";
  return index < at ? "agreed" : "after";
}

function listOf(level: Level, name: string): string[] {
  const found = level.answer?.args?.[name];
  return Array.isArray(found) ? found.map(String) : [];
}

export function tensorText(tensor: TensorHead | null): string {
  return tensor ? specText(tensor.dtype, tensor.dims.map(BigInt)) : "";
}

export function elementText(tensor: TensorHead | null, element: bigint): string {
  return `[${coordinatesOf(element, (tensor?.dims ?? []).map(BigInt)).join(", ")}]`;
}

/** What a named node is, by the position below it. */
function nodeWords(next: PositionJson | null, node: string): string {
  switch (next?.state) {
    case "PAGES":
    case "PAGE":
      return `node ${node}: ${opName(next.kind)} ${tensorText(next.tensor)}`;
    case "LOOP":
      return `node ${node}: a loop of ${BigInt(next.last) - BigInt(next.first)} steps`;
    case "STEP":
      return `node ${node}: a loop of one step`;
    case "TUPLE":
      return `node ${node}: the ${next.count} tensors that the body returns`;
    default:
      return `node ${node}`;
  }
}

function drawRow({ here, level, next, ruling }: Context, row: Row, noun: string): Drawn {
  const children = listOf(level, "children");
  const offset = here.state === "ITEMS" ? BigInt(here.first) : 0n;
  const at = namedChild(here, row, children, next, ruling);
  const rangeOf = (k: number) => {
    const [first, last] = spanOf(row, k);
    return rangeText(offset + first, offset + last);
  };
  const [first] = spanOf(row, 0);
  const last = children.length ? spanOf(row, children.length - 1)[1] : first;
  const many = (range: string) => `${range.includes("–") ? `${noun}s` : noun} ${range}`;
  const isNode = noun === "node" && next?.state !== "NODES";
  const named = at === null ? null : isNode ? nodeWords(next, rangeOf(at)) : many(rangeOf(at));
  const shown = children.length
    ? `${many(rangeText(offset + first, offset + last))} of ${row.count}`
    : `${row.count} ${noun}s`;
  return {
    title: `Which ${noun}`,
    note: shown,
    parts: children.map((value, k) => ({ label: rangeOf(k), value })),
    at,
    named,
  };
}

const row =
  (noun: string) =>
  (context: Context): Drawn =>
    drawRow(context, rowOf(context.here), noun);

/** An answer that opens a frame shows the top of its node trace. */
function drawFrame(context: Context, title: string): Drawn {
  const { level, next, ruling } = context;
  const body = level.answer?.args?.body as { nodes?: string } | undefined;
  const count = BigInt(body?.nodes ?? 0);
  if (count === 0n)
    return { title, note: "all values of this run are to be shown", parts: [], at: null, named: null };
  const drawn = drawRow(context, { count, level: heightOf(count), index: 0n }, "node");
  const note = `a run of ${count} nodes`;
  if (next?.state === "STATES")
    return {
      ...drawn,
      title,
      note,
      at: null,
      named: `the committed states of the loop at node ${next.node}`,
    };
  if (ruling?.function === "name_trace" || ruling?.function === "name_loop")
    return { ...drawn, title, note, at: null, named: "which loops the committed states belong to" };
  return { ...drawn, title, note };
}

function drawLoop({ here, level, next, trips }: Context): Drawn {
  const first = BigInt(here.first);
  const last = BigInt(here.last);
  const { width, number } = segmentsOf(first, last);
  const states = listOf(level, "states");
  const rangeOf = (k: number): [bigint, bigint] => {
    const from = first + BigInt(k) * width;
    return [from, (from + width < last ? from + width : last) - 1n];
  };
  const at = next && states.length === number - 1 ? Number((BigInt(next.first) - first) / width) : null;
  const answered = level.answer !== null;
  const of = trips === null ? "" : ` of ${trips}`;
  return {
    title: "Which step",
    note: `steps ${rangeText(first, last - 1n)}${of} of the loop at node ${here.node}`,
    parts: answered
      ? Array.from({ length: number }, (_, k) => ({
          label: rangeText(...rangeOf(k)),
          value: states[k] ?? here.root,
        }))
      : [],
    at,
    named:
      at === null
        ? null
        : `${rangeOf(at)[0] === rangeOf(at)[1] ? "step" : "steps"} ${rangeText(...rangeOf(at))}${of}`,
  };
}

/** Elements of the page around the named one: a page of bytes has 256. */
const SHOWN = 16;

function drawPage({ here, level, next, ruling }: Context): Drawn {
  const { tensor } = here;
  const width = tensor ? widthOf(tensor.dtype) : 1;
  const page = fromHex(String(level.answer?.args?.page ?? "0x"));
  const size = Math.floor(page.length / width);
  const begin = BigInt(here.index) * BigInt(PAGE_BYTES / width);
  const place = next
    ? Number(BigInt(next.element) - begin)
    : ruling?.args?.place === undefined
      ? null
      : Number(ruling.args.place);
  const from = Math.max(0, Math.min((place ?? 0) - SHOWN / 2, size - SHOWN));
  const shown = Math.min(SHOWN, size);
  const text = (k: number) => elementText(tensor, begin + BigInt(k));
  return {
    title: "Which element",
    note: `page ${here.index} of ${opName(here.kind)} ${tensorText(tensor)}${size > SHOWN ? `, ${shown} of its ${size} elements` : ""}`,
    parts: Array.from({ length: shown }, (_, k) => ({
      label: text(from + k),
      value: written(page, tensor?.dtype ?? 0, from + k).toString(),
    })),
    at: place === null ? null : place - from,
    named: place === null ? null : `element ${text(place)}`,
  };
}

function drawTerms({ here, level, next, ruling }: Context): Drawn {
  const first = BigInt(here.first);
  const last = BigInt(here.last);
  const { width } = segmentsOf(first, last);
  const partials = listOf(level, "partials");
  const rangeOf = (k: number) => {
    const from = first + BigInt(k) * width;
    return rangeText(from, (from + width < last ? from + width : last) - 1n);
  };
  const index = ruling?.args?.index;
  const at = next ? Number((BigInt(next.first) - first) / width) : index === undefined ? null : Number(index);
  const what = JOIN_WORDS[here.kind] ?? "sum";
  return {
    title: "Which term",
    note: `partial ${what === "sum" ? "sums" : what === "maximum" ? "maxima" : "minima"} of terms ${rangeText(first, last - 1n)} of element ${elementText(here.tensor, BigInt(here.element))}, which join to ${here.value}`,
    parts: partials.map((value, k) => ({ label: rangeOf(k), value })),
    at,
    named: at === null ? null : `${rangeOf(at).includes("–") ? "terms" : "term"} ${rangeOf(at)}`,
  };
}

const DRAW: Record<PositionJson["state"], (context: Context) => Drawn> = {
  ITEMS: row(NOUNS.ITEMS),
  NODES: row(NOUNS.NODES),
  TUPLE: row(NOUNS.TUPLE),
  STATES: row(NOUNS.STATES),
  PAGES: row(NOUNS.PAGES),
  ITEM: (context) => drawFrame(context, `Item ${context.here.first}`),
  STEP: (context) =>
    drawFrame(context, `Step ${context.here.first}${context.trips === null ? "" : ` of ${context.trips}`}`),
  LOOP: drawLoop,
  PAGE: drawPage,
  TERMS: drawTerms,
};

/** Where the game has come to, from the lot down: the words that were named, the last of each kind. */
export function pathOf(rungs: readonly Rung[]): string[] {
  const path: string[] = [];
  for (const [k, rung] of rungs.entries()) {
    const { state } = rung.level.position;
    const below = rungs[k + 1]?.level.position.state;
    if (state === "ITEM") path.push(`item ${rung.level.position.first}`);
    else if (state === "STEP") path.push(rung.title.toLowerCase());
    // a row that goes on in itself has not come to a name yet
    if (rung.named && state !== "ITEMS" && state !== "LOOP" && below !== state && below !== "NODES")
      path.push(rung.named);
  }
  return path;
}
