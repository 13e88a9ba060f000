"""Deploys all contracts and writes the deployment file.

`python -m contracts.scripts.deploy --rpc URL --out FILE --params devnet`

The key comes from the environment variable ASSAY_DEPLOYER_KEY; on the local chain (id 31337) only, anvil's
public key is the default. Contracts that know each other take addresses predicted from the deployer's nonce.
Running it again is safe: what is deployed already is left alone, what was half finished is carried on or
begun afresh, a chain that was reset is noticed.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from contracts.scripts.deployment_plan import Roles
from contracts.scripts.deployment_record import DeployError, RunLock
from contracts.scripts.deployment_run import Run
from contracts.scripts.params import PARAMS, Params

LOCAL_CHAIN_ID = 31_337
# devnet key: account 0 of anvil's public test mnemonic, known to everyone; used on chain 31337 only
DEVNET_DEPLOYER_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
# devnet accounts 7 and 8 of the same mnemonic
DEVNET_ROLES = Roles(
    guardian="0x14dC79964da2C08b23698B3D3cc7Ca32193d9955",
    fee_recipient="0x23618e81E3f5cdF7f54C3d65f7FBc0aBf5B21E8f",
)


def _silent(line: str) -> None:
    pass


def deploy(
    w3: Any,
    account: Any,
    params: Params,
    out: Path,
    *,
    roles: Roles | None = None,
    usd: str | None = None,
    say: Callable[[str], None] = _silent,
) -> dict[str, Any]:
    """Deploys with `account` (eth_account) unless `out` has this deployment already; returns the record.

    `roles` and `usd` may be left out on the local chain: then devnet accounts and a TestUSD are used.
    Raises DeployError with what is wrong and the way out.
    """
    roles = _admissible(int(w3.eth.chain_id), params, roles, usd)
    out.parent.mkdir(parents=True, exist_ok=True)
    with RunLock(out):
        run = Run(w3, account, params, roles, usd, out, say)
        record = run.finished()
        if record is not None:
            say(f"already deployed: {len(record['contracts'])} contracts in {out}")
            return record
        return run.deploy()


def _admissible(chain_id: int, params: Params, roles: Roles | None, usd: str | None) -> Roles:
    if params.name == "devnet" and chain_id != LOCAL_CHAIN_ID:
        raise DeployError(
            f"devnet parameters on chain {chain_id}: they are for the local chain {LOCAL_CHAIN_ID}; "
            "use --params production"
        )
    if params.name == "production" and usd is None:
        raise DeployError("production needs a stablecoin: pass --usd ADDRESS (TestUSD is for devnets)")
    if roles is not None:
        return roles
    if chain_id != LOCAL_CHAIN_ID:
        raise DeployError(f"chain {chain_id} needs --guardian ADDRESS and --fee-recipient ADDRESS")
    return DEVNET_ROLES


def _key(chain_id: int) -> str:
    key = os.environ.get("ASSAY_DEPLOYER_KEY")
    if key:
        return key
    if chain_id == LOCAL_CHAIN_ID:
        return DEVNET_DEPLOYER_KEY
    raise DeployError(f"chain {chain_id} is not the local chain: set ASSAY_DEPLOYER_KEY")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="contracts.scripts.deploy", description=__doc__)
    parser.add_argument("--rpc", required=True, help="JSON-RPC address of the node")
    parser.add_argument("--out", required=True, type=Path, help="deployment file to write")
    parser.add_argument("--params", required=True, choices=sorted(PARAMS))
    parser.add_argument("--usd", help="address of the stablecoin (default on devnets: a new TestUSD)")
    parser.add_argument("--guardian", help="may stop new jobs for a while (default on devnets: account 7)")
    parser.add_argument("--fee-recipient", help="receives protocol fees (default on devnets: account 8)")
    return parser


def _run(arguments: argparse.Namespace) -> None:
    from eth_account import Account
    from web3 import Web3

    w3 = Web3(Web3.HTTPProvider(arguments.rpc, request_kwargs={"timeout": 30}))
    if not w3.is_connected():
        raise DeployError(f"no node answers at {arguments.rpc}: start it or correct --rpc")
    given = [value for value in (arguments.guardian, arguments.fee_recipient) if value]
    if len(given) == 1:
        raise DeployError("--guardian and --fee-recipient go together")
    roles = Roles(*(Web3.to_checksum_address(value) for value in given)) if given else None
    usd = Web3.to_checksum_address(arguments.usd) if arguments.usd else None
    try:
        account = Account.from_key(_key(int(w3.eth.chain_id)))
    except ValueError:  # the message must not repeat what was in the variable
        raise DeployError("ASSAY_DEPLOYER_KEY is no private key: 0x and 64 hex digits") from None
    deploy(w3, account, PARAMS[arguments.params], arguments.out, roles=roles, usd=usd, say=print)


def main(argv: list[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    started = time.monotonic()
    try:
        _run(arguments)
    except (DeployError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"done in {time.monotonic() - started:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
