/** Evidence and frames as moves carry them: ABI encodings. viem comes with this module, so it is loaded lazily. */
import { type AbiParameter, decodeAbiParameters } from "viem";
import { FalseEvidence } from "@/leaf/errors";
import type { Evidence, Frame } from "@/leaf/opening";
import { fromHex, type Hex } from "@/lib/bytes";

const EVIDENCE = [
  {
    type: "tuple",
    components: [
      { name: "nodes", type: "uint256" },
      { name: "descriptor_bytes", type: "uint256" },
      { name: "descriptor", type: "bytes" },
      { name: "operands", type: "bytes" },
      { name: "siblings", type: "bytes32[]" },
    ],
  },
] as const satisfies readonly AbiParameter[];

/** A struct alone is encoded without the word that says where it begins. */
const BEGINS = 32n.toString(16).padStart(64, "0");

/** What `ILeaf.Evidence` encodes; the leaf reverts on bytes that are none. */
export function decodeEvidence(data: Hex): Evidence {
  try {
    const [found] = decodeAbiParameters(EVIDENCE, `0x${BEGINS}${data.slice(2)}`);
    return {
      nodes: found.nodes,
      descriptorBytes: found.descriptor_bytes,
      descriptor: fromHex(found.descriptor),
      operands: fromHex(found.operands),
      siblings: found.siblings.map(fromHex),
    };
  } catch (error) {
    throw new FalseEvidence(
      `the evidence does not decode: ${error instanceof Error ? error.message : error}`,
    );
  }
}

/** `ILeaf.Frame` as viem decodes it. */
export interface FrameWords {
  readonly body_root: Hex;
  readonly trace_root: Hex;
  readonly carry_root: Hex;
  readonly invariants_root: Hex;
  readonly step: bigint;
}

export function frameOf(words: FrameWords): Frame {
  return {
    bodyRoot: fromHex(words.body_root),
    traceRoot: fromHex(words.trace_root),
    carryRoot: fromHex(words.carry_root),
    invariantsRoot: fromHex(words.invariants_root),
    step: words.step,
  };
}
