"""`assay audit` on a chain where every entry point was called: all adds up; with one log altered it does not."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assay.audit import audit, run
from assay.audit.entries import Entry, UnknownLog, entries
from assay.audit.finding import Report
from assay.cli import main
from assay.protocol.chain import connect
from assay.protocol.deployment import Deployment
from assay.protocol.errors import BadInput
from assay.protocol.generated import events as ev
from assay.protocol.generated.events import BY_TOPIC
from tests.contracts.gas_tour import Tour, chain, devnet_accounts


class World:
    """The tour's chain, and its logs, read once."""

    def __init__(self, url: str, path: Path) -> None:
        self.url, self.path = url, path
        self.w3, self.deployment = connect(url), Deployment.load(path)
        self.head = int(self.w3.eth.block_number)
        self.entries = list(entries(self.w3, self.deployment, self.head))

    def audit(self, monkeypatch: pytest.MonkeyPatch, altered: list[Entry]) -> Report:
        """The report as if the node had given these logs."""
        monkeypatch.setattr(run, "entries", lambda *_: iter(altered))
        return audit(self.w3, self.deployment, at=self.head)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    path = tmp_path_factory.mktemp("audit") / "deployment.json"
    with chain() as anvil:
        Tour(anvil, devnet_accounts(), path).run()
        yield World(anvil.url, path)


def test_audit__of_the_whole_tour__everything_adds_up(world: World) -> None:
    report = audit(world.w3, world.deployment)
    assert report.findings == []
    assert report.logs == len(world.entries) > 100
    idle = [book for book, checks in report.checked.items() if not checks]
    assert idle == [], "a book that checked nothing proves nothing"


def test_audit__each_book__is_about_logs_that_the_tour_has(world: World) -> None:
    seen = {type(entry.event) for entry in world.entries}
    for book in run.BOOKS:
        missing = {kind.__name__ for kind in book.HANDLERS} - {kind.__name__ for kind in seen}
        assert missing <= NEVER_IN_THE_TOUR, f"{book.NAME}: not exercised: {missing}"


# seats that are late or differ: the end-to-end test of the demonstration audits a chain that has them
NEVER_IN_THE_TOUR = {"LotContested", "SeatDefaulted", "SeatUnpaid"}

# events that move no money and decide nothing that a book checks
WITHOUT_A_BOOK = {
    # folded into the records that the books read
    "BiddingOpened",
    "BidSealed",
    "BidDisplaced",
    "AskPosted",
    "AskWithdrawn",
    "ClaimConvicted",
    "ClaimEnforced",
    "ClaimStated",
    "DevicePayeeSet",
    "DeviceRegistered",
    "DeviceRetired",
    "DeviceRuntimeSet",
    "JobClosed",
    "LotHeld",
    "LotRevealing",
    "LotTagging",
    "NewJobsPaused",
    "OrderSkipped",
    "PositionAnswered",
    "PositionNamed",
    "SeedMissed",
    "SpareCalled",
}
# sales and buyouts of devices have no book: `assay audit --help` says so
OF_SALES = {
    "AcceptanceReleased",
    "AgentSet",
    "AllowListCreated",
    "CountryBlocked",
    "DeviceAttested",
    "IdentityRegistered",
    "IdentityRemoved",
    "Invested",
    "KeptIncomeCredited",
    "OfferingActivated",
    "OfferingCancelled",
    "OfferingCreditPaid",
    "OfferingOpened",
    "OfferingsPaused",
    "RecoveryAnnounced",
    "RecoveryVetoed",
    "Refunded",
    "ShareTermsSet",
    "SharesDelivered",
    "SharesTaken",
    "TenderAccepted",
    "TenderCompleted",
    "TenderCreditPaid",
    "TenderEnded",
    "TenderIncomeCredited",
    "TenderOpened",
    "TenderPaid",
}
OF_STANDARDS = ("Approval", "ApprovalForAll", "OwnershipTransferred", "RoleMinterChanged")


def test_books__every_event_of_the_contracts__is_read_or_said_not_to_be() -> None:
    handled = {kind for book in run.BOOKS for kind in book.HANDLERS}
    rest = {
        cls.NAME
        for cls in BY_TOPIC.values()
        if cls not in handled and cls.CONTRACT != "TestUSD" and cls.NAME not in OF_STANDARDS
    }
    assert rest == WITHOUT_A_BOOK | OF_SALES


def more(name: str) -> Callable[[Any], Any]:
    return lambda event: replace(event, **{name: getattr(event, name) + 1})


