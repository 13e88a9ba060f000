"""The longest game a program can be disputed in, and the programs that no game can be played about."""

from assay.commitment.row import height_of
from assay.disputes.answers import MAX_ENTRIES, SEGMENTS
from assay.disputes.errors import MoveRefused
from assay.disputes.rows import CHILD_LEVELS, PAGE_BYTES
from assay.program.node import Body, Node
from assay.program.ops import Op
from assay.program.program import Program

MAX_STATES = (1 << 32) - 1
_ROOTS = frozenset((Op.PARAM, Op.CONST, Op.PART))


def row_rounds(count: int) -> int:
    """Answers of a row of `count` leaves down to one."""
    return max(1, -(-height_of(count) // CHILD_LEVELS))


def split_rounds(length: int) -> int:
    """Answers that split `length` steps or terms down to one."""
    rounds = 0
    while length > 1:
        length = -(-length // SEGMENTS)
        rounds += 1
    return rounds


def _terms(node: Node, body: Body) -> int:
    if node.op is Op.SCATTER:
        return body.nodes[node.inputs[1]].spec.size + 1
    return body.nodes[node.inputs[0]].dims[-1]


def _tensor_rounds(node: Node, body: Body) -> int:
    pages = -(-node.spec.nbytes // PAGE_BYTES)
    rounds = 1 + (row_rounds(pages) if pages > 1 else 0)
    return rounds + (max(1, split_rounds(_terms(node, body))) if node.op >= Op.SUM else 0)


def _body_rounds(program: Program, root: bytes, known: dict[bytes, int]) -> int:
    """Answers from a contested frame to the end."""
    if root not in known:
        body, longest = program.bodies[root], 0
        for node in body.nodes:
            if node.op is Op.LOOP:
                inner = _body_rounds(program, node.root("body"), known)
                longest = max(longest, split_rounds(node.param("trips")) + inner)
            elif node.op is Op.PACK:
                longest = max(longest, row_rounds(node.dims[0]))
            elif node.op not in _ROOTS:
                longest = max(longest, _tensor_rounds(node, body))
        known[root] = row_rounds(len(body.nodes)) + longest
    return known[root]


def rounds_of(program: Program, items: int = 1) -> int:
    """The largest number of answers that a game about a lot of `items` items can take."""
    known: dict[bytes, int] = {}
    longest = _body_rounds(program, program.main.root, known)
    for node in program.main.nodes:
        if node.op is Op.LOOP and node.param("stride") > 0:
            states = 1 + -(-node.param("trips") // node.param("stride"))
            inner = _body_rounds(program, node.root("body"), known)
            longest = max(longest, 1 + row_rounds(states) + split_rounds(node.param("stride")) + inner)
    return longest + (row_rounds(items) if items > 1 else 0)


def check_disputable(program: Program, items: int, path_moves: int) -> None:
    """Raises MoveRefused, naming the limit, when an honest party could not play this program's games to the end."""
    strides = [node for node in program.main.nodes if node.op is Op.LOOP and node.param("stride") > 0]
    if len(strides) > MAX_ENTRIES - 1:
        raise MoveRefused(
            f"The main body commits to the states of {len(strides)} loops; a game can hold {MAX_ENTRIES - 1}.",
            "Give fewer loops a stride.",
        )
    for node in strides:
        states = 1 + -(-node.param("trips") // node.param("stride"))
        if states > MAX_STATES:
            raise MoveRefused(
                f"A loop commits to {states} states; at most {MAX_STATES}.", "Take a longer stride."
            )
    rounds = rounds_of(program, items)
    if rounds > path_moves:
        raise MoveRefused(
            f"A game about this program can take {rounds} answers; a bond and a clock cover {path_moves}.",
            "Nest fewer loops.",
        )
