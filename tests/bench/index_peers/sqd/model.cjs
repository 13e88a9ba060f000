// Entities of the SQD contestant: one row a transfer, one a balance.
const { EntitySchema } = require("typeorm");

class Transfer {
  constructor(values) {
    Object.assign(this, values);
  }
}
class Balance {
  constructor(values) {
    Object.assign(this, values);
  }
}

const numeric = {
  type: "numeric",
  transformer: { to: (v) => (v == null ? v : v.toString()), from: (v) => (v == null ? v : BigInt(v)) },
};

exports.Transfer = Transfer;
exports.Balance = Balance;
exports.TransferSchema = new EntitySchema({
  target: Transfer,
  name: "Transfer",
  tableName: "transfer",
  columns: {
    id: { type: "text", primary: true },
    block: { type: "int" },
    sender: { type: "text" },
    receiver: { type: "text" },
    value: numeric,
  },
});
exports.BalanceSchema = new EntitySchema({
  target: Balance,
  name: "Balance",
  tableName: "balance",
  columns: { id: { type: "text", primary: true }, balance: numeric },
});
