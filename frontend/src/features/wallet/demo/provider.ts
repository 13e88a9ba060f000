/**
 * An EIP-1193 provider over the demo accounts: signs in the page after the person said yes, sends through the node.
 * Every signing path checks the node's own chain id first, not only the configured one.
 */
import {
  createPublicClient,
  createWalletClient,
  type EIP1193RequestFn,
  type Hex,
  http,
  numberToHex,
  SwitchChainError,
  UnauthorizedProviderError,
  UnsupportedProviderMethodError,
  UserRejectedRequestError,
} from "viem";
import { chainOf } from "@/features/wallet/config";
import { accountOf, assertLocalChain } from "@/features/wallet/demo/accounts";
import { type Explanation, explainCall, explainTypedData } from "@/features/wallet/demo/explain";
import { askPerson, currentRole } from "@/features/wallet/demo/store";
import type { AppConfig } from "@/lib/api/types";
import { sameHex } from "@/lib/format/ids";

interface CallRequest {
  from?: Hex;
  to?: Hex;
  data?: Hex;
  value?: Hex;
  gas?: Hex;
  nonce?: Hex;
}

export interface DemoProvider {
  request: EIP1193RequestFn;
}

export function createDemoProvider(app: AppConfig): DemoProvider {
  assertLocalChain(app.chain_id);
  const chain = chainOf(app);
  const transport = http(app.rpc_url);
  const node = createPublicClient({ chain, transport });

  async function approved(explanation: Explanation, from: string | undefined) {
    const role = currentRole();
    const account = accountOf(role, app.chain_id);
    if (from && !sameHex(from, account.address)) {
      throw new UnauthorizedProviderError(new Error(`The demo wallet is ${role.name}, not ${from}.`));
    }
    assertLocalChain(await node.getChainId());
    if (!(await askPerson(role, explanation))) {
      throw new UserRejectedRequestError(new Error("Rejected in the demo wallet."));
    }
    return account;
  }

  async function sendTransaction(call: CallRequest): Promise<Hex> {
    const account = await approved(explainCall(app, call.to, call.data), call.from);
    const wallet = createWalletClient({ account, chain, transport });
    return wallet.sendTransaction({
      to: call.to ?? null,
      data: call.data,
      value: call.value ? BigInt(call.value) : 0n,
      gas: call.gas ? BigInt(call.gas) : undefined,
      nonce: call.nonce ? Number(call.nonce) : undefined,
    });
  }

  async function signTypedData(from: string, json: string): Promise<Hex> {
    const typed = JSON.parse(json);
    const chainId = Number(typed.domain?.chainId);
    assertLocalChain(chainId);
    const account = await approved(explainTypedData(app, typed), from);
    const { EIP712Domain: _, ...types } = typed.types;
    return account.signTypedData({ ...typed, types });
  }

  const request = async ({ method, params }: { method: string; params?: unknown }): Promise<unknown> => {
    const list = (params ?? []) as unknown[];
    switch (method) {
      case "eth_chainId":
        return numberToHex(app.chain_id);
      case "eth_accounts":
      case "eth_requestAccounts":
        return [accountOf(currentRole(), app.chain_id).address];
      case "eth_sendTransaction":
        return sendTransaction(list[0] as CallRequest);
      case "eth_signTypedData_v4":
        return signTypedData(String(list[0]), String(list[1]));
      case "wallet_switchEthereumChain": {
        const wanted = Number((list[0] as { chainId: Hex }).chainId);
        if (wanted !== app.chain_id)
          throw new SwitchChainError(new Error("The demo wallet knows the local chain only."));
        return null;
      }
      default:
        if (method.startsWith("wallet_") || method.startsWith("personal_") || method.startsWith("eth_sign")) {
          throw new UnsupportedProviderMethodError(new Error(`The demo wallet does not do ${method}.`));
        }
        return node.request({ method, params } as never);
    }
  };
  return { request: request as EIP1193RequestFn };
}
