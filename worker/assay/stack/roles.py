"""The demo accounts of the local market, in the order of anvil's public test mnemonic."""

ROLES = (
    "deployer",
    "buyer",
    "north",
    "south",
    "east",
    "investor one",
    "investor two",
    "guardian",
    "fee recipient",
    "spare account",
)
PROVIDERS = ("north", "south", "east")
