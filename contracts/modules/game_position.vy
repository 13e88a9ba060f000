# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title Positions of the dispute game, packed as movers send them and events carry them; twin of assay.disputes.positions
@notice Five words and the head: state 1 byte ‖ rooted 1 ‖ level 1 ‖ kind 1 ‖ node 4 ‖ count 8 ‖ index 8 ‖ element 8;
        first 8 ‖ last 8 ‖ value 16; frame; root; agreed; head. Big-endian, the value in two's complement. As a struct of the
        ABI it was three times as long, and a move pays for its position as calldata, as log and as memory.
"""

SIZE: constant(uint256) = 226  # 160 and a head of eight dimensions
FIXED: constant(uint256) = 160
U8: constant(uint256) = 2**8 - 1
U32: constant(uint256) = 2**32 - 1
U64: constant(uint256) = 2**64 - 1


# what a field means in which state: worker/assay/disputes/positions.py
struct Position:
    state: uint256
    frame: bytes32          # hash of the ILeaf.Frame, or of its template (body and invariants only)
    node: uint256
    root: bytes32           # contested
    head: Bytes[66]         # of the contested tensor: dtype, rank, dimensions
    rooted: bool            # root has its header around the row's top
    count: uint256          # leaves of the row
    level: uint256          # of root in the row
    index: uint256          # of root at its level
    agreed: bytes32
    first: uint256
    last: uint256
    kind: uint256           # op of PAGES and PAGE, join of TERMS
    element: uint256
    value: int256           # of 64 bits, signed or not


@pure
@internal
def _key(claim_id: bytes32, packed: Bytes[SIZE]) -> bytes32:
    """
    @notice What answers are kept under. Another packing of the same position would have another key: there is only one.
    """
    return keccak256(concat(claim_id, packed))


@pure
@internal
def _state_of(packed: Bytes[SIZE]) -> uint256:
    return extract32(packed, 0, output_type=uint256) >> 248


@pure
@internal
def _unpack(packed: Bytes[SIZE]) -> Position:
    assert len(packed) >= FIXED, "game: no position"
    head: Bytes[66] = b""
    if len(packed) > FIXED:
        # the compiler takes a slice of no fewer bytes than it was cut from: cut twice, the first time with bytes behind
        padded: Bytes[SIZE + 66] = concat(packed, empty(bytes32), empty(bytes32), empty(bytes2))
        head = slice(slice(padded, FIXED, 66), 0, len(packed) - FIXED)
    row: uint256 = extract32(packed, 0, output_type=uint256)
    span: uint256 = extract32(packed, 32, output_type=uint256)
    return Position(
        state=row >> 248,
        frame=extract32(packed, 64),
        node=(row >> 192) & U32,
        root=extract32(packed, 96),
        head=head,
        rooted=(row >> 240) & U8 == 1,
        count=(row >> 128) & U64,
        level=(row >> 232) & U8,
        index=(row >> 64) & U64,
        agreed=extract32(packed, 128),
        first=span >> 192,
        last=(span >> 128) & U64,
        kind=(row >> 224) & U8,
        element=row & U64,
        value=convert(convert((span & (2**128 - 1)) << 128, bytes32), int256) >> 128,
    )


@pure
@internal
def _pack(position: Position) -> Bytes[SIZE]:
    wide: uint256 = position.count | position.index | position.element | position.first | position.last
    assert wide <= U64 and position.node <= U32, "game: no such position"
    row: uint256 = (
        (position.state << 248)
        | (convert(position.rooted, uint256) << 240)
        | (position.level << 232)
        | (position.kind << 224)
        | (position.node << 192)
        | (position.count << 128)
        | (position.index << 64)
        | position.element
    )
    value: uint256 = convert(convert(position.value, bytes32), uint256) & (2**128 - 1)
    span: uint256 = (position.first << 192) | (position.last << 128) | value
    return concat(
        convert(row, bytes32), convert(span, bytes32), position.frame, position.root, position.agreed, position.head
    )
