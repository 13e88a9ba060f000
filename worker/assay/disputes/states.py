"""What a game contests: the state of a position. Numbers as in contracts/modules/game_states.vy, stable for ever."""

import enum


class State(enum.IntEnum):
    """In each state the defender answers first, then the challenger names (or rules at a leaf)."""

    ITEMS = 1  # a subtree of the list of the lot's item roots
    ITEM = 2  # an item root: outputs root and state traces
    STEP = 3  # one run of a body: agreed carry, contested result
    NODES = 4  # a subtree of a frame's node trace
    TUPLE = 5  # a subtree of the list of a pack's tensors
    STATES = 6  # a subtree of a committed state trace
    LOOP = 7  # steps of a loop between an agreed and a contested state
    PAGES = 8  # a subtree of a tensor's page tree
    PAGE = 9  # one page
    TERMS = 10  # a partial sum, maximum or minimum of an element


ROWS = frozenset((State.ITEMS, State.NODES, State.TUPLE, State.STATES, State.PAGES))
"""States whose root is a node of a padded Merkle row, descended sixteen children at a time."""


class Verdict(enum.IntEnum):
    """How a game ended."""

    CONVICTED_LEAF = 1  # the contract recomputed the contested thing and got another
    CONVICTED_CLOCK = 2  # the defender was silent, or could not answer
    DEFENDED_CLOCK = 3  # the challenger was silent, or had nothing to name
    DEFENDED_PROGRAM = 4  # the program itself is malformed here, which no defender can mend
    CLOSED = 5  # the claim was convicted in another game: bond and move costs came back
