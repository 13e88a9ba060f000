"""Escrow between a board, a market, a vault and a factory of the tests' own."""

from dataclasses import dataclass
from typing import Any

import boa
import pytest

from tests.contracts.worlds import USD, ZERO, deployer, fund, logs_of, role, share_world

JOB = b"\x0a" * 32
INCOME, REFUND, POKE = 1, 2, 3
NO_PERMIT = (0, 0, b"", b"")


@dataclass
class EscrowWorld:
    usd: Any
    escrow: Any
    board: str
    market: str
    availability: str
    vault: str
    payer: str
    recipient: str
    share: Any

    def fund(self, amount: int) -> None:
        fund(self.usd, self.payer, amount)
        with boa.env.prank(self.payer):
            self.usd.approve(self.escrow.address, amount)
        with boa.env.prank(self.board):
            self.escrow.fund_with_permit(JOB, self.payer, amount, *NO_PERMIT)

    def distribute(
        self, *payments: tuple[str, int, int], fee: int = 0, kitty: int = 0, burn: int = 0
    ) -> None:
        with boa.env.prank(self.market):
            self.escrow.distribute(JOB, list(payments), fee, kitty, burn)

    def ledgers(self, *accounts: str) -> int:
        """Every ledger summed by hand."""
        credits = sum(self.escrow.credit_of(account) for account in accounts)
        parts = self.escrow.fees_usd6() + self.escrow.kitty_usd6() + self.escrow.burned_usd6()
        return int(credits + parts + self.escrow.job_balance(JOB))


def escrow_world(usd: Any = None, share: Any = None, factory: str | None = None) -> EscrowWorld:
    shares = share_world(usd=usd)
    names = [role(name) for name in ("board", "market", "availability", "vault", "recipient")]
    board, market, availability, vault, recipient = names
    escrow = deployer("Escrow").deploy(
        shares.usd.address, board, market, availability, vault, factory or shares.factory.address, recipient
    )
    payer = role("payer")
    return EscrowWorld(
        shares.usd, escrow, board, market, availability, vault, payer, recipient, share or shares.share
    )


@pytest.fixture
def here() -> EscrowWorld:
    return escrow_world()


def test_fund_with_permit__board__takes_the_tokens_and_books_them(here: EscrowWorld) -> None:
    here.fund(100)
    assert here.escrow.job_balance(JOB) == 100 == here.escrow.liabilities_usd6()
    assert here.usd.balanceOf(here.escrow) == 100


def test_fund__availability__takes_the_price_of_a_page(here: EscrowWorld) -> None:
    fund(here.usd, here.payer, 7)
    with boa.env.prank(here.payer):
        here.usd.approve(here.escrow.address, 7)
    with boa.env.prank(here.availability):
        here.escrow.fund(JOB, here.payer, 7)
    assert here.escrow.job_balance(JOB) == 7


@pytest.mark.parametrize("caller", ["stranger", "board", "market", "availability", "vault", "payer"])
def test_fund_distribute_accept_slash__each_caller__only_where_it_is_needed(
    here: EscrowWorld, caller: str
) -> None:
    here.fund(100)
    account = getattr(here, caller, None) or role(caller)
    fund(here.usd, here.payer, 1)
    fund(here.usd, here.escrow.address, 1)
    with boa.env.prank(here.payer):
        here.usd.approve(here.escrow.address, 1)
    calls: list[tuple[set[str], str, Any]] = [
        ({"availability"}, "only Availability", lambda: here.escrow.fund(JOB, here.payer, 1)),
        (
            {"board"},
            "only JobBoard",
            lambda: here.escrow.fund_with_permit(JOB, here.payer, 1, *NO_PERMIT),
        ),
        (
            {"market", "availability", "board"},
            "only the market",
            lambda: here.escrow.distribute(JOB, [(account, 1, REFUND)], 0, 0, 0),
        ),
        ({"vault"}, "only the vault", lambda: here.escrow.accept_slash(JOB, 1)),
    ]
    for allowed, cause, call in calls:
        with boa.env.prank(account):
            if caller in allowed:
                call()
            else:
                with boa.reverts("escrow: " + cause):
                    call()


