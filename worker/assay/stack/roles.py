"""The demo accounts of the local market: name and index in anvil's public test mnemonic."""

# every account but the last two has coins from the start; those come on stage when a dispute is demonstrated
ROLES = {
    "deployer": 0,
    "buyer": 1,
    "north": 2,
    "south": 3,
    "east": 4,
    "investor one": 5,
    "investor two": 6,
    "guardian": 7,
    "fee recipient": 8,
    "west": 10,
    "watcher": 11,
}
PROVIDERS = ("north", "south", "east")
FAULTY = "west"  # a provider whose device errs; has a device and stake only where a dispute was demonstrated
CHALLENGER = "watcher"
