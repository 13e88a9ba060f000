# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title What is stored of a claim, and which claims hold a lot
@notice span   defender 160 | first item 40 | items 24 | move seconds 32
        ruling challenger 160 | lot 32 | place 8 | state 8
"""

STATED: constant(uint256) = 1
CONVICTED_LEAF: constant(uint256) = 2   # by the game, to be enforced
CONVICTED_CLOCK: constant(uint256) = 3
ENFORCED: constant(uint256) = 4

M8: constant(uint256) = 2**8 - 1
M24: constant(uint256) = 2**24 - 1
M32: constant(uint256) = 2**32 - 1
M40: constant(uint256) = 2**40 - 1
M160: constant(uint256) = 2**160 - 1


struct Claim:
    job_id: bytes32
    root: bytes32
    program_root: bytes32
    inputs_root: bytes32
    defender: address
    first_item: uint256
    items: uint256
    move_seconds: uint256


struct Ruling:
    challenger: address
    lot: uint256
    place: uint256
    state: uint256  # 0: nobody has stated the claim


_jobs: HashMap[bytes32, bytes32]      # claim => job
_roots: HashMap[bytes32, bytes32]     # claim => lot root
_programs: HashMap[bytes32, bytes32]  # claim => program root
_inputs: HashMap[bytes32, bytes32]    # claim => inputs root
_spans: HashMap[bytes32, uint256]     # claim => packed span
_rulings: HashMap[bytes32, uint256]   # claim => packed ruling
_held: HashMap[bytes32, HashMap[uint256, uint256]]  # job => lot => bit a place: a game is open on its claim, or its ruling waits


@view
@internal
def _load(claim_id: bytes32) -> Claim:
    span: uint256 = self._spans[claim_id]
    return Claim(
        job_id=self._jobs[claim_id],
        root=self._roots[claim_id],
        program_root=self._programs[claim_id],
        inputs_root=self._inputs[claim_id],
        defender=convert(span & M160, address),
        first_item=(span >> 160) & M40,
        items=(span >> 200) & M24,
        move_seconds=span >> 224,
    )


@internal
def _save(claim_id: bytes32, claim: Claim):
    self._jobs[claim_id] = claim.job_id
    self._roots[claim_id] = claim.root
    self._programs[claim_id] = claim.program_root
    self._inputs[claim_id] = claim.inputs_root
    self._spans[claim_id] = (
        convert(claim.defender, uint256)
        | (claim.first_item << 160)
        | (claim.items << 200)
        | (claim.move_seconds << 224)
    )


@view
@internal
def _ruling(claim_id: bytes32) -> Ruling:
    word: uint256 = self._rulings[claim_id]
    return Ruling(
        challenger=convert(word & M160, address),
        lot=(word >> 160) & M32,
        place=(word >> 192) & M8,
        state=word >> 200,
    )


@internal
def _save_ruling(claim_id: bytes32, ruling: Ruling):
    self._rulings[claim_id] = (
        convert(ruling.challenger, uint256)
        | (ruling.lot << 160)
        | (ruling.place << 192)
        | (ruling.state << 200)
    )
