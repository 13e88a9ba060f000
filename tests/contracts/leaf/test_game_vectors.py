"""tests/vectors/games.json, which the dispute page is held to, is what these players and contracts play today."""

import json
from pathlib import Path

from tests.vectors.generate_games import games, text_of

PATH = Path(__file__).parents[2] / "vectors" / "games.json"


def test_games__played_again__the_stored_ones() -> None:
    played = games()
    assert {game["verdict"] for game in played} == {"CONVICTED_LEAF"}
    assert {game["final"]["move"] for game in played} == {
        "name_element",
        "name_entry",
        "name_loop",
        "name_node",
        "name_state",
        "name_term",
        "name_trace",
    }
    assert json.loads(text_of(played)) == json.loads(PATH.read_text())
