# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title Questions to the leaves: arguments are put together by hand, for the evidence goes on as the mover sent it
@notice Evidence is an ILeaf.Evidence, ABI-encoded. The leaf proves all of it; a revert there is one here. A caller asks by _ask
        itself: each function on the way would copy the evidence, and memory grows dearer with its size.
"""

from contracts.interfaces import ILeaf

MAX_EVIDENCE: constant(uint256) = 8_192
ELEMENT: constant(bytes4) = method_id("element((bytes32,bytes32,bytes32,bytes32,uint256),uint256,uint256,(uint256,uint256,bytes,bytes,bytes32[]))", output_type=bytes4)
TERMS: constant(bytes4) = method_id("terms((bytes32,bytes32,bytes32,bytes32,uint256),uint256,(uint256,uint256,bytes,bytes,bytes32[]))", output_type=bytes4)
TERM: constant(bytes4) = method_id("term((bytes32,bytes32,bytes32,bytes32,uint256),uint256,uint256,uint256,(uint256,uint256,bytes,bytes,bytes32[]))", output_type=bytes4)
VALUE_ROOT: constant(bytes4) = method_id("value_root((bytes32,bytes32,bytes32,bytes32,uint256),uint256,uint256,(uint256,uint256,bytes,bytes,bytes32[]))", output_type=bytes4)
NODE_OF: constant(bytes4) = method_id("node_of((bytes32,bytes32,bytes32,bytes32,uint256),uint256,(uint256,uint256,bytes,bytes,bytes32[]))", output_type=bytes4)
LOOP_OF: constant(bytes4) = method_id("loop_of((bytes32,bytes32,bytes32,bytes32,uint256),uint256,(uint256,uint256,bytes,bytes,bytes32[]))", output_type=bytes4)


@pure
@internal
def _op_of(evidence: Bytes[MAX_EVIDENCE]) -> uint256:
    """
    @notice What the descriptor begins with, read where the leaf reads it; the leaf then proves the descriptor.
    """
    at: uint256 = convert(slice(evidence, 64, 32), uint256)
    assert at < MAX_EVIDENCE and convert(slice(evidence, at, 32), uint256) > 0, "game: no descriptor"
    return convert(slice(evidence, at + 32, 1), uint256)


@view
@internal
def _ask(
    leaf: address, method: bytes4, frame: ILeaf.Frame, numbers: Bytes[96], evidence: Bytes[MAX_EVIDENCE]
) -> Bytes[416]:
    """
    @notice Calls method(frame, numbers…, evidence) of a leaf; a revert there is one here.
    """
    offset: uint256 = 192 + len(numbers)
    return raw_call(
        leaf,
        concat(method, abi_encode(frame), numbers, convert(offset, bytes32), evidence),
        max_outsize=416,
        is_static_call=True,
    )


@pure
@internal
def _root_in(answer: Bytes[416]) -> (uint256, bytes32):
    """
    @notice What value_root says.
    """
    return abi_decode(slice(answer, 0, 64), (uint256, bytes32))


@pure
@internal
def _node_in(answer: Bytes[416]) -> (uint256, uint256, uint256, DynArray[uint256, 8]):
    """
    @notice What node_of says.
    """
    return abi_decode(answer, (uint256, uint256, uint256, DynArray[uint256, 8]))


@pure
@internal
def _loop_in(answer: Bytes[416]) -> (uint256, bytes32, uint256, uint256, bytes32, bytes32):
    """
    @notice What loop_of says.
    """
    return abi_decode(slice(answer, 0, 192), (uint256, bytes32, uint256, uint256, bytes32, bytes32))


@pure
@internal
def _value_in(answer: Bytes[416]) -> (uint256, int256):
    """
    @notice What element and term say.
    """
    return abi_decode(slice(answer, 0, 64), (uint256, int256))


@pure
@internal
def _terms_in(answer: Bytes[416]) -> (uint256, uint256, uint256, uint256):
    """
    @notice What terms says.
    """
    return abi_decode(slice(answer, 0, 128), (uint256, uint256, uint256, uint256))
