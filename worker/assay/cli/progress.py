"""Progress of a job on stderr: a bar for people at a terminal, plain lines for everything else."""

from __future__ import annotations

from typing import Self

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from assay.buyer.watching import Progress as Change
from assay.cli.output import Output


class JobProgress:
    """A context manager; `show` takes each change."""

    def __init__(self, output: Output, lots: int) -> None:
        self._output, self._lots = output, lots
        self._bar: Progress | None = None
        if output.err.is_terminal:
            columns = (
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
            )
            self._bar = Progress(*columns, console=output.err, transient=True)
            self._task = self._bar.add_task("waiting", total=lots)

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def show(self, change: Change) -> None:
        """One change: lots revealed fill the bar; everything but single lots is also a line."""
        job = change.job
        if self._bar is not None and job is not None:
            revealed = sum(bool(lot.root) for lot in job.lots)
            self._bar.update(self._task, completed=revealed, description=change.text, total=job.terms.lots)
        if change.stage in ("posted", "drawn", "spare", "ended", "trouble") or self._bar is None:
            self._output.say(change.text)
