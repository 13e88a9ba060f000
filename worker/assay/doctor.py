"""What keeps this machine from taking part, and how to mend it: one check a part, each with a plain result.

Called by: `assay doctor`. Reads only, except that it stores one small fixed object. A check never raises:
what it cannot
find out is its result. Checks that need the chain are left out when the chain or the deployment is not there.
"""

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from enum import StrEnum
from pathlib import Path

import httpx
from web3 import Web3

from assay.artifacts import ArtifactStore, Kind, StoreError
from assay.jobs.exact.benchmark import examined_units
from assay.jobs.runtime_class import runtime_class
from assay.protocol import chain
from assay.protocol.clients import AuctionClient, DeviceRegistryClient, StakeVaultClient
from assay.protocol.deployment import Deployment
from assay.protocol.errors import AssayError
from assay.protocol.generated.structs import Device
from assay.protocol.ids import to_hex
from assay.protocol.units import format_usd6
from assay.sandbox import SandboxError

OLD_HEAD_SECONDS = 60
STOPPED_HEAD_SECONDS = 900
SKEW_SECONDS = 30
LOW_SPACE_BYTES = 1 << 30
NO_SPACE_BYTES = 64 << 20
MAX_DEVICES = 20
PROBE = b"assay doctor was here"


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One result. what: what was found; mend: what to do (empty when nothing is to be done)."""

    name: str
    level: Level
    what: str
    mend: str = ""


@dataclass(slots=True)
class Patient:
    """What is looked at. api_url and provider are optional; device=False leaves the self-test run out."""

    rpc_url: str
    deployment_path: str | Path | None
    store_url: str
    api_url: str | None = None
    provider: str | None = None
    device: bool = True
    now: Callable[[], float] = time.time
    w3: Web3 | None = field(default=None, init=False)
    deployment: Deployment | None = field(default=None, init=False)
    runtime_id: bytes | None = field(default=None, init=False)


def examine(patient: Patient) -> Iterator[Finding]:
    """Every check, in an order in which each helps to understand the next; yields as they finish."""
    yield from _guarded("deployment", _deployment, patient)
    yield from _guarded("chain", _chain, patient)
    if patient.w3 is not None:
        yield from _guarded("clock", _head_age, patient)
    if patient.w3 is not None and patient.deployment is not None:
        yield from _guarded("contracts", _contracts, patient)
    yield from _guarded("store", _store, patient)
    yield from _guarded("sandbox", _sandbox, patient)
    if patient.device:
        yield from _guarded("device", _device, patient)
        yield from _guarded("exact", _exact, patient)
    if patient.api_url:
        yield from _guarded("backend", _backend, patient)
    if patient.provider and patient.w3 is not None and patient.deployment is not None:
        yield from _guarded("provider", _provider, patient)


def _guarded(name: str, check: Callable[[Patient], Iterator[Finding]], patient: Patient) -> Iterator[Finding]:
    try:
        yield from check(patient)
    except AssayError as error:
        yield Finding(name, Level.FAIL, error.message, error.hint)
    except SandboxError as error:
        yield Finding(name, Level.FAIL, f"{error}.", "Install bubblewrap and allow user namespaces.")
    except (OSError, ValueError, KeyError) as error:
        yield Finding(name, Level.FAIL, f"{type(error).__name__}: {error}.")


def _deployment(patient: Patient) -> Iterator[Finding]:
    patient.deployment = Deployment.load(patient.deployment_path)
    count = len(patient.deployment.contracts)
    yield Finding("deployment", Level.OK, f"{count} contracts on chain {patient.deployment.chain_id}.")


def _chain(patient: Patient) -> Iterator[Finding]:
    deployment = patient.deployment
    w3 = chain.connect(patient.rpc_url)
    head = chain.head(w3, retry_seconds=2.0)
    if deployment is not None:
        chain.connect(patient.rpc_url, chain_id=deployment.chain_id, genesis=deployment.genesis_hash)
    patient.w3 = w3
    yield Finding("chain", Level.OK, f"{patient.rpc_url} is at block {head.number}.")


def _head_age(patient: Patient) -> Iterator[Finding]:
    assert patient.w3 is not None
    age = int(patient.now() - chain.head(patient.w3).timestamp)
    if age < -SKEW_SECONDS:
        what = f"The newest block is {-age} s ahead of this machine's clock."
        yield Finding("clock", Level.FAIL, what, "Set the clock (NTP): signatures for uploads expire by it.")
    elif age > OLD_HEAD_SECONDS:
        level = Level.FAIL if age > STOPPED_HEAD_SECONDS else Level.WARN
        what = f"The newest block is {age} s old."
        yield Finding(
            "clock", level, what, "The node lags or the chain stands still; or this clock is ahead."
        )
    else:
        yield Finding("clock", Level.OK, f"The newest block is {max(age, 0)} s old.")


def _contracts(patient: Patient) -> Iterator[Finding]:
    w3, deployment = patient.w3, patient.deployment
    assert w3 is not None and deployment is not None
    empty = [name for name, record in deployment.contracts.items() if not chain.code_at(w3, record.address)]
    if empty:
        what = f"No code at the address of {', '.join(empty)}."
        yield Finding("contracts", Level.FAIL, what, "The deployment file is of another chain: deploy again.")
    else:
        yield Finding("contracts", Level.OK, f"All {len(deployment.contracts)} have code.")


def _store(patient: Patient) -> Iterator[Finding]:
    store = ArtifactStore(patient.store_url)
    identity = store.put_bytes(PROBE)
    if store.get(Kind.BYTES, identity) != PROBE:
        raise StoreError(f"The store {store.url} gave other bytes than were put.")
    root = store.local_root
    if root is None:
        yield Finding("store", Level.OK, f"{store.url} can be written and read.")
        return
    free = shutil.disk_usage(root).free
    what = f"{store.url} can be written and read; {free / (1 << 30):.1f} GiB are free."
    level = Level.FAIL if free < NO_SPACE_BYTES else Level.WARN if free < LOW_SPACE_BYTES else Level.OK
    yield Finding("store", level, what, "" if level is Level.OK else "Free disk space.")


def _sandbox(_patient: Patient) -> Iterator[Finding]:
    executable = shutil.which("bwrap")
    if executable is None:
        yield Finding(
            "sandbox", Level.FAIL, "bubblewrap is not installed.", "Install it: apt-get install bubblewrap."
        )
        return
    command = [executable, "--unshare-all", "--die-with-parent", "--ro-bind", "/", "/", "/bin/true"]
    done = subprocess.run(command, capture_output=True, timeout=20, check=False)
    if done.returncode == 0:
        yield Finding("sandbox", Level.OK, "bubblewrap starts children without network.")
    else:
        said = done.stderr.decode("utf-8", "replace").strip()[:200]
        mend = (
            "Allow user namespaces (sysctl kernel.unprivileged_userns_clone=1), or run outside the container."
        )
        yield Finding("sandbox", Level.FAIL, f"bubblewrap cannot start a child: {said}.", mend)


def _device(patient: Patient) -> Iterator[Finding]:
    found = runtime_class()
    patient.runtime_id = found.id
    what = f"{found.device_kind} with JAX {found.jax}; runtime class {to_hex(found.id)}."
    yield Finding("device", Level.OK, what)


def _exact(_patient: Patient) -> Iterator[Finding]:
    """Whether this device may take exact jobs: every unit it would use is held against integers."""
    try:
        units = examined_units()
    except SandboxError as error:
        if error.stage != "device":
            raise
        mend = "Replace the device or its driver; a worker here declines every exact job, others it may take."
        yield Finding("exact", Level.FAIL, f"It computes integers wrongly: {error.reason}.", mend)
        return
    good = [unit.unit for unit in units if unit.passed]
    what = f"Integers are exact; units in use: {', '.join(good)}."
    bad = [f"{unit.unit} ({unit.detail})" for unit in units if not unit.passed]
    if bad:
        what += f" Not used: {', '.join(bad)}."
    yield Finding("exact", Level.OK, what)


def _backend(patient: Patient) -> Iterator[Finding]:
    url = f"{(patient.api_url or '').rstrip('/')}/api/v1/status"
    try:
        answer = httpx.get(url, timeout=10)
    except httpx.HTTPError as error:
        what = f"{url} does not answer ({type(error).__name__})."
        yield Finding(
            "backend", Level.WARN, what, "Start it, or correct ASSAY_API_URL; a worker runs without it."
        )
        return
    if answer.status_code != 200:
        yield Finding("backend", Level.WARN, f"{url} answers {answer.status_code}.", "See the backend's log.")
        return
    skew = _skew(answer, patient.now())
    if abs(skew) > SKEW_SECONDS:
        yield Finding(
            "backend", Level.FAIL, f"Its clock and this one differ by {skew:.0f} s.", "Set the clock (NTP)."
        )
    body = answer.json()
    genesis = body.get("genesis_hash")
    if patient.deployment is not None and genesis != to_hex(patient.deployment.genesis_hash):
        mend = "Point both to one chain, and reindex."
        yield Finding("backend", Level.FAIL, f"It indexes a chain that begins with {genesis}.", mend)
        return
    lag = body.get("lag_blocks")
    behind = isinstance(lag, int) and lag > 10
    mend = "Its indexer catches up or is stopped: see its log." if behind else ""
    yield Finding(
        "backend", Level.WARN if behind else Level.OK, f"It is {lag} blocks behind the chain.", mend
    )


def _skew(answer: httpx.Response, now: float) -> float:
    try:
        return parsedate_to_datetime(answer.headers["date"]).timestamp() - now
    except (KeyError, ValueError, TypeError):
        return 0.0


def _provider(patient: Patient) -> Iterator[Finding]:
    w3, deployment, me = patient.w3, patient.deployment, patient.provider
    assert w3 is not None and deployment is not None and me is not None
    block = chain.head(w3).number
    if chain.balance_at(w3, me, block) == 0:
        yield Finding("gas", Level.FAIL, f"{me} has no coin for gas.", "Send it some.")
    vault = StakeVaultClient(w3, deployment)
    stake, free = vault.stake_of(me, block=block), vault.free_of(me, block=block)
    what = f"{format_usd6(stake)} USD staked, {format_usd6(free)} free."
    if free == 0:
        yield Finding("stake", Level.WARN, what, "No new job can lock a bond: assay provider stake.")
    else:
        yield Finding("stake", Level.OK, what)
    yield from _devices(patient, w3, deployment, me, block)


def _devices(patient: Patient, w3: Web3, deployment: Deployment, me: str, block: int) -> Iterator[Finding]:
    registry, auction = DeviceRegistryClient(w3, deployment), AuctionClient(w3, deployment)
    count = registry.device_count_of(me, block=block)
    if count == 0:
        yield Finding("devices", Level.WARN, f"{me} has no device.", "Register one: assay provider register.")
    for index in range(min(count, MAX_DEVICES)):
        identity = registry.device_of_provider(me, index, block=block)
        device = registry.device(identity, block=block)
        asked = auction.ask_of(identity, block=block).max_units > 0
        level, what, mend = _device_state(device, asked, patient.runtime_id)
        yield Finding("devices", level, f"{to_hex(identity)[:10]}…: {what}", mend)


def _device_state(device: Device, asked: bool, runtime_id: bytes | None) -> tuple[Level, str, str]:
    if device.retired:
        return Level.OK, "retired.", ""
    if runtime_id is not None and device.runtime_class != runtime_id:
        mend = "If it is this machine: assay provider register again, which updates the class."
        return Level.WARN, "its runtime class is not this machine's.", mend
    if not asked:
        return Level.WARN, "it asks no price.", "Nobody can order it: assay provider ask."
    return Level.OK, "registered and asking.", ""
