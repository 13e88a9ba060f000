"""`assay up` and `assay reset`: the whole market on this machine."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated, Any

import typer

_ONCE_HELP = "Stop everything after the job and print one JSON object as the last line."
_JOB_HELP = "Run a real render job when everything is up."
_PORTS_HELP = "Any free ports instead of the usual ones."


def up(
    once: Annotated[bool, typer.Option("--once", help=_ONCE_HELP)] = False,
    job: Annotated[bool, typer.Option("--job/--no-job", help=_JOB_HELP)] = True,
    random_ports: Annotated[bool, typer.Option("--random-ports", help=_PORTS_HELP)] = False,
) -> int:
    """Start chain, contracts, backend, workers and dashboard on this machine, and run a real job.

    State stays under .run (or ASSAY_RUN): the next run carries on from it. Ctrl-C stops everything.

    Example: assay up --once
    """
    from assay.stack.paths import StackPaths
    from assay.stack.steps import Steps
    from assay.stack.supervisor import Interrupted

    steps = Steps()
    try:
        summary = asyncio.run(_up(StackPaths.default(), steps, once=once, job=job, random_ports=random_ports))
    except (Interrupted, KeyboardInterrupt):
        return 130 if once else 0
    if once:
        typer.echo(json.dumps(summary))
    return 0


async def _up(paths: Any, steps: Any, *, once: bool, job: bool, random_ports: bool) -> dict[str, Any]:
    from assay.stack.summary import print_guide, summarize
    from assay.stack.supervisor import Stack

    steps.plain("Assay: bringing the market up on this machine")
    async with Stack.open(paths, steps, random_ports=random_ports) as stack:
        await stack.bring_up()
        steps.say(f"the dashboard is at {stack.services.dashboard_url}")
        summary: dict[str, Any] = {}
        if job:
            steps.say("a real job: the sample scene, rendered by three providers")
            receipt = await stack.real_job()
            summary = await asyncio.to_thread(summarize, paths, stack.services, receipt)
        if not once:
            await asyncio.to_thread(print_guide, paths, stack.services, summary, steps)
            await stack.wait()
    return summary


def reset(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> int:
    """Delete the local chain, database, results and demo keys under .run; installed tools stay.

    Example: assay reset --yes
    """
    from assay.stack.paths import StackPaths
    from assay.stack.supervisor import remove_state

    paths = StackPaths.default()
    if not yes and not typer.confirm(f"Delete the local market under {paths.root}?", default=True, err=True):
        typer.echo("Nothing was deleted.", err=True)
        return 0
    removed = remove_state(paths)
    typer.echo(f"Deleted {len(removed)} folders under {paths.root}. `make run` starts over.", err=True)
    return 0
