"""The child process that thinks: questions come in on stdin, answers go out on stdout. No key, no chain, no network.

A question is a pickle from its own parent: (method of Bench, arguments). An answer is text, a Python literal: (True,
value) or (False, reason), so that nothing the child sends is executed. Both follow their length. It ends with stdin.
"""

from __future__ import annotations

import os
import pickle
import resource
import struct
import sys
from typing import Any

LENGTH = struct.Struct("<Q")


def main() -> None:
    """Entry point. Arguments: bytes of memory, and for a faulty worker the chain's id."""
    memory, *faulty = sys.argv[1:]
    for kind, limit in ((resource.RLIMIT_AS, int(memory)), (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(kind, (limit, limit))
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # anything that prints must not end up between answers
    bench: Any = None
    while True:
        question = _read(sys.stdin.buffer)
        if question is None:
            return
        try:
            bench = bench or _bench(faulty)
            method, arguments = pickle.loads(question)  # noqa: S301  from the parent alone
            answer: tuple[bool, Any] = (True, getattr(bench, method)(*arguments))
        except MemoryError:
            answer = (False, "there is not enough memory to run this job again")
        except Exception as error:
            answer = (False, f"{type(error).__name__}: {error}"[:500])
        text = repr(answer).encode()
        out.write(LENGTH.pack(len(text)) + text)
        out.flush()


def _bench(faulty: list[str]) -> Any:
    """Raises DeviceUnfit when this device computes integers wrongly: it would accuse the honest."""
    from assay.exact.dot import self_test
    from assay.worker.disputing.bench import Bench

    self_test()
    if faulty:
        from assay.disputes.faulty import check_chain, faulty_lot

        chain_id = int(faulty[0])
        check_chain(chain_id)
        return Bench(lambda *lot: faulty_lot(*lot, chain_id=chain_id))
    from assay.disputes.fast import FastLot

    return Bench(FastLot)


def _read(source: Any) -> bytes | None:
    head = source.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (size,) = LENGTH.unpack(head)
    data: bytes = source.read(size)
    return data if len(data) == size else None
