"""Daemons that die after each of their moves and come back with nothing but their disk."""

from __future__ import annotations

import threading
from typing import Any

from assay.disputes.runs import LotRun
from assay.worker.assembly import build
from assay.worker.disputing.bench import LotType
from assay.worker.disputing.modes import Mode
from tests.worker.daemon.world import FakeRunner
from tests.worker.disputing.stage import Stage, mind


class Died(BaseException):
    """The process is gone: nothing may catch it."""


class Fragile(threading.Thread):
    """Runs daemons of one account, one after the other, until `stop`; each dies once it has sent a move."""

    def __init__(self, stage: Stage, role: str, mode: Mode, lot_type: LotType = LotRun) -> None:
        super().__init__(name=f"fragile-{role}", daemon=True)
        self._stage, self._role, self._mode, self._lot_type = stage, role, mode, lot_type
        self._ended = threading.Event()
        self._daemon: Any = None
        self.deaths = 0

    def run(self) -> None:
        """Until stopped."""
        while not self._ended.is_set():
            settings = self._stage.settings(self._role, mode=self._mode)
            self._daemon = build(
                settings,
                self._stage.accounts[self._role],
                runner=FakeRunner(),
                mind=mind(self._lot_type),
            )
            self._break(self._daemon)
            self._daemon.start()
            try:
                self._daemon.run()
            except Died:
                self.deaths += 1

    def stop(self) -> None:
        """Ends the last daemon too."""
        self._ended.set()
        if self._daemon is not None:
            self._daemon.stop()
        self.join(20)

    def _break(self, daemon: Any) -> None:
        dispatcher = daemon.parts.desk._dispatcher
        say = dispatcher._say

        def said(*arguments: Any) -> None:
            say(*arguments)
            if not self._ended.is_set():
                raise Died

        dispatcher._say = said
