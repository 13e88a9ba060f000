/** Golden games as the API answers them. */
import { type AbiFunction, decodeAbiParameters, decodeFunctionData } from "viem";
import { disputeGameAbi } from "@/generated/contracts";
import { MOVES } from "@/leaf/namings";
import { partialsOf } from "@/leaf/positions";
import type {
  Arguments,
  GameDetail,
  GameVerdict,
  Level,
  PositionJson,
  TensorHead,
} from "@/lib/api/disputeTypes";
import { fromHex, type Hex } from "@/lib/bytes";
import type { Game } from "@/test/games";
import { address, hash } from "@/test/render";

const ABI = [...MOVES, ...disputeGameAbi] as readonly { type: string; name?: string }[];

const STATES = [
  "",
  "ITEMS",
  "ITEM",
  "STEP",
  "NODES",
  "TUPLE",
  "STATES",
  "LOOP",
  "PAGES",
  "PAGE",
  "TERMS",
] as const;
const ANSWERS: Record<string, string> = {
  ITEM: "reveal_item",
  STEP: "reveal_step",
  LOOP: "reveal_states",
  PAGE: "reveal_page",
  TERMS: "reveal_terms",
};

function plain(value: unknown): unknown {
  if (typeof value === "bigint" || typeof value === "number") return value.toString();
  if (Array.isArray(value)) return value.map(plain);
  if (value && typeof value === "object")
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]));
  return value;
}

function functionOf(name: string): AbiFunction {
  return ABI.find((one) => one.type === "function" && one.name === name) as AbiFunction;
}

function named(name: string, values: readonly unknown[], from: number): Arguments {
  const inputs = functionOf(name).inputs.slice(from);
  return Object.fromEntries(inputs.map((input, k) => [input.name, plain(values[k])]));
}

function tensorOf(head: Hex): TensorHead | null {
  const bytes = fromHex(head);
  if (bytes.length < 2) return null;
  const view = new DataView(bytes.buffer);
  const dims = Array.from({ length: bytes[1] as number }, (_, k) => Number(view.getBigUint64(2 + 8 * k)));
  return { dtype: bytes[0] as number, dims };
}

/** Every answer begins with game, claim, position, challenger. */
const HEAD = 4;

function levelOf(game: Game, index: number): Level {
  const raw = game.positions[index] as Record<string, string>;
  const state = STATES[Number(raw.state)] as PositionJson["state"];
  const move = ANSWERS[state] ?? "reveal_row";
  const data = game.answers[index] as Hex;
  const values = decodeAbiParameters(functionOf(move).inputs.slice(HEAD), data);
  const shown = named(move, values, HEAD);
  const tensor = tensorOf(raw.head as Hex);
  // the API tells packed partial values one by one
  const args =
    state === "TERMS"
      ? { partials: partialsOf(tensor?.dtype ?? 0, shown.partials as Hex).map(String) }
      : shown;
  return {
    index,
    key: game.keys[index] as Hex,
    contested: state,
    position: {
      ...(raw as unknown as PositionJson),
      state,
      level: Number(raw.level),
      kind: Number(raw.kind),
      tensor,
    },
    contract: "DisputeGame",
    named_at: 1_000 + index,
    named_tx: hash("a"),
    defender_used_seconds: index,
    challenger_used_seconds: index,
    block: 10 + index,
    answer: {
      move,
      args,
      data,
      at: 1_001 + index,
      tx: hash("b"),
      game_id: "7",
      shared: false,
    },
  };
}

/** The game after its first `levels` positions, all of them answered; the ruling comes with all of them. */
export function detailOf(game: Game, levels = game.positions.length): GameDetail {
  const over = levels === game.positions.length;
  const verdict = over ? (game.verdict as GameVerdict) : null;
  const { functionName, args } = decodeFunctionData({ abi: MOVES, data: game.final.calldata });
  return {
    id: "0",
    claim_id: game.claim_id,
    job_id: hash("1"),
    lot: 0,
    place: 0,
    challenger: address("c"),
    defender: address("d"),
    state: over ? "ENDED" : "OPEN",
    verdict,
    verdict_text: null,
    contested: "ITEMS",
    bond_usd6: "40000",
    clock_seconds: 800,
    defender_used_seconds: 20,
    challenger_used_seconds: 30,
    turn: over ? null : "CHALLENGER",
    turn_since: over ? null : 1_000,
    clock_ends: over ? null : 1_770,
    steps: levels,
    moves: levels,
    paid: over ? address("c") : null,
    paid_usd6: over ? "40000" : "0",
    opened_at: 1_000,
    ended_at: over ? 1_100 : null,
    ended_tx: over ? hash("e") : null,
    block: 30,
    tx: hash("2"),
    finality: "confirmed",
    claim: {
      id: game.claim_id,
      job_id: hash("1"),
      lot: 0,
      place: 0,
      defender: address("d"),
      root: game.lot_root,
      items: game.items,
      first_item: "0",
      program_root: game.program_root,
      inputs_root: hash("4"),
      move_seconds: 20,
      stated_at: 990,
      state: over ? "ENFORCED" : "STANDING",
      games: 1,
      open_games: over ? [] : ["0"],
      held: !over,
      window_end: 1_500,
      reason: over ? "CONVICTED_LEAF" : null,
      reason_text: null,
      convicted_by: over ? address("c") : null,
      convicted_at: over ? 1_100 : null,
      convicted_tx: over ? hash("e") : null,
      enforced_at: over ? 1_101 : null,
      enforced_tx: over ? hash("f") : null,
      slashed_usd6: over ? "200000" : "0",
      split: over
        ? [
            { kind: "reward", account: address("c"), amount_usd6: "100000" },
            { kind: "compensation", account: address("b"), amount_usd6: "50000" },
            { kind: "burned", account: null, amount_usd6: "20000" },
            { kind: "kitty", account: null, amount_usd6: "30000" },
          ]
        : [],
      block: 30,
      tx: hash("3"),
      finality: "confirmed",
    },
    program: {
      root: game.program_root,
      artifact: null,
      kind: "exact",
      title: "Every operation",
      spec_hash: hash("5"),
    },
    descent: Array.from({ length: levels }, (_, k) => levelOf(game, k)),
    ruling: over
      ? {
          verdict: game.verdict as GameVerdict,
          text: "The contract recomputed it.",
          at: 1_100,
          tx: hash("e"),
          contract: game.final.contract,
          function: functionName,
          args: named(functionName, args, 0),
          calldata: game.final.calldata,
        }
      : null,
  };
}
