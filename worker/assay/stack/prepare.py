"""`python -m assay.stack.prepare`: the accounts of the local market, made ready on chain.

Called by `assay up` once contracts are deployed and the machine is measured. Prints one `done: …` line a step.
"""

import sys

from assay.protocol.errors import AssayError
from assay.stack.economy import Economy, write_keystores
from assay.stack.machine import load_facts
from assay.stack.paths import StackPaths


def main() -> int:
    """Exit code 1 with a sentence when a step failed."""
    import json
    import os

    from web3 import Web3

    paths = StackPaths.default()
    deployment = json.loads(paths.deployment.read_text())
    w3 = Web3(Web3.HTTPProvider(os.environ["ASSAY_RPC_URL"], request_kwargs={"timeout": 20}))
    economy = Economy(w3, deployment)
    write_keystores(economy, paths)
    try:
        economy.set_up(load_facts(paths), lambda line: print(f"done: {line}", flush=True))
    except AssayError as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
