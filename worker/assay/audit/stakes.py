"""StakeVault's and DisputeGame's ledgers from their logs: stake, bonds, the queue, challenges (INV-01, INV-06)."""

from __future__ import annotations

from collections import defaultdict
from typing import ClassVar

from assay.audit.book import Book, Facts
from assay.audit.entries import Entry
from assay.audit.finding import Sheet
from assay.protocol.clients import StakeVaultClient, UsdClient
from assay.protocol.generated import events as ev
from assay.protocol.ids import to_hex


class Stakes(Book):
    """What every provider has staked, locked and asked back; checked after each log that lowers one of them."""

    NAME = "stakes"

    def __init__(self, facts: Facts, sheet: Sheet) -> None:
        super().__init__(facts, sheet)
        self.stake: dict[str, int] = defaultdict(int)
        self.unbonding: dict[str, int] = defaultdict(int)
        self.bonds: dict[str, dict[bytes, int]] = defaultdict(lambda: defaultdict(int))
        self._requests: dict[tuple[str, int], tuple[int, int]] = {}
        self._slashed = 0

    def on_deposited(self, entry: Entry, event: ev.StakeDeposited) -> None:
        """Own stake grows."""
        self.stake[event.provider] += event.amount_usd6
        there = self.stake[event.provider]
        self.sheet.equal(
            event.stake_usd6, there, "deposits", event.provider, "The log says its stake is", tx=entry.tx
        )

    def on_requested(self, entry: Entry, event: ev.UnbondRequested) -> None:
        """Only what is free can be asked back."""
        self._requests[event.provider, event.request_id] = (event.amount_usd6, event.available_at)
        self.unbonding[event.provider] += event.amount_usd6
        self._covered(event.provider, tx=entry.tx)

    def on_cancelled(self, entry: Entry, event: ev.UnbondCancelled) -> None:
        """The request is no more."""
        self._close_request(event.provider, event.request_id, event.amount_usd6, entry)

    def on_withdrawn(self, entry: Entry, event: ev.StakeWithdrawn) -> None:
        """Not before its time."""
        available = self._close_request(event.provider, event.request_id, event.amount_usd6, entry)
        left = self.facts.block(entry.block).timestamp
        what = f"Stake left at {left}, before {available}."
        self.sheet.hold(left >= available, "unbonding times", event.provider, what, tx=entry.tx)
        self.stake[event.provider] -= event.amount_usd6
        self._covered(event.provider, tx=entry.tx)

    def _close_request(self, provider: str, request_id: int, amount: int, entry: Entry) -> int:
        asked, available = self._requests.pop((provider, request_id), (0, 0))
        what = f"Request {request_id} ended with"
        self.sheet.equal(amount, asked, "unbonding amounts", provider, what, tx=entry.tx)
        self.unbonding[provider] -= amount
        return available

    def on_locked(self, entry: Entry, event: ev.BondLocked) -> None:
        """Only free stake can be locked."""
        self.bonds[event.provider][event.job_id] += event.amount_usd6
        self._covered(event.provider, tx=entry.tx)

    def on_unlocked(self, entry: Entry, event: ev.BondUnlocked) -> None:
        """Of a bid's bond, never more than there was, and only before anything of the job was drawn."""
        self.bonds[event.provider][event.job_id] -= event.amount_usd6
        left = self.bonds[event.provider][event.job_id]
        what = f"More of the bond of {to_hex(event.job_id)} is unlocked than there was."
        self.sheet.hold(left >= 0, "unlocks", event.provider, what, tx=entry.tx)
        job = self.facts.job(event.job_id)
        early = job is not None and not job.lots
        what = f"A part of the bond of {to_hex(event.job_id)} is unlocked while its lots run."
        self.sheet.hold(early, "unlocks early", event.provider, what, tx=entry.tx)

    def on_released(self, entry: Entry, event: ev.BondReleased) -> None:
        """What is left of a bond is free, and only once its job is over."""
        left = self.bonds[event.provider].pop(event.job_id, 0)
        self.sheet.equal(
            event.amount_usd6, left, "releases", event.provider, "Released of a bond", tx=entry.tx
        )
        job = self.facts.job(event.job_id)
        over = job is not None and job.ended
        what = f"The bond of {to_hex(event.job_id)} is free and the job goes on."
        self.sheet.hold(over, "bonds outlive jobs", event.provider, what, tx=entry.tx)

    def on_slashed(self, entry: Entry, event: ev.StakeSlashed) -> None:
        """Never more than the bond."""
        self.bonds[event.provider][event.job_id] -= event.amount_usd6
        self.stake[event.provider] -= event.amount_usd6
        self._slashed += event.amount_usd6
        left = self.bonds[event.provider][event.job_id]
        self.sheet.hold(
            left >= 0, "slash within bond", event.provider, f"Slashed {-left} too much.", tx=entry.tx
        )
        self._covered(event.provider, tx=entry.tx)

    def _locked(self, provider: str) -> int:
        return sum(self.bonds[provider].values())

    def _covered(self, provider: str, tx: str) -> None:
        locked, waiting, stake = self._locked(provider), self.unbonding[provider], self.stake[provider]
        what = f"Locked {locked} and {waiting} in the queue, of a stake of {stake}."
        self.sheet.hold(locked + waiting <= stake, "locked within stake", provider, what, tx=tx)

    def close(self) -> None:
        """The vault answers the same, and has the tokens."""
        vault = StakeVaultClient(self.facts.w3, self.facts.deployment)
        at = self.facts.at
        for provider, stake in self.stake.items():
            self.sheet.equal(
                vault.stake_of(provider, block=at), stake, "stakes", provider, "The vault says stake"
            )
            locked = vault.locked_of(provider, block=at)
            self.sheet.equal(locked, self._locked(provider), "locks", provider, "The vault says locked")
            waiting = vault.unbonding_of(provider, block=at)
            self.sheet.equal(
                waiting, self.unbonding[provider], "queues", provider, "The vault says unbonding"
            )
        owed = sum(self.stake.values())
        tokens = UsdClient(self.facts.w3, self.facts.deployment).balance_of(vault.address, block=at)
        self.sheet.hold(tokens >= owed, "solvency", "StakeVault", f"It owes {owed} and has {tokens}.")
        self.sheet.figure("staked", owed)
        self.sheet.figure("locked", sum(map(self._locked, list(self.bonds))))
        self.sheet.figure("slashed", self._slashed)
        self.sheet.figure("tokens", tokens)

    HANDLERS: ClassVar = {
        ev.StakeDeposited: on_deposited,
        ev.UnbondRequested: on_requested,
        ev.UnbondCancelled: on_cancelled,
        ev.StakeWithdrawn: on_withdrawn,
        ev.BondLocked: on_locked,
        ev.BondUnlocked: on_unlocked,
        ev.BondReleased: on_released,
        ev.StakeSlashed: on_slashed,
    }


