export const strings = {
  title: "Exact program",
  note: "Integer arithmetic only: every device computes the same bits.",
  check: "Check it yourself: re-execute the job and compare it with what was revealed on chain.",
  challenge:
    "It differs? Challenge the lot while its window runs: the command says the bond and what it can earn.",
  challengeable:
    "Whoever gets other bits can challenge a result while its window runs. One wrong scalar operation costs the provider its bond.",
  trusted: "The grade is trusted: nothing is challenged, the provider's word stands.",
  claims: "Claims",
  noClaims: "No result of this lot is revealed yet.",
  disputes: "Disputes over this job",
  noDisputes: "Nobody has challenged a result of this job.",
  held: "A game is open, or a ruling waits to be enforced: nothing of this lot is paid before.",
  contested:
    "The revealed results differ. The first place wins at the end of the window, unless a later one proves it wrong before.",
  anyDevice: "any device: exact arithmetic",
};
