"""The Leaf contracts in an in-process EVM, as the Python rules see it."""

from functools import cache
from typing import Any

import boa
from boa import BoaError

from assay.disputes.errors import MoveRefused
from assay.disputes.leaf import Evidence
from assay.disputes.positions import Frame
from contracts.scripts.catalogue import BUILD_DIR
from tests.contracts.dispute_world import compiled

boa.interpret.set_cache_dir(str(BUILD_DIR / "boa"))


_OF = {"element": "Leaf", "terms": "TermLeaf", "term": "TermLeaf"}


@cache
def leaf_contract(name: str) -> Any:
    """One of the three leaves, deployed once a process."""
    return compiled(name).deploy()


class BoaLeaf:
    """assay.disputes.leaf.Leaf by the contracts."""

    def _call(self, name: str, frame: Frame, *rest: Any) -> Any:
        arguments = [value.as_tuple() if isinstance(value, Evidence) else value for value in rest]
        try:
            return getattr(leaf_contract(_OF.get(name, "RootLeaf")), name)(frame.as_tuple(), *arguments)
        except BoaError as error:
            raise MoveRefused(str(error.stack_trace.last_frame)[-400:]) from None

    def node_of(self, frame: Frame, node: int, evidence: Evidence) -> Any:
        return self._call("node_of", frame, node, evidence)

    def element(self, frame: Frame, node: int, element: int, evidence: Evidence) -> Any:
        return self._call("element", frame, node, element, evidence)

    def terms(self, frame: Frame, node: int, evidence: Evidence) -> Any:
        return self._call("terms", frame, node, evidence)

    def term(self, frame: Frame, node: int, element: int, term: int, evidence: Evidence) -> Any:
        return self._call("term", frame, node, element, term, evidence)

    def value_root(self, frame: Frame, node: int, entry: int, evidence: Evidence) -> Any:
        return self._call("value_root", frame, node, entry, evidence)

    def loop_of(self, frame: Frame, node: int, evidence: Evidence) -> Any:
        return self._call("loop_of", frame, node, evidence)
