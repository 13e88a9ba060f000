"""`assay exact post|demo`: an exact program as a job: any device may take it, and a wrong result can be convicted."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from assay.cli.exact_buying import Choices, buy
from assay.cli.exact_sources import submission_from
from assay.cli.failures import Usage
from assay.cli.keys import KEY_HELP
from assay.cli.output import Output
from assay.cli.texts import AUCTION_HELP, parse_audit, parse_wait
from assay.protocol.states import Grade
from assay.protocol.units import parse_usd6

app = typer.Typer(help="Post an exact program as a job, or the demonstration.", no_args_is_help=True)

GRADES = {
    "trusted": Grade.TRUSTED,
    "sampled": Grade.SAMPLED,
    "replicated": Grade.REPLICATED,
    "refereed": Grade.REFEREED,
}
DEFAULT_AUDIT = "0.25"
DEMO_LOT_SECONDS = 20  # at the demo's prices a shorter lot is too cheap to be disputed

GradeArg = Annotated[str, typer.Option("--grade", help="refereed, replicated, sampled or trusted.")]
Audit = Annotated[
    str | None, typer.Option(help="Sampled: the part of lots that a second provider computes too, as 0.1.")
]
Seats = Annotated[int | None, typer.Option(help="Providers that run each lot; 1, replicated 2.")]
Spares = Annotated[
    int | None, typer.Option(help="Providers that wait behind them; sampled 1, and they are who may audit.")
]
LotSeconds = Annotated[
    int | None, typer.Option(help="Stated run time of a lot; by default reckoned from the program.")
]
MaxPrice = Annotated[str | None, typer.Option(help="Most USD per device-hour.")]
PayWith = Annotated[str | None, typer.Option(help=KEY_HELP)]
PasswordFile = Annotated[Path | None, typer.Option(help="File with the keystore's password, mode 0600.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Quote only: sign and send nothing.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before paying.")]
Wait = Annotated[str | None, typer.Option(help="Give up watching after 90s, 5m…; the job goes on.")]
Watch = Annotated[bool, typer.Option("--watch/--detach", help="Follow to the results, or leave at once.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]


@app.command()
def post(  # noqa: PLR0917 - one parameter an option
    program: Annotated[str, typer.Argument(help="MODULE:FUNCTION from this folder, or a program file.")],
    inputs: Annotated[
        list[Path],
        typer.Argument(
            help="One .npy for each argument, or one .npz: by argument, or in order for a program."
        ),
    ],
    items: Annotated[
        int, typer.Option(help="Times the program runs; a parameter called `item` is the index of each.")
    ] = 1,
    lots: Annotated[int, typer.Option(help="Parts the items are sold in.")] = 1,
    grade: GradeArg = "refereed",
    seats: Seats = None,
    spares: Spares = None,
    audit: Audit = None,
    lot_seconds: LotSeconds = None,
    max_price: MaxPrice = None,
    title: Annotated[str | None, typer.Option(help="What the job is called.")] = None,
    stride: Annotated[
        int, typer.Option(help="Every how many steps a loop commits to its state; 0: never.")
    ] = 0,
    max_trips: Annotated[int | None, typer.Option(help="The most steps of each while loop.")] = None,
    wide: Annotated[int | None, typer.Option(help="Bits of a number outside dots, sign included.")] = None,
    dot: Annotated[str | None, typer.Option(help="Bits of the two operands of a dot: 22,22.")] = None,
    out: Annotated[Path, typer.Option(help="Where the results go.")] = Path("results.npz"),
    pay_with: PayWith = None,
    password_file: PasswordFile = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    wait: Wait = None,
    watch: Watch = True,
    auction: Annotated[bool, typer.Option("--auction", help=AUCTION_HELP)] = False,
    as_json: Json = False,
) -> None:
    """Post an exact job: trace, quote, pay, watch, check every byte, save the results.

    Example: assay exact post train:step example.npz --grade refereed --stride 25 --pay-with buyer.json
    """
    output = Output(as_json=as_json)
    chosen = _chosen(grade, seats, spares, audit)
    if not 1 <= lots <= items:
        raise Usage(f"--lots is {lots}, but must be 1 to --items ({items}).")
    output.say("Tracing …")
    submission = submission_from(program, inputs, wide=wide, dot=dot, stride=stride, max_trips=max_trips)
    wanted = _wanted(
        submission,
        title=title if title is not None else Path(program).name[:80],
        items=items,
        items_per_lot=-(-items // lots),
        **chosen,
        lot_seconds=lot_seconds,
        max_price=max_price,
    )
    choices = Choices(out, dry_run, yes, parse_wait(wait), watch, pay_with, password_file, auction=auction)
    buy(output, wanted, choices)


@app.command()
def demo(  # noqa: PLR0917 - one parameter an option
    steps: Annotated[int, typer.Option(help="Steps of gradient descent.")] = 200,
    batch: Annotated[int, typer.Option(help="Images a step.")] = 64,
    width: Annotated[int, typer.Option(help="Hidden units.")] = 64,
    lots: Annotated[int, typer.Option(help="Networks to tune, each on batches in another order.")] = 1,
    grade: GradeArg = "refereed",
    seats: Seats = None,
    spares: Spares = None,
    audit: Audit = None,
    lot_seconds: LotSeconds = DEMO_LOT_SECONDS,
    max_price: MaxPrice = None,
    out: Annotated[Path, typer.Option(help="Where the tuned weights go.")] = Path("tuned.npz"),
    pay_with: PayWith = None,
    password_file: PasswordFile = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    wait: Wait = None,
    watch: Watch = True,
    as_json: Json = False,
) -> None:
    """Fine-tune a network that knows the digits 0 to 4 on all ten, as one exact job.

    Example: assay exact demo --pay-with devnet:buyer --yes
    """
    output = Output(as_json=as_json)
    chosen = _chosen(grade, seats, spares, audit)
    finetune, digits = _finetune()
    output.say("Tracing …")
    try:
        submission = finetune.finetune_program(steps, batch, width)
    except ValueError as error:
        raise Usage(f"The training cannot be made: {error}.") from error
    wanted = _wanted(
        submission,
        title=f"Fine-tuning on digits, {steps} steps",
        items=lots,
        items_per_lot=1,
        **chosen,
        lot_seconds=lot_seconds,
        max_price=max_price,
    )

    def scores(arrays: dict[str, Any]) -> dict[str, Any]:
        before, after = digits.score(digits.start_weights(width)), digits.score(arrays)
        return {
            "loss_before": round(before.loss, 6),
            "loss_after": round(after.loss, 6),
            "accuracy_before": round(before.accuracy, 4),
            "accuracy_after": round(after.accuracy, 4),
        }

    choices = Choices(out, dry_run, yes, parse_wait(wait), watch, pay_with, password_file, scores)
    buy(output, wanted, choices)


def _wanted(submission: Any, *, max_price: str | None, **terms: Any) -> Any:
    from assay.buyer.exact_order import ExactWanted

    price = None if max_price is None else parse_usd6(max_price)
    return ExactWanted(
        submission.program,
        submission.inputs,
        submission.outputs,
        max_price_per_hour_usd6=price,
        **terms,
    )


def _chosen(name: str, seats: int | None, spares: int | None, audit: str | None) -> dict[str, Any]:
    """grade, seats, spares and audit_bps of the terms, each with its default."""
    if name not in GRADES:
        raise Usage(f"--grade is {name!r}, but must be {', '.join(GRADES)}.")
    grade = GRADES[name]
    sampled = grade == Grade.SAMPLED
    if audit is not None and not sampled:
        raise Usage(f"--audit goes with --grade sampled, not with {name}.")
    return {
        "grade": grade,
        "seats": (2 if grade == Grade.REPLICATED else 1) if seats is None else seats,
        "spares": int(sampled) if spares is None else spares,
        "audit_bps": parse_audit(audit or DEFAULT_AUDIT) if sampled else 0,
    }


def _finetune() -> tuple[Any, Any]:
    try:
        from assay.jobs.finetune import digits, training
    except ModuleNotFoundError as error:
        raise Usage(
            f"The demonstration needs the package {error.name!r}.",
            "Install assay with the extra: assay[demo].",
        ) from error
    return training, digits
