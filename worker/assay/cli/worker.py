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
from assay.worker.disputing.modes import Mode

app = typer.Typer(help="Run the provider's daemon, see its status, bench this machine.", no_args_is_help=True)

STALE_SECONDS = 30.0
ALERTED = 4  # exit code of a watchtower that was to stop at an alert

Name = Annotated[str, typer.Option(help="Name of the worker: its folder under .run/workers.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]


@app.command()
def run(  # noqa: PLR0917 - one parameter an option
    keystore: Annotated[
        str | None, typer.Option(help="Keystore of the provider; default ASSAY_KEYSTORE.")
    ] = None,
    password_file: Annotated[Path | None, typer.Option(help="File with its password, mode 0600.")] = None,
    name: Name = "worker",
    metrics_port: Annotated[
        int | None, typer.Option(help="Prometheus metrics on this port of 127.0.0.1.")
    ] = None,
    device: Annotated[str | None, typer.Option(help="Serve only this device of the provider.")] = None,
    mode: Annotated[
        Mode,
        typer.Option(
            help="provider: run seats, defend own claims. auditor: also audit lots that others sealed. challenger: "
            "also run others' exact lots again and challenge wrong claims. watchtower: run them again and alert, "
            "without a key."
        ),
    ] = Mode.PROVIDER,
    bids: Annotated[
        str | None,
        typer.Option(
            help="Bids for jobs at auction: ask (the standing ask), cost-plus:USD_PER_DEVICE_HOUR:PERCENT, or off. "
            "Default ASSAY_BIDS, else ask."
        ),
    ] = None,
    faulty_bit: Annotated[
        bool,
        typer.Option(
            "--faulty-bit", help="Compute one product wrong, to demonstrate disputes. Local chain only."
        ),
    ] = False,
    stop_on_alert: Annotated[
        bool, typer.Option("--stop-on-alert", help="Watchtower: end at the first alert, with exit code 4.")
    ] = False,
) -> None:
    """Bid, watch for awards, run lots in the sandbox, seal, tag, reveal, collect, play disputes. Ctrl-C finishes first.

    Example: assay worker run --keystore north.json --password-file north.password --name north
    Example: assay worker run --mode watchtower --name tower
    """
    import signal

    from assay.cli.failures import Usage
    from assay.worker.log import send_libraries_to
    from assay.worker.settings import settings_from_env

    watches = mode is Mode.WATCHTOWER
    if watches and (faulty_bit or keystore or device):
        raise Usage("A watchtower has no key, no device and no fault.", "Leave those options out.")
    if stop_on_alert and not watches:
        raise Usage("--stop-on-alert belongs to --mode watchtower.")
    settings = settings_from_env(
        name, device_id=device, metrics_port=metrics_port, mode=mode, faulty=faulty_bit, bids=bids
    )
    daemon: Any = (
        _watchtower(settings, stop_on_alert=stop_on_alert)
        if watches
        else _daemon(settings, keystore, password_file)
    )
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
    if not watches:
        daemon.start()
    daemon.run()
    if watches and stop_on_alert and daemon.alerts:
        raise typer.Exit(ALERTED)


def _daemon(settings: Any, keystore: str | None, password_file: Path | None) -> Any:
    from assay.cli.keys import account_for
    from assay.cli.session import open_deployment
    from assay.worker.assembly import build

    return build(settings, account_for(keystore, password_file, chain_id=open_deployment().chain_id))


def _watchtower(settings: Any, *, stop_on_alert: bool) -> Any:
    from assay.cli.session import open_store
    from assay.protocol.chain import connect
    from assay.protocol.deployment import Deployment
    from assay.worker.disputing.watchtower import Watchtower
    from assay.worker.log import logger
    from assay.worker.metrics import Metrics

    settings.folder.mkdir(parents=True, exist_ok=True)
    deployment = Deployment.load(settings.deployment)
    w3 = connect(settings.rpc_url, chain_id=deployment.chain_id, genesis=deployment.genesis_hash)
    log = logger(settings.name, settings.folder / "log.jsonl")
    return Watchtower(
        settings,
        w3,
        deployment,
        open_store(deployment.chain_id),
        Metrics(),
        log,
        stop_on_alert=stop_on_alert,
    )


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
        if found.get("games"):
            console.print(f"  open games: {', '.join(map(str, found['games']))}", markup=False)
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
    """Measure this machine's runtime class and speed by kind of job, as its device document states them.

    Example: assay worker bench --seconds 5
    """
    from assay.jobs.exact.benchmark import benchmark as exact_benchmark
    from assay.jobs.runner import benchmark
    from assay.jobs.runtime_class import runtime_class

    output = Output(as_json=as_json)
    output.say("Running the self-test and the benchmark in the sandbox …")
    found = runtime_class()
    speed, rate = benchmark(seconds), exact_benchmark(seconds)
    value = {
        "runtime_class": "0x" + found.id.hex(),
        "runtime": found.to_json(),
        "benchmark": {"render": round(speed), "exact": round(rate)},
    }

    def show(console: Any) -> None:
        console.print(f"Runtime class 0x{found.id.hex()}", markup=False)
        console.print(f"Render        {speed:,.0f} samples a second", markup=False)
        console.print(f"Exact         {rate:,.0f} operations a second", markup=False)

    output.result(value, show)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
