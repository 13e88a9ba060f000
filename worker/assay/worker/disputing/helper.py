"""One thinking child and the thread that talks to it: questions queue here, the daemon's cycle picks up the answers."""

from __future__ import annotations

import ast
import contextlib
import os
import pickle
import queue
import select
import subprocess
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from assay.disputes.errors import MoveRefused
from assay.protocol.errors import AssayError
from assay.protocol.generated.structs import Terms
from assay.sandbox import SandboxError, bwrap
from assay.worker.disputing.bench import KEPT_CASES, Piece
from assay.worker.disputing.child import LENGTH

MAX_ANSWER_BYTES = 1 << 29
KEPT_THOUGHTS = 512
MEMORY_BYTES = 16 << 30  # address space of a child: the largest program taken, and what XLA maps besides
ENVIRONMENT = {"HOME": bwrap.PRIVATE_TMP, "JAX_PLATFORMS": "cpu", "TF_CPP_MIN_LOG_LEVEL": "2"}
THINKING = bwrap.Entry(
    "assay.worker.disputing.child",
    ("commitment", "disputes", "exact", "jobs", "program", "protocol", "worker"),
)
Loader = Callable[[Terms], tuple[Any, Sequence[Any]]]
"""Terms → (Program with its constants, inputs), checked against the terms. Raises AssayError."""


@dataclass(frozen=True, slots=True)
class Question:
    """A method of Bench and its arguments behind the piece."""

    method: str
    piece: Piece
    terms: Terms
    rest: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Thought:
    """What came of a question: a value, or why there is none."""

    value: Any = None
    failure: str = ""


class ChildDied(AssayError):
    """The thinking child ended or overran its time."""


class Helper:
    """Answers one question after the other. `put` and `get` from any thread."""

    def __init__(self, load: Loader, *, faulty_chain: int | None = None, seconds: float = 3_600) -> None:
        """faulty_chain: think with a fault, on this chain. seconds: longest run of one question."""
        self._load, self._seconds = load, seconds
        self._arguments = [] if faulty_chain is None else [str(faulty_chain)]
        self._queue: queue.Queue[Question | None] = queue.Queue()
        self._thoughts: OrderedDict[Question, Thought] = OrderedDict()
        self._waiting: set[Question] = set()
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._known: OrderedDict[bytes, None] = OrderedDict()
        self._closed = False
        self._thread: threading.Thread | None = None

    def ask(self, question: Question) -> Thought | None:
        """The thought, or None while it is being made. The first to ask starts it."""
        with self._lock:
            if question in self._thoughts:
                return self._thoughts[question]
            if question in self._waiting or self._closed:
                return None
            self._waiting.add(question)
        self._queue.put(question)
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="thinking", daemon=True)
            self._thread.start()
        return None

    def peek(self, question: Question) -> Thought | None:
        """The thought if it is made; starts nothing."""
        with self._lock:
            return self._thoughts.get(question)

    def is_asked(self, question: Question) -> bool:
        """Whether it is being thought over."""
        with self._lock:
            return question in self._waiting

    def knows(self, job_id: bytes) -> bool:
        """Whether its child has a job in memory."""
        return job_id in self._known

    def load(self) -> int:
        """Questions not answered yet."""
        with self._lock:
            return len(self._waiting)

    def forget(self, question: Question) -> None:
        """Drops an answer that was used, or that is to be made again."""
        with self._lock:
            self._thoughts.pop(question, None)

    def close(self) -> None:
        """Ends thread and child."""
        self._closed = True
        self._queue.put(None)
        self._end_child()

    def _work(self) -> None:
        while (question := self._queue.get()) is not None and not self._closed:
            try:
                thought = Thought(self.think(question))
            except (AssayError, OSError, MoveRefused) as error:
                thought = Thought(failure=str(error))
            except Exception as error:  # a loader may raise anything for hostile material
                thought = Thought(failure=f"{type(error).__name__}: {error}")
            with self._lock:
                self._thoughts[question] = thought
                self._waiting.discard(question)
                while len(self._thoughts) > KEPT_THOUGHTS:
                    self._thoughts.popitem(last=False)

    def think(self, question: Question) -> Any:
        """The value, made in the calling thread: for a helper that nobody asks. Raises AssayError."""
        job_id = question.piece.job_id
        if self._child is None or self._child.poll() is not None:
            self._start_child()
        if job_id not in self._known:
            self._introduce(job_id, question.terms)
        self._known.move_to_end(job_id)
        return self._exchange(question.method, (question.piece, *question.rest))

    def _introduce(self, job_id: bytes, terms: Terms) -> None:
        program, inputs = self._load(terms)
        constants = [program.constants[root] for root in program.constant_specs]
        found = self._exchange("load", (job_id, program.encode(), constants, list(inputs)))
        if found != terms.program_root + terms.inputs_root:
            raise AssayError("The program or the inputs in the store are not those of the job's terms.")
        self._known[job_id] = None
        while len(self._known) > KEPT_CASES:
            self._known.popitem(last=False)

    def _start_child(self) -> None:
        self._known.clear()
        try:
            command = bwrap.command(ENVIRONMENT, [str(MEMORY_BYTES), *self._arguments], entry=THINKING)
        except SandboxError as error:
            raise ChildDied(str(error)) from error
        self._child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}
        )

    def _exchange(self, method: str, arguments: tuple[Any, ...]) -> Any:
        child = self._child
        assert child is not None and child.stdin is not None and child.stdout is not None
        data = pickle.dumps((method, arguments))
        deadline = time.monotonic() + self._seconds
        try:
            child.stdin.write(LENGTH.pack(len(data)) + data)
            child.stdin.flush()
            (size,) = LENGTH.unpack(_read(child.stdout.fileno(), LENGTH.size, deadline))
            if size > MAX_ANSWER_BYTES:
                raise ChildDied("The thinking child sent more than any answer has.")
            good, value = ast.literal_eval(_read(child.stdout.fileno(), size, deadline).decode())
        except (OSError, ValueError, SyntaxError, ChildDied) as error:
            self._end_child()
            raise ChildDied(f"Running the job again failed: {error}") from error
        if not good:
            raise AssayError(str(value))
        return value

    def _end_child(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    with contextlib.suppress(
                        OSError
                    ):  # what was still to be written is for a child that is gone
                        pipe.close()


def _read(handle: int, size: int, deadline: float) -> bytes:
    data = b""
    while len(data) < size:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([handle], [], [], left)[0]:
            raise ChildDied("it took too long")
        piece = os.read(handle, size - len(data))
        if not piece:
            raise ChildDied("its process ended")
        data += piece
    return data
