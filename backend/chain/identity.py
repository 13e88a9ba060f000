"""Node, deployment and database must speak of the same chain. Called by backend.chain.sync at start and after doubt."""

from django.db import transaction

from backend.chain import tables
from backend.chain.errors import NodeError, WrongChain
from backend.chain.models import Block, Cursor
from backend.chain.node import Node, Tip
from backend.chain.source import Source


def check_node(node: Node, source: Source) -> None:
    """Raises WrongChain unless the node serves the deployment's chain, by chain id and by the hash of block 0."""
    chain_id, genesis = node.identity()
    if (chain_id, genesis) != (source.chain_id, source.genesis_hash):
        raise WrongChain(
            f"the node serves chain {chain_id} with genesis {genesis}, the deployment is on chain {source.chain_id} "
            f"with genesis {source.genesis_hash}: check ASSAY_RPC_URL and ASSAY_DEPLOYMENT; if a new local chain was "
            "started, `make reset` starts over."
        )


def check_tip(tip: Tip, source: Source) -> None:
    """Raises WrongChain when the node changed its chain id between two looks."""
    if tip.chain_id != source.chain_id:
        raise WrongChain(
            f"the node now serves chain {tip.chain_id}, the deployment is on chain {source.chain_id}: check "
            "ASSAY_RPC_URL; if a new local chain was started, `make reset` starts over."
        )


def check_cursor(cursor: Cursor, source: Source) -> None:
    """Raises WrongChain when the database was filled from another chain or from other contracts."""
    if (cursor.chain_id, cursor.genesis_hash) != (source.chain_id, source.genesis_hash):
        raise WrongChain(
            f"the database holds chain {cursor.chain_id} with genesis {cursor.genesis_hash}, the deployment is on "
            f"chain {source.chain_id} with genesis {source.genesis_hash}: `make reset` starts over."
        )
    if cursor.deployment != source.digest:
        raise WrongChain(
            "the database was filled from other contracts than the deployment file names: rebuild it with "
            "`manage.py reindex --from-chain`, or start over with `make reset`."
        )


def first_cursor(node: Node, source: Source, using: str) -> Cursor:
    """Stores and returns the cursor of an empty database: just before the deployment's first block."""
    start = max(0, source.first_block - 1)
    tip = node.tip()
    check_tip(tip, source)
    if tip.head.number < start:
        raise NodeError(f"the node is at block {tip.head.number}, before the deployment's block {start + 1}")
    [header] = node.headers(start, start)
    cursor = Cursor(
        chain_id=source.chain_id,
        genesis_hash=source.genesis_hash,
        deployment=source.digest,
        number=header.number,
        hash=header.hash,
        timestamp=header.timestamp,
        floor=header.number,
    )
    set_tip(cursor, tip)
    row = (header.number, source.chain_id, header.hash, header.parent_hash, header.timestamp)
    with transaction.atomic(using=using):
        tables.insert_values(using, Block, [row])
        cursor.save(using=using, force_insert=True)
    return cursor


def set_tip(cursor: Cursor, tip: Tip) -> None:
    """Copies what the node says of its head and of finality; what is not applied yet is not final here."""
    cursor.head_number, cursor.head_hash = tip.head.number, tip.head.hash
    cursor.head_timestamp = tip.head.timestamp
    cursor.finalized_number = min(tip.finalized, cursor.number)