def test_distribute__parts__add_up_and_none_is_lost(here: EscrowWorld) -> None:
    one, other = role("one"), role("other")
    here.fund(100)
    here.distribute((one, 40, INCOME), (other, 7, REFUND), (one, 0, POKE), fee=11, kitty=13, burn=17)
    assert here.escrow.credit_of(one) == 40
    assert (here.escrow.fees_usd6(), here.escrow.kitty_usd6(), here.escrow.burned_usd6()) == (11, 13, 17)
    assert here.escrow.job_balance(JOB) == 12
    assert here.ledgers(one, other) == 100 == here.escrow.liabilities_usd6()


@pytest.mark.parametrize("extra", [0, 1])
def test_distribute__above_the_job__reverts(here: EscrowWorld, extra: int) -> None:
    here.fund(100)
    parts = ((role("one"), 60, INCOME),)
    if extra:
        with boa.reverts("escrow: more than the job holds"):
            here.distribute(*parts, fee=40 + extra)
    else:
        here.distribute(*parts, fee=40)


def test_distribute__24_payments__fit(here: EscrowWorld) -> None:
    here.fund(24)
    here.distribute(*[(role(f"payee {k}"), 1, INCOME) for k in range(24)])
    assert here.escrow.job_balance(JOB) == 0


def test_distribute__income_of_a_share__is_pushed_and_accounted(here: EscrowWorld) -> None:
    here.fund(100)
    here.distribute((here.share.address, 100, INCOME))
    assert here.share.total_income_usd6() == 100
    assert here.escrow.credit_of(here.share) == 0 == here.escrow.liabilities_usd6()


def test_distribute__refund_to_a_share__is_a_credit(here: EscrowWorld) -> None:
    here.fund(100)
    here.distribute((here.share.address, 100, REFUND))
    assert here.escrow.credit_of(here.share) == 100


def test_withdraw__anyone__pays_the_account(here: EscrowWorld) -> None:
    one = role("one")
    here.fund(100)
    here.distribute((one, 60, INCOME))
    with boa.env.prank(role("stranger")):
        assert here.escrow.withdraw(one) == 60
        assert here.escrow.withdraw(one) == 0
    assert here.usd.balanceOf(one) == 60
    assert here.escrow.liabilities_usd6() == 40 == here.usd.balanceOf(here.escrow)


def test_withdraw_fees__anyone__pays_the_recipient_only(here: EscrowWorld) -> None:
    here.fund(100)
    here.distribute(fee=30)
    with boa.env.prank(role("stranger")):
        assert here.escrow.withdraw_fees() == 30
    event = logs_of(here.escrow, "FeesWithdrawn")[0]
    assert (event.recipient, event.amount_usd6) == (here.recipient, 30)
    assert here.escrow.withdraw_fees() == 0
    assert here.usd.balanceOf(here.recipient) == 30


def test_accept_slash__vault__needs_the_tokens_first(here: EscrowWorld) -> None:
    here.fund(100)
    with boa.env.prank(here.market), boa.reverts("escrow: only the vault"):
        here.escrow.accept_slash(JOB, 1)
    with boa.env.prank(here.vault):
        with boa.reverts("escrow: the slash did not arrive"):
            here.escrow.accept_slash(JOB, 1)
        here.usd.mint(here.escrow.address, 5)
        with boa.reverts("escrow: the slash did not arrive"):
            here.escrow.accept_slash(JOB, 6)
        here.escrow.accept_slash(JOB, 5)
    assert here.escrow.job_balance(JOB) == 105


def test_push_income__anyone_else__reverts(here: EscrowWorld) -> None:
    here.fund(100)
    for caller in (here.market, here.vault, role("stranger")):
        with boa.env.prank(caller), boa.reverts("escrow: only itself"):
            here.escrow.push_income(here.share.address, 100)


def test_fund__gift_before__is_not_counted(here: EscrowWorld) -> None:
    here.usd.mint(here.escrow.address, 50 * USD)
    here.fund(100)
    assert here.escrow.liabilities_usd6() == 100
    assert here.escrow.credit_of(ZERO) == 0
