# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title The position that every game on a claim starts from; twin of assay.disputes.facts
"""

from contracts.interfaces import IClaims
from contracts.interfaces import ILeaf
from contracts.modules import game_position
from contracts.modules import game_rows
from contracts.modules import game_states
from contracts.modules import merkle_row


@pure
@internal
def _start(facts: IClaims.Facts) -> game_position.Position:
    """
    @notice Nothing agreed but program and inputs. A lot of one item begins at that item.
    """
    start: game_position.Position = empty(game_position.Position)
    start.frame = game_rows._frame_key(
        ILeaf.Frame(
            body_root=facts.program_root,
            trace_root=empty(bytes32),
            carry_root=empty(bytes32),
            invariants_root=empty(bytes32),
            step=0,
        )
    )
    start.state = game_states.ITEM
    start.root = facts.lot_root
    start.rooted = True
    start.agreed = facts.inputs_root
    start.first = facts.first_item
    if facts.items > 1:
        start.state = game_states.ITEMS
        start.count = facts.items
        start.level = merkle_row._height(facts.items)
    return start
