"""TestUSD: the faucet and its limit; the rest is the standard token."""

import boa
from eth_account import Account

from tests.contracts.worlds import USD, ZERO, deployer, role, sign_permit

LIMIT = 1_000_000 * USD


def test_mint__at_the_limit__mints() -> None:
    usd = deployer("TestUSD").deploy()
    usd.mint(role("buyer"), LIMIT)
    assert usd.totalSupply() == LIMIT
    assert usd.decimals() == 6


def test_mint__one_above__reverts() -> None:
    usd = deployer("TestUSD").deploy()
    with boa.reverts("usd: above the faucet's limit per call"):
        usd.mint(role("buyer"), LIMIT + 1)


def test_mint__zero_address__reverts() -> None:
    with boa.reverts("erc20: mint to the zero address"):
        deployer("TestUSD").deploy().mint(ZERO, 1)


def test_permit__valid__works_once() -> None:
    usd, owner, spender = deployer("TestUSD").deploy(), Account.create(), role("spender")
    deadline = boa.env.timestamp + 60
    signature = sign_permit(usd, owner.key, spender, 5, deadline)
    usd.permit(owner.address, spender, 5, deadline, *signature)
    assert usd.allowance(owner.address, spender) == 5
    with boa.reverts("erc20: invalid signature"):
        usd.permit(owner.address, spender, 5, deadline, *signature)
