"""Writes the golden JSON from the Python twins; `--check` compares instead and fails on a difference.

Run: `PYTHONPATH=worker:. python -m tests.vectors.generate [--check]`. The Python twins are themselves tested
against
written-out models and against the contracts, so a vector never rests on one implementation alone.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

from eth_account import Account

from assay.commitment import artifact_digest, list_proof, list_root, page_proof
from assay.protocol.digests import award_hash_of, claim_id_of, mark_of, seal_of, tag_of, terms_hash_of
from assay.protocol.draw import Ring
from assay.protocol.eip712 import sign_upload, upload_digest, upload_typed_data
from assay.protocol.generated.structs import Awardee, Terms
from assay.protocol.ids import checksum, device_id_of, job_id_of
from assay.protocol.spec import canonical_bytes, spec_hash
from tests.vectors.generate_program import ops, programs
from tests.vectors.generate_share_orders import share_orders
from tests.vectors.generate_tensor import tensor

FOLDER = Path(__file__).parent
MIB = 1 << 20
CHAIN_ID = 31337
# key 1 of anvil's public test mnemonic: a devnet key anyone knows
DEVNET_KEY = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d"
MARKET = checksum("0x" + "a1" * 20)
REGISTRY = checksum("0x" + "b2" * 20)


def pattern_byte(index: int) -> int:
    """The rule of an artifact's bytes: byte i is (i + i // 4096) mod 251, so that pages differ."""
    return (index + index // 4096) % 251


def pattern(size: int) -> bytes:
    """The first `size` bytes of the rule."""
    return bytes(pattern_byte(index) for index in range(size))


def hexed(value: Any) -> Any:
    """JSON form: bytes as 0x text, integers beyond 2^53 as decimal text, tuples as lists."""
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, dict):
        return {key: hexed(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [hexed(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**53:
        return str(value)
    return value


def some(label: str) -> bytes:
    """32 bytes that depend on a label."""
    return sha256(label.encode()).digest()


def artifact() -> dict[str, Any]:
    """Ids of artifacts at the page and chunk boundaries, and page proofs."""
    cases, proofs = [], []
    for size in (0, 1, 4095, 4096, 4097, 8192, 12_289, MIB, MIB + 1):
        data = pattern(size)
        cases.append({"size": size, **asdict(artifact_digest(data))})
        last = max(0, -(-size // 4096) - 1)
        for index in sorted({0, last // 2, last, last + 1} if size <= 12_289 else {0, last}):
            proof = asdict(page_proof(data, index))
            page = proof.pop("page")
            proofs.append(
                {"size": size, **proof, "in_range": index <= last and size > 0, "page_bytes": len(page)}
            )
    rule = "byte i = (i + floor(i / 4096)) mod 251"
    return {"rule": rule, "page_bytes": 4096, "artifacts": cases, "proofs": proofs}


def listing() -> dict[str, Any]:
    """List roots, and proofs of every index and the one after."""
    lists, proofs = [], []
    for count in (0, 1, 2, 3, 5, 8, 33):
        ids = [some(f"id {index}") for index in range(count)]
        lists.append({"ids": ids, "root": list_root(ids)})
        proofs += [
            asdict(list_proof(ids, index)) for index in sorted({0, count // 2, max(count - 1, 0), count})
        ]
    return {"lists": lists, "proofs": proofs}


def spec() -> dict[str, Any]:
    """RFC 8785 texts and their SHA-256."""
    cases: list[Any] = [
        {},
        {"kind": "render", "width": 320, "height": 180, "samples": 16},
        {"b": 1, "a": [True, False, None], "nested": {"z": "", "é": "naïve", "\ue000": 0, "😀": 1}},
        {"numbers": [0, -0.0, 1.0, 1e21, 1e-7, 0.1, 333333333.3333333, 5e-324, 9007199254740991]},
        {"text": 'quote " backslash \\ newline \n tab \t control \u0001 slash / euro €'},
    ]
    rows = [
        {"spec": case, "canonical": canonical_bytes(case).decode(), "hash": spec_hash(case)} for case in cases
    ]
    return {"cases": rows}


def _terms(small: bool) -> Terms:
    if small:
        return Terms(
            program_root=bytes(32),
            inputs_root=bytes(32),
            spec_hash=bytes(32),
            runtime_class=bytes(32),
            grade=1,
            seats=1,
            spares=0,
            lots=1,
            items_per_lot=1,
            items=1,
            lot_seconds=1,
            ceiling_usd6=0,
            audit_bps=0,
        )
    return Terms(
        program_root=some("program"),
        inputs_root=some("inputs"),
        spec_hash=some("spec"),
        runtime_class=some("class"),
        grade=3,
        seats=5,
        spares=5,
        lots=4096,
        items_per_lot=2**32 - 1,
        items=2**64 - 1,
        lot_seconds=2**32 - 1,
        ceiling_usd6=2**256 - 1,
        audit_bps=2**16 - 1,
    )


def _awardees(count: int) -> list[Awardee]:
    return [
        Awardee(
            provider=checksum("0x" + some(f"provider {index}")[:20].hex()),
            device_id=some(f"device {index}"),
            payee=checksum("0x" + some(f"payee {index}")[:20].hex()),
            price_usd6=1_000 + index,
            units=index + 1,
        )
        for index in range(count)
    ]


def digests() -> dict[str, Any]:
    """terms_hash, job_id, device_id, award_hash, tag, mark and seal."""
    buyer = Account.from_key(DEVNET_KEY).address
    jobs = []
    for terms in (_terms(True), _terms(False)):
        terms_hash = terms_hash_of(terms)
        salt = some("client salt")
        identity = job_id_of(CHAIN_ID, MARKET, buyer, salt, terms_hash)
        fields = {"chain_id": CHAIN_ID, "market": MARKET, "buyer": buyer, "client_salt": salt}
        jobs.append({"terms": asdict(terms), "terms_hash": terms_hash, **fields, "job_id": identity})
    seals = []
    for lot, place in ((0, 0), (1, 2), (4095, 9)):
        job_id, root, salt = some("job"), some(f"root {lot}"), some(f"salt {lot}")
        tag = tag_of(job_id, lot, root)
        seal = seal_of(
            chain_id=CHAIN_ID, market=MARKET, provider=buyer, job_id=job_id, lot=lot, tag=tag, salt=salt
        )
        row = {"chain_id": CHAIN_ID, "market": MARKET, "provider": buyer, "job_id": job_id, "lot": lot}
        marked = {"place": place, "mark": mark_of(job_id, lot, place, root)}
        marked["claim_id"] = claim_id_of(job_id, lot, place, root)
        seals.append({**row, "root": root, "salt": salt, "tag": tag, "seal": seal, **marked})
    awards = [
        {"awardees": [asdict(a) for a in rows], "award_hash": award_hash_of(rows)}
        for rows in (_awardees(count) for count in (0, 1, 3, 20))
    ]
    device = {"chain_id": CHAIN_ID, "registry": REGISTRY, "provider": buyer, "serial_hash": some("serial")}
    device_id = device_id_of(CHAIN_ID, REGISTRY, buyer, some("serial"))
    return {"jobs": jobs, "seals": seals, "awards": awards, "devices": [{**device, "device_id": device_id}]}


def _units(lots: int, width: int, owners: int) -> list[int]:
    """Blocks of at most `lots` units that fill lots * width, uneven on purpose."""
    left, units = lots * width, []
    for index in range(owners):
        least = max(1, left - lots * (owners - index - 1))
        most = min(lots, left - (owners - index - 1))
        units.append(least + (index * 7 + lots) % (most - least + 1))
        left -= units[-1]
    return units


def draw() -> dict[str, Any]:
    """Seeds, blocks, and every place of every lot."""
    cases = []
    shapes = ((1, 1, 1), (1, 3, 3), (2, 2, 3), (12, 3, 3), (12, 3, 5), (7, 4, 20), (5, 10, 12), (64, 2, 20))
    for lots, width, owners in shapes:
        for name in ("zero", "some", "ones"):
            seed = {"zero": bytes(32), "some": some(f"{lots} {width}"), "ones": b"\xff" * 32}[name]
            ring = Ring(seed, _units(lots, width, owners), lots, width)
            places = [ring.places(lot) for lot in range(lots)]
            row = {"seed": seed, "units": _units(lots, width, owners), "lots": lots, "width": width}
            cases.append({**row, "permutation": ring.order, "offset": ring.offset, "places": places})
    return {"cases": cases}


def upload() -> dict[str, Any]:
    """Upload signatures by a devnet key."""
    account = Account.from_key(DEVNET_KEY)
    cases = []
    for kind, size, expiry in (("bytes", 0, 0), ("list", 64, 1_800_000_000), ("spec", 2**64 - 1, 2**64 - 1)):
        values: dict[str, Any] = {
            "chain_id": CHAIN_ID, "kind": kind, "artifact_id": some(kind), "size": size, "expiry": expiry,
        }  # fmt: skip
        cases.append(
            {
                **values,
                "typed_data": upload_typed_data(*values.values()),
                "digest": upload_digest(*values.values()),
                "signature": sign_upload(account, **values),
            }
        )
    return {"devnet_private_key": DEVNET_KEY, "account": account.address, "cases": cases}


FILES: dict[str, Callable[[], dict[str, Any]]] = {
    "artifact.json": artifact,
    "list.json": listing,
    "spec.json": spec,
    "digests.json": digests,
    "draw.json": draw,
    "upload.json": upload,
    "share_orders.json": share_orders,
    "tensor.json": tensor,
    "ops.json": ops,
    "program.json": programs,
}


def text_of(name: str) -> str:
    """The text of one vector file."""
    return json.dumps(hexed(FILES[name]()), indent=1) + "\n"


def main(arguments: list[str]) -> int:
    """Writes or checks every file; returns the exit status."""
    stale = []
    for name in FILES:
        path, text = FOLDER / name, text_of(name)
        if "--check" not in arguments:
            path.write_text(text)
        elif not path.exists() or path.read_text() != text:
            stale.append(name)
    if stale:
        print(f"stale vectors: {', '.join(stale)}; run python -m tests.vectors.generate", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
