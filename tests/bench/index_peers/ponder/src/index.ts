import { ponder } from "ponder:registry";
import { balance, transfer } from "ponder:schema";

ponder.on("Token:Transfer", async ({ event, context }) => {
  const { sender, receiver, value } = event.args;
  await context.db.insert(transfer).values({ id: event.id, block: event.block.number, sender, receiver, value });
  await context.db
    .insert(balance)
    .values({ id: sender, balance: -value })
    .onConflictDoUpdate((row) => ({ balance: row.balance - value }));
  await context.db
    .insert(balance)
    .values({ id: receiver, balance: value })
    .onConflictDoUpdate((row) => ({ balance: row.balance + value }));
});
