export const strings = {
  convictions: "Convictions",
  convictionsNote: "Seats that lost their bonds: a result proven wrong, not defended, or withheld.",
  providers: "Providers",
  lead: "Accounts that sell compute and stand for it with stake.",
  none: "No provider has staked yet",
  start: "Start earning",
  startNote: "On the machine with the device, one after the other:",
  stake: "Stake",
  record: "Record",
  credit: "Credit",
  creditNote:
    "Payments wait here until the account takes them out; anyone may trigger it, the money goes to the account.",
  withdraw: "Withdraw credit",
  nothing: "No credit to withdraw",
  unbond: "Ask stake back",
  unbondNote: (time: string) =>
    `Free stake only. It can be withdrawn after ${time}, and stays slashable for jobs taken before.`,
  amount: "Amount",
  request: "Ask back",
  cancel: "Keep staked",
  take: "Withdraw",
  ready: "ready",
};
