/** A node by its address: reads at its head, and logs however little of them it gives at a time. */
import {
  type Abi,
  type AbiEvent,
  createPublicClient,
  decodeEventLog,
  encodeEventTopics,
  getAbiItem,
  http,
  numberToHex,
  type PublicClient,
} from "viem";
import type { Deployment } from "@/exit/deployments";
import type { Hex } from "@/lib/bytes";

export class WrongChain extends Error {}

const MIN_SPAN = 16n;

export interface Node {
  readonly url: string;
  readonly client: PublicClient;
  readonly deployment: Deployment;
  /** Seconds of the newest block: deadlines are compared with it, never with this machine's clock. */
  readonly now: number;
  readonly block: bigint;
}

/** Opens the node and makes sure that it is on the deployment's chain. */
export async function openNode(url: string, deployment: Deployment): Promise<Node> {
  const client = createPublicClient({ transport: http(url, { batch: { batchSize: 100 }, retryCount: 2 }) });
  const chainId = await client.getChainId();
  if (chainId !== deployment.chainId) {
    throw new WrongChain(
      `This node is on chain ${chainId}; the contracts are on chain ${deployment.chainId}.`,
    );
  }
  const [genesis, head] = await Promise.all([
    client.getBlock({ blockNumber: 0n }),
    client.getBlock({ blockTag: "latest" }),
  ]);
  if (genesis.hash.toLowerCase() !== deployment.genesisHash.toLowerCase()) {
    throw new WrongChain(
      "This node's chain has the right number and another beginning: it is another local chain.",
    );
  }
  return { url, client, deployment, now: Number(head.timestamp), block: head.number };
}

export function addressOf(node: Node, contract: string): Hex {
  const address = node.deployment.contracts[contract];
  if (!address) throw new Error(`The deployment has no ${contract}.`);
  return address;
}

interface Wanted {
  contract: string;
  abi: Abi;
  event: string;
  /** Indexed arguments to filter by. */
  args?: Record<string, unknown>;
}

/** The arguments of all such logs since the deployment. A node that refuses a span is asked for half of it. */
export async function logsOf<T>(node: Node, { contract, abi, event, args }: Wanted): Promise<T[]> {
  const address = addressOf(node, contract);
  const topics = encodeEventTopics({ abi, eventName: event, args } as never) as Hex[];
  const found: T[] = [];
  let from = node.deployment.deployedBlock;
  let span = node.block - from + 1n;
  while (from <= node.block) {
    const to = from + span - 1n < node.block ? from + span - 1n : node.block;
    const filter = { address, topics, fromBlock: numberToHex(from), toBlock: numberToHex(to) };
    try {
      const logs = await node.client.request({ method: "eth_getLogs", params: [filter] });
      for (const log of logs) {
        const decoded = decodeEventLog({
          abi: [item(abi, event)],
          data: log.data,
          topics: log.topics as never,
        });
        found.push(decoded.args as T);
      }
      from = to + 1n;
    } catch (error) {
      if (span <= MIN_SPAN) throw error;
      span /= 2n;
    }
  }
  return found;
}

function item(abi: Abi, event: string): AbiEvent {
  const entry = getAbiItem({ abi, name: event });
  if (entry?.type !== "event") throw new Error(`No event ${event}.`);
  return entry;
}
