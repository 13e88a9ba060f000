"""Entry point of `assay`: a table of commands, loaded lazily, and the one place where errors become sentences.

Exit codes: 0 ok, 1 failed, 2 wrong usage or input, 3 timed out. With --json, stdout holds one JSON value and nothing else.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any

import click

# name → (module, attribute, one line for `assay --help`)
COMMANDS: dict[str, tuple[str, str, str]] = {
    "up": ("assay.cli.up", "up", "Start everything on this machine and run a real job."),
    "reset": ("assay.cli.up", "reset", "Delete the local chain, database and results."),
    "doctor": (
        "assay.cli.doctor",
        "doctor",
        "Check chain, contracts, store, device and clock; say how to mend.",
    ),
    "render": ("assay.cli.render", "render", "Render a glTF scene as a buyer: quote, pay, watch, assemble."),
    "job": ("assay.cli.job", "app", "Show, watch, cancel a job or fetch its results."),
    "provider": ("assay.cli.provider", "app", "Register devices, stake, ask, withdraw."),
    "worker": ("assay.cli.worker", "app", "Run the provider's daemon, see its status, bench this machine."),
    "wallet": ("assay.cli.wallet", "app", "Encrypted keystores: new, import, show."),
    "shares": ("assay.cli.shares", "app", "Income of a device's shares: show, claim."),
}

# option → environment variable that every command reads
GLOBAL_OPTIONS = {
    "rpc_url": "ASSAY_RPC_URL",
    "deployment": "ASSAY_DEPLOYMENT",
    "store": "ASSAY_STORE_URL",
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called; `--help` imports none."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        return _as_click(getattr(importlib.import_module(module), attribute), cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, _, line) in COMMANDS.items()])


def _as_click(target: Any, name: str) -> click.Command:
    """A click command from a typer app, or from a plain function with typer options."""
    import typer

    if isinstance(target, click.Command):
        return target
    if not isinstance(target, typer.Typer):
        wrapped = typer.Typer(add_completion=False)
        wrapped.command(name=name)(target)
        target = wrapped
    return typer.main.get_command(target)


@click.group(
    cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.option("--rpc-url", metavar="URL", help="Chain node (ASSAY_RPC_URL; default http://127.0.0.1:8545).")
@click.option("--deployment", metavar="FILE", help="Addresses of the contracts (ASSAY_DEPLOYMENT).")
@click.option("--store", metavar="URL", help="Artifact store (ASSAY_STORE_URL; default .run/artifacts).")
@click.version_option(package_name="assay", prog_name="assay")
def cli(**options: str | None) -> None:
    """Assay: a market where GPUs and TPUs are owned in shares, rented by auction, and their work is proved.

    Example: assay up
    """
    for option, variable in GLOBAL_OPTIONS.items():
        value = options.get(option)
        if value:
            os.environ[variable] = value


def app(args: list[str] | None = None) -> None:
    """Runs the command line and exits. Called by the `assay` script and by tests."""
    arguments = sys.argv[1:] if args is None else args
    sys.exit(_run(arguments))


def _run(arguments: list[str]) -> int:
    try:
        result = cli.main(args=arguments, prog_name="assay", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except (click.exceptions.Abort, KeyboardInterrupt):
        click.echo("Stopped. Nothing more was sent.", err=True)
        return 130
    except click.ClickException as wrong:
        wrong.show()
        return wrong.exit_code
    except BrokenPipeError:
        return 1
    except Exception as error:
        from assay.cli.failures import report

        if os.environ.get("ASSAY_DEBUG"):
            raise
        return report(error, as_json="--json" in arguments)


if __name__ == "__main__":
    app()
