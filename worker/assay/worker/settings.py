"""What a worker can be told, from flags first, then the environment, then defaults. Secrets are named by file only."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from assay.protocol.errors import BadInput
from assay.worker.bid_pricing import AskPricing, BidPricingStrategy, strategy_from
from assay.worker.disputing.modes import Mode

DEFAULT_RPC_URL = "http://127.0.0.1:8545"


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """Settings of one daemon. Times in seconds, money in usd6, sizes in bytes."""

    name: str
    rpc_url: str
    deployment: Path
    store_urls: tuple[str, ...]
    folder: Path  # state.db, results/, log.jsonl of this worker
    device_id: bytes | None = None  # only awards of this device; None: of any of the provider's
    runtime_class: bytes | None = None  # None: measured at start
    poll_seconds: float = 0.5
    herd_seconds: int = 3  # how long a worker leaves shared duties to the one before it
    drain_seconds: int = 60
    min_free_bytes: int = 256 * 1024 * 1024
    withdraw_min_usd6: int = 1_000_000  # credit below this is not worth the gas of withdrawing it
    max_input_bytes: int = 256 * 1024 * 1024
    metrics_port: int = 0  # 0: no metrics server
    mode: Mode = Mode.PROVIDER
    bids: BidPricingStrategy = field(default_factory=AskPricing)  # what is bid for jobs at auction
    reexecutions: int = 1  # lots of others that are run again at once
    faulty: bool = False  # one product comes out wrong: for demonstrations on the local chain
    api_urls: tuple[str, ...] = field(default=())  # mirrors that speak the backend's artifact API

    @property
    def state_db(self) -> Path:
        """The sender's outbox and the follower's cursor."""
        return self.folder / "state.db"

    @property
    def results(self) -> Path:
        """Where finished lots lie."""
        return self.folder / "results"

    @property
    def heartbeat(self) -> Path:
        """Rewritten each cycle; `assay worker status` reads it."""
        return self.folder / "status.json"


def run_folder(env: Mapping[str, str] = os.environ) -> Path:
    """The folder of run-time files: ASSAY_RUN, or `.run` here."""
    return Path(env.get("ASSAY_RUN", ".run")).resolve()


def settings_from_env(
    name: str,
    env: Mapping[str, str] = os.environ,
    *,
    rpc_url: str | None = None,
    deployment: Path | None = None,
    store_urls: tuple[str, ...] = (),
    device_id: str | None = None,
    metrics_port: int | None = None,
    mode: Mode = Mode.PROVIDER,
    faulty: bool = False,
    bids: str | None = None,
) -> WorkerSettings:
    """Settings of worker `name`; arguments win over the environment. Raises BadInput naming what is malformed."""
    if not name or any(letter in name for letter in "/\\\0") or name.startswith("."):
        raise BadInput(f"worker name {name!r} cannot be a folder name", "Use letters, digits and dashes.")
    run = run_folder(env)
    folder = run / "workers" / name
    stores = store_urls or tuple(
        filter(None, env.get("ASSAY_STORE_URL", (run / "artifacts").as_uri()).split(","))
    )
    return WorkerSettings(
        name=name,
        rpc_url=rpc_url or env.get("ASSAY_RPC_URL", DEFAULT_RPC_URL),
        deployment=deployment or Path(env.get("ASSAY_DEPLOYMENT", run / "deployments" / "31337.json")),
        store_urls=stores,
        api_urls=tuple(filter(None, env.get("ASSAY_API_URL", "").split(","))),
        folder=folder,
        device_id=_bytes32(device_id, "--device") if device_id else None,
        poll_seconds=_number(env, "ASSAY_POLL_SECONDS", 0.5, low=0.02),
        drain_seconds=int(_number(env, "ASSAY_DRAIN_SECONDS", 60, low=0)),
        herd_seconds=int(_number(env, "ASSAY_HERD_SECONDS", 3, low=0)),
        min_free_bytes=int(_number(env, "ASSAY_MIN_FREE_MB", 256, low=0) * 1024 * 1024),
        withdraw_min_usd6=int(_number(env, "ASSAY_WITHDRAW_MIN_USD", 1, low=0) * 1_000_000),
        mode=mode,
        bids=strategy_from(bids or env.get("ASSAY_BIDS", "ask")),
        faulty=faulty,
        reexecutions=int(_number(env, "ASSAY_REEXECUTIONS", 1, low=1)),
        max_input_bytes=int(_number(env, "ASSAY_MAX_INPUT_MB", 256, low=1) * 1024 * 1024),
        metrics_port=metrics_port
        if metrics_port is not None
        else int(_number(env, "ASSAY_METRICS_PORT", 0, low=0)),
    )


def _number(env: Mapping[str, str], key: str, default: float, *, low: float) -> float:
    text = env.get(key)
    if text is None:
        return default
    try:
        value = float(text)
    except ValueError:
        raise BadInput(
            f"{key} is {text!r}, which is not a number", f"Set a number of at least {low:g}."
        ) from None
    if not low <= value < float("inf"):
        raise BadInput(f"{key} is {text}, below its least value {low:g}", "Raise it or unset it.")
    return value


def _bytes32(text: str, what: str) -> bytes:
    digits = text.removeprefix("0x")
    try:
        value = bytes.fromhex(digits)
    except ValueError:
        value = b""
    if len(value) != 32:
        raise BadInput(f"{what} {text!r} is not a 32-byte 0x string", "Copy it from `assay provider show`.")
    return value
