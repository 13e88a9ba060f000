"""The claims of a page of lots, stated or not: which revealed roots stand, and what rulings made of them."""

from __future__ import annotations

from typing import Any

from assay.protocol import digests
from assay.protocol.ids import to_hex
from assay.protocol.states import Grade
from backend.disputes import selectors
from backend.market.models import Job

_SHOWN = (
    "TAGGED",
    "PAID",
    "UNPAID",
    "CONVICTED",
    "DEFAULTED",
)  # a place may lose its claim after it showed its root


def has_claims(job_id: str) -> bool:
    """Whether roots of this job can be challenged: an exact job whose grade is not trusted."""
    return Job.objects.filter(id=job_id, runtime_class="", grade__gt=int(Grade.TRUSTED)).exists()


def claim_id_of(job_id: str, lot: int, place: int, root: str) -> str:
    """What a claim is called, stated or not."""
    return to_hex(digests.claim_id_of(bytes.fromhex(job_id[2:]), lot, place, bytes.fromhex(root[2:])))


def claims_attach(job_id: str, lots: list[dict[str, Any]]) -> None:
    """Adds `claims` to lots that carry their `seats`; one query for the page, none for a job without claims."""
    for lot in lots:
        lot["claims"] = []
    if not lots or not has_claims(job_id):
        return
    stated = {
        claim["id"]: claim
        for claim in selectors.CLAIMS.all(job_key=job_id, lot__gte=lots[0]["lot"], lot__lte=lots[-1]["lot"])
    }
    selectors.claims_finish(list(stated.values()))
    for lot in lots:
        roots = {seat["tag"]: seat["root"] for seat in lot["seats"] if seat["root"]}
        for seat in lot["seats"]:
            root = seat["root"] or roots.get(seat["tag"])
            if root and seat["status"] in _SHOWN:
                lot["claims"].append(_claim(job_id, lot, seat, root, stated))


def _claim(
    job_id: str, lot: dict[str, Any], seat: dict[str, Any], root: str, stated: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    claim_id = claim_id_of(job_id, lot["lot"], seat["place"], root)
    claim = stated.get(claim_id)
    fallen = seat["status"] == "CONVICTED" or (claim is not None and claim["state"] != "STANDING")
    return {
        "claim_id": claim_id,
        "place": seat["place"],
        "provider": seat["provider"],
        "root": root,
        "standing": lot["phase"] == "WINDOW" and seat["status"] == "TAGGED" and not fallen,
        "stated": claim is not None,
        "convicted": fallen,
        "reason": claim["reason"] if claim else None,
        "games": claim["games"] if claim else 0,
        "open_games": claim["open_games"] if claim else [],
        "slashed_usd6": seat["slashed_usd6"],
        "enforced_tx": claim["enforced_tx"] if claim else None,
        "split": claim["split"] if claim else [],
    }
