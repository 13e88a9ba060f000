"""Who holds which place of which lot: the twin of Draw (rule in contracts/interfaces/IDraw.vyi). Pure.

Called by: workers (their places), the indexer (at SeedDrawn), anyone who checks. Vectors:
tests/vectors/draw.json.
"""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from assay.protocol.abi import MAX_UINT256, id_word, uint_word
from assay.protocol.errors import BadInput
from assay.protocol.keccak import keccak256

MAX_AWARDEES = 20
MAX_WIDTH = 16


def _random(seed: bytes, k: int) -> int:
    return int.from_bytes(keccak256(id_word(seed) + uint_word(k)), "big")


def permutation(seed: bytes, count: int) -> list[int]:
    """Fisher-Yates over 0..count-1 from the last down, driven by keccak256(abi_encode(seed, k))."""
    if not 1 <= count <= MAX_AWARDEES:
        raise BadInput(f"A draw is over 1..{MAX_AWARDEES} awardees, not {count}.")
    order = list(range(count))
    for k in range(count - 1, 0, -1):
        pick = _random(seed, k) % (k + 1)
        order[k], order[pick] = order[pick], order[k]
    return order


class Ring:
    """One job's draw, prepared once: places of any lot in O(width · log awardees)."""

    def __init__(self, seed: bytes, units: Sequence[int], lots: int, width: int) -> None:
        """units: per awardee, in award order. Raises BadInput unless they fill lots · width exactly."""
        if lots < 1 or not 1 <= width <= MAX_WIDTH:
            raise BadInput(f"A draw needs lots >= 1 and width 1..{MAX_WIDTH}, not {lots} and {width}.")
        if any(not 0 < block <= lots for block in units) or sum(units) != lots * width:
            raise BadInput(
                f"Blocks of 1..{lots} units must fill {lots * width} units; these are {list(units)}."
            )
        self.lots, self.width, self.total = lots, width, lots * width
        self.order = permutation(seed, len(units))
        self._ends = list(accumulate(units[index] for index in self.order))
        self.offset = _random(seed, MAX_UINT256) % self.total

    def seat(self, lot: int, place: int) -> int:
        """Index into the award list of the holder of `place` of `lot`."""
        if not 0 <= lot < self.lots or not 0 <= place < self.width:
            raise BadInput(f"There is no place {place} of lot {lot}: {self.lots} lots, {self.width} places.")
        unit = (lot + place * self.lots + self.offset) % self.total
        return self.order[bisect_right(self._ends, unit)]

    def places(self, lot: int) -> list[int]:
        """Award indices of all places of a lot: seats first, then spares."""
        return [self.seat(lot, place) for place in range(self.width)]

    def held_by(self, awardee: int) -> list[tuple[int, int]]:
        """Every (lot, place) of one awardee, in order of lots."""
        return [
            (lot, place)
            for lot in range(self.lots)
            for place in range(self.width)
            if self.seat(lot, place) == awardee
        ]


def places_of(seed: bytes, units: Sequence[int], lots: int, width: int, lot: int) -> list[int]:
    """Award indices of all places of one lot; see Ring for many lots."""
    return Ring(seed, units, lots, width).places(lot)


def seat_of(seed: bytes, units: Sequence[int], lots: int, width: int, lot: int, place: int) -> int:  # noqa: PLR0917 - Draw.seat_of
    """Award index of one place of one lot."""
    return Ring(seed, units, lots, width).seat(lot, place)


def is_audited(block_hash: bytes, job_id: bytes, lot: int, audit_bps: int) -> bool:
    """Whether a sealed lot of a sampled job is audited, by the hash of its audit block; twin of lots._draw_audit.

    Of a lot that has a place left to call; without one nobody audits it.
    """
    drawn = keccak256(id_word(block_hash) + id_word(job_id) + uint_word(lot))
    return int.from_bytes(drawn, "big") % 10_000 < audit_bps
