"""Why a lot or a job ended, as in contracts/modules/reasons.vy (a test compares them)."""

from enum import IntEnum


class Reason(IntEnum):
    """NONE while it goes on."""

    NONE = 0
    SETTLED_QUIET = 1
    SETTLED_AGREED = 2
    SETTLED_UPHELD = 3
    CANCELLED_BUYER = 4
    EXPIRED_NO_BID = 5
    FAILED_NO_SEAL = 6
    FAILED_NO_REVEAL = 7
    FAILED_NO_AGREEMENT = 8
    FAILED_NO_SPARE = 9
    CONVICTED_LEAF = 10
    CONVICTED_CLOCK = 11
    CONVICTED_WITHHELD = 12
    INPUTS_UNAVAILABLE = 13

    @property
    def text(self) -> str:
        """One plain sentence for people."""
        return _TEXTS[self]


_TEXTS = {
    Reason.NONE: "It is still going on.",
    Reason.SETTLED_QUIET: "The delivery window passed quietly and the seat was paid.",
    Reason.SETTLED_AGREED: "Enough providers delivered the same result and were paid.",
    Reason.SETTLED_UPHELD: "The result was challenged or contested, stood, and was paid.",
    Reason.CANCELLED_BUYER: "The buyer cancelled.",
    Reason.EXPIRED_NO_BID: "Too few providers bid for it.",
    Reason.FAILED_NO_SEAL: "No provider delivered in time.",
    Reason.FAILED_NO_REVEAL: "Providers agreed, and none showed the result in time.",
    Reason.FAILED_NO_AGREEMENT: "Providers delivered different results.",
    Reason.FAILED_NO_SPARE: "Too few providers delivered, and no spare was left.",
    Reason.CONVICTED_LEAF: (
        "The contract recomputed one step of the result and found it wrong; its providers lost their bonds."
    ),
    Reason.CONVICTED_CLOCK: "The provider did not answer a challenge in time and lost its bond.",
    Reason.CONVICTED_WITHHELD: "Providers withheld the output they agreed on, and lost their bonds.",
    Reason.INPUTS_UNAVAILABLE: "The buyer did not provide the inputs.",
}


def reason_of(number: int) -> Reason:
    """The reason of a number on chain; ValueError for a number of a later version."""
    return Reason(number)
