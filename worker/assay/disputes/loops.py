"""The states of a loop: made again from the nearest kept one, so that memory is bounded whatever its length.

Kept are at most KEPT_STATES states or KEPT_BYTES, and where one walked last.
"""

from collections import OrderedDict

from assay.disputes.frames import Arrays, FrameRun, arrays_of, tuple_root

KEPT_STATES = 64
KEPT_BYTES = 256 << 20  # of the states of one loop
KEPT_FRAMES = 2


class LoopRun:
    """The states of a loop node; made again from the nearest kept one."""

    def __init__(self, owner: FrameRun, index: int, carry: Arrays, invariants: Arrays | None) -> None:
        self.owner = owner
        self.index = index
        self.node = owner.body.nodes[index]
        self.body = owner.program.bodies[self.node.root("body")]
        self.invariants = invariants
        self.trips = self.node.param("trips")
        self.stride = self.node.param("stride")
        size = max(1, sum(array.nbytes for array in carry))
        self._every = max(1, -(-self.trips // min(KEPT_STATES, max(1, KEPT_BYTES // size))))
        self._kept: dict[int, Arrays] = {0: carry}
        self._latest: tuple[int, Arrays] = (0, carry)  # where one walks along, no step is run twice
        self._roots: dict[int, bytes] = {}
        self._frames: OrderedDict[int, FrameRun] = OrderedDict()

    def state(self, step: int) -> Arrays:
        """The carry after `step` steps. On the way the roots of committed states are noted."""
        at = max(kept for kept in self._kept if kept <= step)
        carry = self._kept[at]
        if at < self._latest[0] <= step:
            at, carry = self._latest
        while at < step:
            end = self._next_stop(at, step)
            carry = self._advance(carry, at, end)
            at = end
            if at % self._every == 0 or at == self.trips:
                self._kept[at] = carry
            if self._is_committed(at) and at not in self._roots:
                self._roots[at] = tuple_root(carry)
        self._latest = (at, carry)
        return carry

    def _is_committed(self, step: int) -> bool:
        return self.stride > 0 and (step % self.stride == 0 or step == self.trips)

    def _next_stop(self, at: int, end: int) -> int:
        """How far to go at once: to the next state that is kept or that is committed and not known."""
        stop = min(end, (at // self._every + 1) * self._every)
        if self.stride > 0:
            following = min((at // self.stride + 1) * self.stride, self.trips)
            if following < stop and following not in self._roots:
                stop = following
        return stop

    def _advance(self, carry: Arrays, first: int, last: int) -> Arrays:
        for step in range(first, last):
            carry = arrays_of(self._frame(carry, step).values[-1])
        return carry

    def _frame(self, carry: Arrays, step: int) -> FrameRun:
        return self.owner.within(self.body, carry, self.invariants, step=step, loop=self.index)

    def state_root(self, step: int) -> bytes:
        """Tuple root of a state."""
        if step not in self._roots:
            self._roots[step] = tuple_root(self.state(step))
        return self._roots[step]

    def frame(self, step: int) -> FrameRun:
        """The run of step `step`; the last few are kept."""
        if step not in self._frames:
            self._frames[step] = self._frame(self.state(step), step)
            while len(self._frames) > KEPT_FRAMES:
                self._frames.popitem(last=False)
        self._frames.move_to_end(step)
        return self._frames[step]

    @property
    def committed(self) -> list[bytes]:
        """Roots of the states that an item commits to: after 0, s, 2s, … steps and after the last."""
        if self.stride == 0:
            return []
        steps = [*range(0, self.trips, self.stride), self.trips]
        return [self.state_root(step) for step in steps]


FrameRun.loop_type = LoopRun
