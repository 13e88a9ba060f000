"""`assay worker run|status|bench`: the provider's daemon."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from assay.cli.failures import Failed
from assay.cli.output import Output

app = typer.Typer(help="Run the provider's daemon, see its status, bench this machine.", no_args_is_help=True)

STALE_SECONDS = 30.0

Name = Annotated[str, typer.Option(help="Name of the worker: its folder under .run/workers.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]


@app.command()
def run(
    keystore: Annotated[
        str | None, typer.Option(help="Keystore of the provider; default ASSAY_KEYSTORE.")
    ] = None,
    password_file: Annotated[Path | None, typer.Option(help="File with its password, mode 0600.")] = None,
    name: Name = "worker",
    metrics_port: Annotated[
        int | None, typer.Option(help="Prometheus metrics on this port of 127.0.0.1.")
    ] = None,
    device: Annotated[str | None, typer.Option(help="Serve only this device of the provider.")] = None,
) -> None:
    """Watch for awards, run lots in the sandbox, seal, tag, reveal, collect. Ctrl-C finishes what is sealed first.

    Example: assay worker run --keystore north.json --password-file north.password --name north
    """
    import signal

    from assay.cli.keys import account_for
    from assay.cli.session import open_deployment
    from assay.worker.assembly import build
    from assay.worker.log import send_libraries_to
    from assay.worker.settings import settings_from_env

    settings = settings_from_env(name, device_id=device, metrics_port=metrics_port)
    account = account_for(keystore, password_file, chain_id=open_deployment().chain_id)
    daemon = build(settings, account)
    send_libraries_to(name)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: daemon.stop())
    if settings.metrics_port:
        try:
            daemon.metrics.serve(settings.metrics_port)
        except OSError as error:
            raise Failed(
                f"Metrics port {settings.metrics_port} cannot be used: {error.strerror}.",
                "Give another --metrics-port.",
            ) from error
    daemon.start()
    daemon.run()


@app.command()
def status(name: Name = "worker", as_json: Json = False) -> None:
    """What a worker on this machine is doing; exits 1 when it is not running.

    Example: assay worker status --name north
    """
    from assay.worker.settings import settings_from_env

    output = Output(as_json=as_json)
    path = settings_from_env(name).heartbeat
    try:
        found: dict[str, Any] = json.loads(path.read_text())
    except (OSError, ValueError):
        raise Failed(
            f"Worker {name!r} has never run here.", f"Start it: assay worker run --name {name}"
        ) from None
    found["seconds_since"] = round(time.time() - float(found["time"]), 1)
    found["running_now"] = _is_alive(int(found["pid"])) and found["outcome"] != "stopped"
    found["healthy"] = (
        found["running_now"] and found["seconds_since"] < STALE_SECONDS and found["outcome"] != "failed"
    )

    def show(console: Any) -> None:
        state = (
            "healthy" if found["healthy"] else "running, with trouble" if found["running_now"] else "stopped"
        )
        console.print(
            f"{name}: {state}; block {found['block']}, last cycle {found['seconds_since']} s ago",
            markup=False,
        )
        for job in found["jobs"]:
            console.print(
                f"  job {job['job']}: {job['state']}, {job['closed']} of {job['lots']} lots closed",
                markup=False,
            )

    output.result(found, show)
    if not found["running_now"]:
        raise typer.Exit(1)


@app.command()
def bench(
    seconds: Annotated[float, typer.Option(help="How long to measure.")] = 5.0,
    as_json: Json = False,
) -> None:
    """Measure this machine's runtime class and render speed, as its device document states them.

    Example: assay worker bench --seconds 5
    """
    from assay.jobs.runner import benchmark
    from assay.jobs.runtime_class import runtime_class

    output = Output(as_json=as_json)
    output.say("Running the self-test and the benchmark in the sandbox …")
    found = runtime_class()
    speed = benchmark(seconds)
    value = {
        "runtime_class": "0x" + found.id.hex(),
        "runtime": found.to_json(),
        "benchmark": {"render": round(speed)},
    }

    def show(console: Any) -> None:
        console.print(f"Runtime class 0x{found.id.hex()}", markup=False)
        console.print(f"Render        {speed:,.0f} samples a second", markup=False)

    output.result(value, show)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
