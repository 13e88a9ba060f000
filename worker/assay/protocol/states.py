"""Numbers of states, as in contracts/modules/{states,grades,subjects,kinds}.vy (a test compares them)."""

from enum import IntEnum


class JobState(IntEnum):
    """Life of a job."""

    NONE = 0
    OPEN = 1
    AWARDED = 2
    RUNNING = 3
    CLOSED = 4
    CANCELLED = 5


class LotPhase(IntEnum):
    """Life of a lot."""

    SEALING = 0
    TAGGING = 1
    REVEALING = 2
    WINDOW = 3
    CLOSED = 4


class SeatStatus(IntEnum):
    """What a place of a lot has done, or what became of it."""

    DRAWN = 0
    SEALED = 1
    TAGGED = 2
    PAID = 3
    UNPAID = 4
    DEFAULTED = 5
    CONVICTED = 6
    DECLINED = 7


class Grade(IntEnum):
    """What a result is checked by."""

    TRUSTED = 1
    SAMPLED = 2
    REPLICATED = 3
    REFEREED = 4


class Subject(IntEnum):
    """What a page request asks for."""

    INPUT = 1
    PROGRAM = 2
    OUTPUT = 3


class CreditKind(IntEnum):
    """What a credit in Escrow is for."""

    INCOME = 1
    REFUND = 2
    POKE = 3
    REWARD = 4
    COMPENSATION = 5
