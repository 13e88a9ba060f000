# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title Numbers of the program format's operations (assay/program/FORMAT.md). Stable for ever
"""

PARAM: constant(uint256) = 0
CONST: constant(uint256) = 1
FILL: constant(uint256) = 2
PACK: constant(uint256) = 3
PART: constant(uint256) = 4
LOOP: constant(uint256) = 5

ADD: constant(uint256) = 16
SUB: constant(uint256) = 17
MUL: constant(uint256) = 18
DIV: constant(uint256) = 19
REM: constant(uint256) = 20
MIN: constant(uint256) = 21
MAX: constant(uint256) = 22
BIT_AND: constant(uint256) = 23
BIT_OR: constant(uint256) = 24
BIT_XOR: constant(uint256) = 25
SHL: constant(uint256) = 26
SHR: constant(uint256) = 27
EQ: constant(uint256) = 28
LT: constant(uint256) = 29
LE: constant(uint256) = 30
SELECT: constant(uint256) = 31
CONVERT: constant(uint256) = 32
CLZ: constant(uint256) = 33

VIEW: constant(uint256) = 48
PAD: constant(uint256) = 49
CONCAT: constant(uint256) = 50
IOTA: constant(uint256) = 51

TAKE: constant(uint256) = 64
SLICE_AT: constant(uint256) = 65
UPDATE_AT: constant(uint256) = 66

SUM: constant(uint256) = 80
MAX_OF: constant(uint256) = 81
MIN_OF: constant(uint256) = 82
DOT: constant(uint256) = 83
RANK: constant(uint256) = 84
SCATTER: constant(uint256) = 85

# how terms are joined: also the parameter of SCATTER
JOIN_ADD: constant(uint256) = 0
JOIN_MAX: constant(uint256) = 1
JOIN_MIN: constant(uint256) = 2
