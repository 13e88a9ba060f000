# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title What is stored of a lot (one packed slot) and of its seats (one digest each)
@notice phase 4 | reason 4 | active 4 | winner 4 | flags 8 | late 16 | revealed 16 | deadline 40 | statuses 64 (4 bits a place) | audit block 40
        A slot is written with the first move on the lot; until then it is as the draw left it.
"""

struct Lot:
    phase: uint256
    reason: uint256
    active: uint256    # places called so far
    winner: uint256    # a place of the winning group, when AGREED
    flags: uint256
    late: uint256      # bit a place: called after tags were public, so it owes a mark
    revealed: uint256  # bit a place: has shown its root although the lot did not agree
    deadline: uint256
    statuses: uint256
    audit_block: uint256  # of a sampled lot: the block whose hash says whether it is audited


AGREED: constant(uint256) = 1
PAUSED: constant(uint256) = 2     # this deadline was moved by a page request already; or, in a window, there was a game
TOUCHED: constant(uint256) = 4    # somebody has sealed
REQUESTED: constant(uint256) = 8  # a page request is open
CONTESTED: constant(uint256) = 16  # a game is open on a claim of the lot, or a ruling waits to be enforced
AUDIT_DUE: constant(uint256) = 32  # sealed, and not drawn yet whether it is audited: no tags before that
AUDITED: constant(uint256) = 64    # an auditor was drawn
ALL: constant(uint256) = 127      # ALL - X clears X: a complement would cost 32 bytes of code at each use

M4: constant(uint256) = 15
M8: constant(uint256) = 2**8 - 1
M16: constant(uint256) = 2**16 - 1
M40: constant(uint256) = 2**40 - 1
M64: constant(uint256) = 2**64 - 1

_words: HashMap[bytes32, HashMap[uint256, uint256]]    # job => lot
_digests: HashMap[bytes32, HashMap[uint256, bytes32]]  # job => lot * 16 + place: its seal, then its tag
_marks: HashMap[bytes32, HashMap[uint256, bytes32]]    # job => lot * 16 + place: the salt of a late place


@view
@internal
def _load(job_id: bytes32, index: uint256, seats: uint256, first_deadline: uint256) -> Lot:
    word: uint256 = self._words[job_id][index]
    if word == 0:
        lot: Lot = empty(Lot)
        lot.active = seats
        lot.deadline = first_deadline
        return lot
    return Lot(
        phase=word & M4,
        reason=(word >> 4) & M4,
        active=(word >> 8) & M4,
        winner=(word >> 12) & M4,
        flags=(word >> 16) & M8,
        late=(word >> 24) & M16,
        revealed=(word >> 40) & M16,
        deadline=(word >> 56) & M40,
        statuses=(word >> 96) & M64,
        audit_block=word >> 160,
    )


@internal
def _save(job_id: bytes32, index: uint256, lot: Lot):
    self._words[job_id][index] = (
        lot.phase
        | (lot.reason << 4)
        | (lot.active << 8)
        | (lot.winner << 12)
        | (lot.flags << 16)
        | (lot.late << 24)
        | (lot.revealed << 40)
        | (lot.deadline << 56)
        | (lot.statuses << 96)
        | (lot.audit_block << 160)
    )


@pure
@internal
def _status(statuses: uint256, place: uint256) -> uint256:
    return (statuses >> (place << 2)) & M4


@pure
@internal
def _with_status(statuses: uint256, place: uint256, status: uint256) -> uint256:
    # shifts, because a checked product costs more code; what is cleared is what differs
    bit: uint256 = place << 2
    return statuses ^ ((((statuses >> bit) & M4) ^ status) << bit)


@pure
@internal
def _count(lot: Lot, status: uint256) -> uint256:
    """
    @notice Called places with this status.
    """
    found: uint256 = 0
    for place: uint256 in range(lot.active, bound=16):
        if self._status(lot.statuses, place) == status:
            found += 1
    return found


@pure
@internal
def _missing(lot: Lot) -> uint256:
    """
    @notice Called places that owe the move of this phase, a bit each: a phase's number is the status that it starts from, and roots
            are shown in REVEALING only.
    """
    found: uint256 = 0
    for place: uint256 in range(lot.active, bound=16):
        if self._status(lot.statuses, place) == lot.phase:
            found |= 1 << place
    return found & ~lot.revealed


@pure
@internal
def _alive(lot: Lot) -> bool:
    """
    @notice Whether any called place can still move: drawn, sealed or tagged.
    """
    for place: uint256 in range(lot.active, bound=16):
        if self._status(lot.statuses, place) <= 2:
            return True
    return False
