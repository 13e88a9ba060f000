# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title What a position of the dispute game contests. Stable for ever; twin of assay.disputes.states
"""

ITEMS: constant(uint256) = 1   # a subtree of the list of the lot's item roots
ITEM: constant(uint256) = 2    # an item root: outputs root and state traces
STEP: constant(uint256) = 3    # one run of a body
NODES: constant(uint256) = 4   # a subtree of a node trace
TUPLE: constant(uint256) = 5   # a subtree of the list of a pack's tensors
STATES: constant(uint256) = 6  # a subtree of a committed state trace
LOOP: constant(uint256) = 7    # steps of a loop
PAGES: constant(uint256) = 8   # a subtree of a page tree
PAGE: constant(uint256) = 9    # one page
TERMS: constant(uint256) = 10  # a partial sum, maximum or minimum
