"""Blocks of a real chain are taken back and mined again: rows follow."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import Model

from assay.stack.anvil import Anvil
from backend.chain.models import Block, Cursor, Log, Undo, Watch
from backend.chain.tables import scan, table_of
from backend.indexer.projection import AssayProjection
from backend.market.models import Job, JobState
from tests.backend.indexer.market_life import USD, Life
from tests.backend.indexer.truth import assert_rows_equal_contracts

pytestmark = pytest.mark.django_db(transaction=True)


def everything() -> dict[str, list[Any]]:
    """All rows of all tables the indexer fills, by table."""
    models: list[type[Model]] = [Block, Log, *AssayProjection().tables]
    return {table_of(model).name: list(scan("default", model)) for model in models}


def test_reorg__chain_reverts_and_mines_other_blocks__rows_follow(
    anvil: Anvil, life: Life, index: Callable[..., Any]
) -> None:
    life.set_up()
    index()
    before = everything()
    snapshot = anvil.rpc("evm_snapshot")

    # a job is posted, drawn and half done on a chain that then never was
    gone = life.post("never happened")
    life.draw(gone)
    life.seal(gone, 0, 0)
    syncer = index()
    assert Job.objects.get().state == JobState.RUNNING
    assert_rows_equal_contracts(life)

    anvil.rpc("evm_revert", snapshot)
    life.jobs.clear()
    index()
    assert everything() == before
    assert syncer.cursor.reorgs == 1
    assert not Job.objects.exists()

    # another future, of other length
    life.disputed_job()
    life.money_out()
    index()
    assert_rows_equal_contracts(life)
    again = everything()
    filled: list[type[Model]] = [*AssayProjection().tables, Block, Log, Undo, Watch, Cursor]
    for model in filled:
        model._default_manager.all().delete()
    index(fresh=True)
    assert everything() == again


def test_reorg__anvil_reorg_replaces_the_jobs_block__job_moves_or_goes_with_it(
    anvil: Anvil, life: Life, index: Callable[..., Any]
) -> None:
    life.set_up()
    life.post("first")
    index()
    first = Job.objects.get()
    anvil.rpc("anvil_reorg", 3, [])
    index()
    assert not Job.objects.exists()
    assert_rows_equal_contracts_without_jobs(life)
    life.post("second")
    index()
    assert Job.objects.get().id != first.id
    life.jobs.pop("first")
    assert_rows_equal_contracts(life)


def assert_rows_equal_contracts_without_jobs(life: Life) -> None:
    jobs, life.jobs = life.jobs, {}
    try:
        assert_rows_equal_contracts(life)
    finally:
        life.jobs = jobs


def test_reorg__head_is_behind_the_database_after_a_crash__blocks_above_it_are_taken_back(
    anvil: Anvil, life: Life, index: Callable[..., Any]
) -> None:
    life.set_up()
    index()
    before = everything()
    life.post("lost with the crash")
    life.send("buyer", "TestUSD", "mint", life.who["buyer"], USD)
    index()
    anvil.rpc("anvil_rollback", 2)
    life.jobs.clear()
    index()
    assert everything() == before
