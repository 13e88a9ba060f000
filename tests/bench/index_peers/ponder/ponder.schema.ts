import { onchainTable } from "ponder";

export const transfer = onchainTable("transfer", (t) => ({
  id: t.text().primaryKey(),
  block: t.bigint().notNull(),
  sender: t.hex().notNull(),
  receiver: t.hex().notNull(),
  value: t.bigint().notNull(),
}));

export const balance = onchainTable("balance", (t) => ({
  id: t.hex().primaryKey(),
  balance: t.bigint().notNull(),
}));
