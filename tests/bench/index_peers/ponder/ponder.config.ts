// The Ponder contestant, with its defaults.
import { createConfig } from "ponder";
import { parseAbi } from "viem";

const work = JSON.parse(process.env.BENCH_WORKLOAD!);

export default createConfig({
  database: { kind: "postgres", connectionString: process.env.DATABASE_URL },
  chains: { anvil: { id: 31337, rpc: work.url } },
  contracts: {
    Token: {
      abi: parseAbi(["event Transfer(address indexed sender, address indexed receiver, uint256 value)"]),
      chain: "anvil",
      address: work.token,
      startBlock: work.first_block,
      endBlock: work.head,
    },
  },
});
