"""Entry point of `assay`: a table of commands, loaded lazily, and the one place where errors become sentences.

Exit codes: 0 ok, 1 failed, 2 wrong usage or input, 3 timed out, 130 interrupted. With --json, stdout holds one JSON
value and nothing else.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from importlib.metadata import version
from typing import Any

# name → (module, attribute, one line for `assay --help`)
COMMANDS: dict[str, tuple[str, str, str]] = {
    "up": ("assay.cli.up", "up", "Start everything on this machine and run a real job."),
    "reset": ("assay.cli.up", "reset", "Delete the local chain, database and results."),
    "doctor": (
        "assay.cli.doctor",
        "doctor",
        "Check chain, contracts, store, device and clock; say how to mend.",
    ),
    "audit": (
        "assay.cli.audit",
        "audit_command",
        "Recompute draws, settlements, income and solvency from logs alone.",
    ),
    "render": ("assay.cli.render", "render", "Render a glTF scene as a buyer: quote, pay, watch, assemble."),
    "prove": (
        "assay.cli.prove",
        "prove",
        "Turn a JAX function into an exact program; show root, cost, error.",
    ),
    "exact": ("assay.cli.exact", "app", "Post an exact program as a job, or the demonstration."),
    "demo": ("assay.cli.demo", "demo", "Show a wrong result convicted on the local market."),
    "verify": ("assay.cli.verify", "verify", "Run an exact job again here and compare with the chain."),
    "job": ("assay.cli.job", "app", "Show, watch or cancel a job, or fetch its results."),
    "challenge": (
        "assay.cli.challenge",
        "challenge",
        "Run a lot of an exact job again; challenge what differs.",
    ),
    "dispute": ("assay.cli.dispute", "app", "Show disputes: claims, games, clocks."),
    "provider": ("assay.cli.provider", "app", "Register devices, stake, ask, withdraw."),
    "worker": ("assay.cli.worker", "app", "Run the provider's daemon, see its status, bench this machine."),
    "wallet": ("assay.cli.wallet", "app", "Encrypted keystores: new, import, show, withdraw credit."),
    "exchange": (
        "assay.cli.exchange",
        "app",
        "Trade shares: sell, buy, book, orders, fill, cancel, trades.",
    ),
    "shares": ("assay.cli.shares", "app", "Income of a device's shares: show, claim."),
}

# option → (environment variable that every command reads, what it is)
GLOBAL_OPTIONS = {
    "--rpc-url": ("ASSAY_RPC_URL", "Chain node; default http://127.0.0.1:8545."),
    "--deployment": (
        "ASSAY_DEPLOYMENT",
        "File with the contracts' addresses; default .run/deployments/31337.json.",
    ),
    "--store": ("ASSAY_STORE_URL", "Artifact store as an fsspec URL; default .run/artifacts."),
}


class WrongUsage(Exception):
    """The command line itself is wrong."""


def app(args: list[str] | None = None) -> None:
    """Runs the command line and exits. Called by the `assay` script and by tests."""
    sys.exit(run(sys.argv[1:] if args is None else args))


def run(arguments: list[str]) -> int:
    """The exit code of one command line; everything it raises has been told to the user."""
    try:
        rest = _take_global_options(list(arguments))
    except WrongUsage as wrong:
        print(f"Error: {wrong}", file=sys.stderr)
        return 2
    if not rest or rest[0] in ("-h", "--help"):
        print(help_text())
        return 0 if rest else 2
    if rest[0] == "--version":
        print(f"assay {version('assay')}")
        return 0
    name, *rest = rest
    if name not in COMMANDS:
        print(f"Error: There is no command {name!r}.{_nearest(name)}\nSee assay --help.", file=sys.stderr)
        return 2
    return _call(name, rest)


def help_text() -> str:
    """`assay --help`; imports no command."""
    options = {option: text for option, (_, text) in GLOBAL_OPTIONS.items()}
    options |= {"--version": "Show the version.", "-h, --help": "Show this, or the help of a command."}
    return "\n".join(
        [
            "Usage: assay [OPTIONS] COMMAND …",
            "",
            "A market where GPUs and TPUs are owned in shares, rented by auction, and their work is proved.",
            "",
            "Example: assay up",
            "",
            "Commands:",
            *[f"  {name:<10} {line}" for name, (_, _, line) in COMMANDS.items()],
            "",
            "Options:",
            *[f"  {option:<14} {line}" for option, line in options.items()],
        ]
    )


def _take_global_options(arguments: list[str]) -> list[str]:
    """Sets the environment from options before the command's name; returns the rest."""
    while arguments and arguments[0].split("=", 1)[0] in GLOBAL_OPTIONS:
        option, has_value, value = arguments.pop(0).partition("=")
        if not has_value:
            if not arguments:
                raise WrongUsage(f"{option} needs a value.")
            value = arguments.pop(0)
        os.environ[GLOBAL_OPTIONS[option][0]] = value
    return arguments


def _nearest(name: str) -> str:
    from difflib import get_close_matches

    found = get_close_matches(name, COMMANDS, n=1)
    return f" Did you mean {found[0]!r}?" if found else ""


def _call(name: str, arguments: list[str]) -> int:
    try:
        module, attribute, _ = COMMANDS[name]
        _quiet_logs()
        command = _typer_command(getattr(import_module(module), attribute), name)
        result = command.main(args=arguments, prog_name=f"assay {name}", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        from assay.cli.failures import report

        if os.environ.get("ASSAY_DEBUG"):
            raise
        return report(error, as_json="--json" in arguments)


def _quiet_logs() -> None:
    """The libraries' logs go to stderr, warnings only: stdout is for results. `worker run` sets its own."""
    import logging

    import structlog

    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _typer_command(target: Any, name: str) -> Any:
    """The command of a typer app, or of a plain function with typer options."""
    import typer

    if not isinstance(target, typer.Typer):
        wrapped = typer.Typer(add_completion=False)
        wrapped.command(name=name)(target)
        target = wrapped
    return typer.main.get_command(target)


if __name__ == "__main__":
    app()