ALTERED: list[tuple[type[Any], Callable[[Any], Any], str]] = [
    (ev.JobPosted, lambda e: replace(e, client_salt=bytes(32)), "draws"),
    (ev.JobAwarded, lambda e: replace(e, award_hash=bytes(32)), "draws"),
    (ev.SeedDrawn, more("seed_block"), "draws"),
    (ev.SeatSealed, lambda e: replace(e, provider="0x" + "11" * 20), "draws"),
    (ev.AuditDue, lambda e: replace(e, audit_block=1), "draws"),
    (ev.AuditDrawn, lambda e: replace(e, audited=False), "draws"),
    (ev.SeatTagged, lambda e: replace(e, tag=bytes(32)), "draws"),
    (ev.RootRevealed, lambda e: replace(e, root=bytes(32)), "draws"),
    (ev.SeatPaid, more("amount_usd6"), "settlements"),
    (ev.LotClosed, more("refund_usd6"), "settlements"),
    (ev.LotClosed, more("fee_usd6"), "settlements"),
    (ev.LotClosed, more("poke_usd6"), "escrow"),
    (ev.JobFunded, more("amount_usd6"), "escrow"),
    (ev.CreditAdded, more("amount_usd6"), "escrow"),
    (ev.CreditWithdrawn, more("amount_usd6"), "escrow"),
    (ev.FeeTaken, more("amount_usd6"), "escrow"),
    (ev.KittyAdded, more("amount_usd6"), "escrow"),
    (ev.FeesWithdrawn, more("amount_usd6"), "escrow"),
    (ev.PageAnswered, lambda e: replace(e, request_id=bytes(32)), "escrow"),
    (ev.StakeDeposited, more("amount_usd6"), "stakes"),
    (ev.StakeSlashed, more("amount_usd6"), "stakes"),
    (ev.BondLocked, lambda e: replace(e, amount_usd6=10**18), "stakes"),
    (ev.BondReleased, more("amount_usd6"), "stakes"),
    (ev.UnbondRequested, more("amount_usd6"), "stakes"),
    (ev.StakeWithdrawn, more("amount_usd6"), "stakes"),
    (ev.GameEnded, more("paid_usd6"), "disputes"),
    (ev.BondWithdrawn, lambda e: replace(e, amount_usd6=10**18), "disputes"),
    (ev.ShareCreated, more("supply"), "income"),
    (ev.DeviceShareTransfer, more("value"), "income"),
    (ev.IncomeDeposited, more("operator_usd6"), "income"),
    (ev.IncomeClaimed, more("amount_usd6"), "income"),
    (ev.OperatorPaid, more("amount_usd6"), "income"),
    (ev.IncomePushed, more("amount_usd6"), "income"),
    (ev.OrderFilled, more("fee_usd6"), "exchange"),
    (ev.OrdersMatched, more("fee_usd6"), "exchange"),
    (ev.TradeFeesWithdrawn, more("amount_usd6"), "exchange"),
    (ev.AllCancelled, lambda e: replace(e, epoch=0), "exchange"),
]


@pytest.mark.parametrize(
    ("kind", "alter", "book"),
    ALTERED,
    ids=[f"{kind.NAME}-{book}-{n}" for n, (kind, _, book) in enumerate(ALTERED)],
)
def test_audit__one_log_altered__its_book_says_so(
    world: World, monkeypatch: pytest.MonkeyPatch, kind: type[Any], alter: Callable[[Any], Any], book: str
) -> None:
    altered = list(world.entries)
    place = next(n for n, entry in enumerate(altered) if type(entry.event) is kind)
    altered[place] = replace(altered[place], event=alter(altered[place].event))
    report = world.audit(monkeypatch, altered)
    assert book in {finding.book for finding in report.findings}
    assert not report.sound


@pytest.mark.parametrize(
    "kind", [ev.SeatPaid, ev.LotClosed, ev.CreditAdded, ev.StakeSlashed, ev.IncomeDeposited]
)
def test_audit__one_log_twice_or_missing__is_found(
    world: World, monkeypatch: pytest.MonkeyPatch, kind: type[Any]
) -> None:
    place = next(n for n, entry in enumerate(world.entries) if type(entry.event) is kind)
    twice = [*world.entries[: place + 1], *world.entries[place:]]
    missing = [*world.entries[:place], *world.entries[place + 1 :]]
    assert not world.audit(monkeypatch, twice).sound
    assert not world.audit(monkeypatch, missing).sound


def test_audit__log_of_an_unknown_job__is_a_finding(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    place = next(n for n, entry in enumerate(world.entries) if type(entry.event) is ev.SeatPaid)
    foreign = replace(world.entries[place], event=replace(world.entries[place].event, lot=4_000))
    report = world.audit(monkeypatch, [*world.entries[:place], foreign, *world.entries[place + 1 :]])
    assert "logs" in {finding.book for finding in report.findings}


def test_audit__block_outside_the_chain__named_with_its_bounds(world: World) -> None:
    with pytest.raises(BadInput, match=f"head \\({world.head}\\)"):
        audit(world.w3, world.deployment, at=world.head + 1)


def test_entries__log_that_no_interface_has__is_refused(world: World) -> None:
    wrong = replace(
        world.deployment,
        contracts={
            **world.deployment.contracts,
            "Escrow": replace(
                world.deployment.contracts["Escrow"], address=world.deployment.address("JobMarket")
            ),
            "JobMarket": replace(
                world.deployment.contracts["JobMarket"], address=world.deployment.address("Escrow")
            ),
        },
    )
    with pytest.raises(UnknownLog, match="does not know"):
        list(entries(world.w3, wrong, world.head))


def test_entries__node_that_caps_its_answers__reads_all_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assay.protocol.chain import logs_between as whole
    from assay.protocol.rpc import NodeError

    def capped(w3: Any, addresses: Any, first: int, last: int) -> Any:
        if last - first >= 7:
            raise NodeError("query returned more than 7 blocks")
        return whole(w3, addresses, first, last)

    monkeypatch.setattr("assay.audit.entries.logs_between", capped)
    assert list(entries(world.w3, world.deployment, world.head)) == world.entries


def test_audit_command__sound_deployment__says_so_and_exits_0(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ASSAY_RPC_URL", world.url)
    monkeypatch.setenv("ASSAY_DEPLOYMENT", str(world.path))
    assert main.run(["audit"]) == 0
    assert "Everything adds up." in capsys.readouterr().out
    assert main.run(["audit", "--json"]) == 0
    assert '"sound": true' in capsys.readouterr().out
