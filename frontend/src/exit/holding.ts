/** What an account has or must do at one place, and the calls that get it out. */
import type { Abi } from "viem";
import type { Node } from "@/exit/node";
import type { Hex } from "@/lib/bytes";

export interface Action {
  readonly label: string;
  readonly to: Hex;
  readonly abi: Abi;
  readonly functionName: string;
  readonly args: readonly unknown[];
  /** Only the account itself may send it; without it anyone may, for the account. */
  readonly own?: boolean;
  /** Why it cannot be sent yet. */
  readonly wait?: string;
}

export interface Holding {
  readonly key: string;
  readonly title: string;
  readonly facts: readonly (readonly [label: string, value: string])[];
  readonly actions: readonly Action[];
}

/** One kind of holding; read alone, so that one that fails hides no other. */
export interface Source {
  readonly name: string;
  /** In one line: what is listed here. */
  readonly about: string;
  /** What to say when the account has nothing here. */
  readonly nothing: string;
  read(node: Node, account: Hex): Promise<Holding[]>;
}
