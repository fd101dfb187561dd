"""The limits of what `tests/measures.py` prints."""

from __future__ import annotations

from tests.measures import modules, sizes


def test_modules_are_short() -> None:
    found = sizes(modules())
    assert found["modules"] > 300
    assert found["median"] <= 130
    assert found["p90"] <= 230
    assert found["longest"] <= 320


def test_the_longest_module_is_what_it_says() -> None:
    assert sizes({"a.py": 3, "b.py": 1, "c.py": 2}) == {"modules": 3, "lines": 6, "median": 2, "p90": 2, "longest": 3}
