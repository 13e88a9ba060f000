"""What an audit says: sums it checked, and what does not add up."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not add up, in one book, about a job, an account or a contract; tx: 0x text or ""."""

    book: str
    subject: str
    what: str
    tx: str = ""


@dataclass(slots=True)
class Report:
    """The audit of one deployment at one block. checked: book → what → how often it was checked and held."""

    chain_id: int
    block: int
    block_hash: str
    logs: int = 0
    checked: dict[str, dict[str, int]] = field(default_factory=dict)
    figures: dict[str, dict[str, int]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Nothing was found."""
        return not self.findings

    def to_json(self) -> dict[str, Any]:
        """Amounts are text: they may be above 2^53."""
        return {
            "sound": self.sound,
            "chain_id": self.chain_id,
            "block": self.block,
            "block_hash": self.block_hash,
            "logs": self.logs,
            "checked": self.checked,
            "figures_usd6": {
                book: {name: str(amount) for name, amount in figures.items()}
                for book, figures in self.figures.items()
            },
            "findings": [asdict(finding) for finding in self.findings],
        }


class Sheet:
    """Where one book writes: `hold` counts a check that held, or files a finding."""

    def __init__(self, report: Report, book: str) -> None:
        self._report, self._book = report, book
        self._counts = report.checked.setdefault(book, {})

    def hold(self, holds: bool, check: str, subject: str, what: str, *, tx: str = "") -> bool:
        """check: what is checked, in a word or two. what: the sentence for when it does not hold."""
        if holds:
            self._counts[check] = self._counts.get(check, 0) + 1
        else:
            self._report.findings.append(Finding(self._book, subject, what, tx))
        return holds

    def equal(
        self, found: int | str, wanted: int | str, check: str, subject: str, what: str, *, tx: str = ""
    ) -> bool:
        """As `hold`, of two values; both stand in the finding."""
        return self.hold(found == wanted, check, subject, f"{what}: {found}, and should be {wanted}.", tx=tx)

    def figure(self, name: str, amount_usd6: int) -> None:
        """A sum worth showing."""
        self._report.figures.setdefault(self._book, {})[name] = amount_usd6
