# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title Questions to the leaves: arguments are put together by hand, for the evidence goes on as the mover sent it
@notice Evidence is an ILeaf.Evidence, ABI-encoded. The leaf proves all of it; a revert there is one here.
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


@view
@internal
def _value_root(
    leaf: address, frame: ILeaf.Frame, node: uint256, entry: uint256, evidence: Bytes[MAX_EVIDENCE]
) -> (uint256, bytes32):
    answer: Bytes[416] = self._ask(leaf, VALUE_ROOT, frame, abi_encode(node, entry), evidence)
    return abi_decode(slice(answer, 0, 64), (uint256, bytes32))


@view
@internal
def _node_of(
    leaf: address, frame: ILeaf.Frame, node: uint256, evidence: Bytes[MAX_EVIDENCE]
) -> (uint256, uint256, uint256, DynArray[uint256, 8]):
    answer: Bytes[416] = self._ask(leaf, NODE_OF, frame, abi_encode(node), evidence)
    return abi_decode(answer, (uint256, uint256, uint256, DynArray[uint256, 8]))


@view
@internal
def _loop_of(
    leaf: address, frame: ILeaf.Frame, node: uint256, evidence: Bytes[MAX_EVIDENCE]
) -> (uint256, bytes32, uint256, uint256, bytes32, bytes32):
    answer: Bytes[416] = self._ask(leaf, LOOP_OF, frame, abi_encode(node), evidence)
    return abi_decode(slice(answer, 0, 192), (uint256, bytes32, uint256, uint256, bytes32, bytes32))


@view
@internal
def _element(leaf: address, frame: ILeaf.Frame, node: uint256, element: uint256, evidence: Bytes[MAX_EVIDENCE]) -> (uint256, int256):
    answer: Bytes[416] = self._ask(leaf, ELEMENT, frame, abi_encode(node, element), evidence)
    return abi_decode(slice(answer, 0, 64), (uint256, int256))


@view
@internal
def _terms(
    leaf: address, frame: ILeaf.Frame, node: uint256, evidence: Bytes[MAX_EVIDENCE]
) -> (uint256, uint256, uint256, uint256):
    answer: Bytes[416] = self._ask(leaf, TERMS, frame, abi_encode(node), evidence)
    return abi_decode(slice(answer, 0, 128), (uint256, uint256, uint256, uint256))


@view
@internal
def _term(
    leaf: address, frame: ILeaf.Frame, node: uint256, element: uint256, term: uint256, evidence: Bytes[MAX_EVIDENCE]
) -> (uint256, int256):
    answer: Bytes[416] = self._ask(leaf, TERM, frame, abi_encode(node, element, term), evidence)
    return abi_decode(slice(answer, 0, 64), (uint256, int256))
