/** EIP-2612 permit of the exact escrow; the token states its own domain (EIP-5267). */
import { parseSignature } from "viem";
import type { Config } from "wagmi";
import { readContract, signTypedData } from "wagmi/actions";
import { testUsdAbi } from "@/generated/contracts";
import type { Hex } from "@/lib/bytes";

/** Long enough for a slow hardware wallet; by the chain's clock. */
const VALID_SECONDS = 3_600n;

export interface Permit {
  readonly deadline: bigint;
  readonly v: number;
  readonly r: Hex;
  readonly s: Hex;
}

interface PermitRequest {
  readonly token: Hex;
  readonly owner: Hex;
  readonly spender: Hex;
  readonly amount: bigint;
  /** Timestamp of the chain's head. */
  readonly now: bigint;
}

export async function signPermit(config: Config, request: PermitRequest): Promise<Permit> {
  const { token, owner, spender, amount, now } = request;
  const [domain, nonce] = await Promise.all([
    readContract(config, { address: token, abi: testUsdAbi, functionName: "eip712Domain" }),
    readContract(config, { address: token, abi: testUsdAbi, functionName: "nonces", args: [owner] }),
  ]);
  const deadline = now + VALID_SECONDS;
  const signature = await signTypedData(config, {
    account: owner,
    domain: { name: domain[1], version: domain[2], chainId: Number(domain[3]), verifyingContract: domain[4] },
    types: {
      Permit: [
        { name: "owner", type: "address" },
        { name: "spender", type: "address" },
        { name: "value", type: "uint256" },
        { name: "nonce", type: "uint256" },
        { name: "deadline", type: "uint256" },
      ],
    },
    primaryType: "Permit",
    message: { owner, spender, value: amount, nonce, deadline },
  });
  const { r, s, v, yParity } = parseSignature(signature);
  return { deadline, v: Number(v ?? BigInt(yParity + 27)), r, s };
}