class Games(Book):
    """Bonds of challenges: put up once, paid once, to the side that won, and withdrawn."""

    NAME = "disputes"

    def __init__(self, facts: Facts, sheet: Sheet) -> None:
        super().__init__(facts, sheet)
        self._open: dict[int, ev.GameOpened] = {}
        self.credits: dict[str, int] = defaultdict(int)
        self._games = 0

    def on_opened(self, entry: Entry, event: ev.GameOpened) -> None:
        """A bond came in."""
        self._open[event.game_id] = event
        self._games += 1

    def on_ended(self, entry: Entry, event: ev.GameEnded) -> None:
        """The whole bond is the winner's: one of the two sides."""
        game = self._open.pop(event.game_id, None)
        subject = f"game {event.game_id}"
        if not self.sheet.hold(
            game is not None, "games", subject, "It ended twice or never began.", tx=entry.tx
        ):
            return
        assert game is not None
        self.sheet.equal(
            event.paid_usd6, game.bond_usd6, "bonds paid", subject, "Of its bond was paid", tx=entry.tx
        )
        sides = (game.challenger, game.defender)
        self.sheet.hold(
            event.paid in sides, "paid to a side", subject, f"{event.paid} was paid.", tx=entry.tx
        )
        self.credits[event.paid] += event.paid_usd6

    def on_withdrawn(self, entry: Entry, event: ev.BondWithdrawn) -> None:
        """Never more than was won or came back."""
        self.credits[event.account] -= event.amount_usd6
        enough = self.credits[event.account] >= 0
        self.sheet.hold(enough, "withdrawals", event.account, "It withdrew more than its bonds.", tx=entry.tx)

    def close(self) -> None:
        """The game has the tokens for open bonds and credits."""
        address = self.facts.deployment.address("DisputeGame")
        owed = sum(game.bond_usd6 for game in self._open.values()) + sum(self.credits.values())
        tokens = UsdClient(self.facts.w3, self.facts.deployment).balance_of(address, block=self.facts.at)
        self.sheet.hold(tokens >= owed, "solvency", "DisputeGame", f"It owes {owed} and has {tokens}.")
        self.sheet.figure("owed", owed)
        self.sheet.figure("tokens", tokens)

    HANDLERS: ClassVar = {
        ev.GameOpened: on_opened,
        ev.GameEnded: on_ended,
        ev.BondWithdrawn: on_withdrawn,
    }
