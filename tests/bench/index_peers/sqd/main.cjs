// The SQD contestant: RPC ingestion in batches, events inserted, balances kept in memory and upserted once a batch.
const { EvmBatchProcessor } = require("@subsquid/evm-processor");
const { TypeormDatabase } = require("@subsquid/typeorm-store");
const { Transfer, Balance } = require("./lib/model");

const work = JSON.parse(process.env.BENCH_WORKLOAD);
const TRANSFER = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";

const processor = new EvmBatchProcessor()
  .setRpcEndpoint({ url: work.url, capacity: 10, maxBatchCallSize: 100 })
  .setFinalityConfirmation(1)
  .setBlockRange({ from: work.first_block, to: work.head })
  .addLog({ address: [work.token], topic0: [TRANSFER] })
  .setFields({ log: { topics: true, data: true } });

const balances = new Map();
processor.run(new TypeormDatabase({ supportHotBlocks: true }), async (ctx) => {
  const transfers = [];
  const touched = new Set();
  const add = (account, value) => {
    balances.set(account, (balances.get(account) ?? 0n) + value);
    touched.add(account);
  };
  for (const block of ctx.blocks) {
    for (const log of block.logs) {
      const sender = "0x" + log.topics[1].slice(26);
      const receiver = "0x" + log.topics[2].slice(26);
      const value = BigInt(log.data);
      transfers.push(new Transfer({ id: log.id, block: block.header.height, sender, receiver, value }));
      add(sender, -value);
      add(receiver, value);
    }
  }
  await ctx.store.insert(transfers);
  await ctx.store.upsert([...touched].map((id) => new Balance({ id, balance: balances.get(id) })));
});
