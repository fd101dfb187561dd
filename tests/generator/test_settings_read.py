"""The settings that the code and the configuration files of an experiment give a name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from peerassay.data.errors import InputError
from peerassay.generator.provenance.settings import code_files, read_settings


def named(folder: Path) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for setting in read_settings(folder):
        found.setdefault(setting.name, []).append(setting.value)
    return found


@pytest.mark.parametrize(
    ("code", "settings"),
    [
        ("lr, wd = 0.25, 0.125", {"lr": [0.25], "wd": [0.125]}),
        ("(a, (b, self.c)) = 3, (4, [5])", {"a": [3], "b": [4], "c": [5]}),
        ("a, *b = 1, 2, 3", {}),
        ("a, b = values", {}),
        ("a = b = 7", {"a": [7], "b": [7]}),
        ("layers = [1, 2]", {"layers": [1, 2]}),
        ("class C:\n    width: int = 128\n    depth = +6\n    none: int", {"width": [128], "depth": [6]}),
        ("def f(u, v=9, /, w=10, *, k=11, m): pass", {"v": [9], "w": [10], "k": [11]}),
        ("f(dropout=0.3, **{'heads': 8, **other})", {"dropout": [0.3], "heads": [8]}),
        ("p.add_argument('-b', '--batch-size', type=int, default=64)", {"batch-size": [64]}),
        ("p.add_argument('--eps', default=1e-8 / 4)", {"eps": [2.5e-9]}),
        ("p.add_argument(name, default=3)", {"default": [3]}),
        ("a = -2 ** 5\nb = 10 * 1000\nc = 3 - 1\nd = 3 + 1", {"a": [-32], "b": [10_000], "c": [2], "d": [4]}),
        ("a = 1 / 0\nb = 1e308 * 10\nc = (-8) ** 0.5\nd = 10 ** 400\ne = not 3\nf = True\ng = 1 / x", {}),
        ("a = (", {}),
        (f"a = {'(' * 3000}1{')' * 3000}", {}),
    ],
)
def test_numbers_that_code_gives_a_name(tmp_path: Path, code: str, settings: dict[str, list[float]]) -> None:
    (tmp_path / "experiment.py").write_text(code)
    assert named(tmp_path) == settings


def test_code_and_configurations_of_runs_are_read_and_a_broken_one_is_named(tmp_path: Path) -> None:
    run = tmp_path / "run_1"
    run.mkdir()
    (run / "train.py").write_text("rate = 0.5\n")
    (run / "latin.py").write_bytes("name = 'é'; lost = 1\n".encode("latin-1"))
    values = {"lr": 0.1, "nested": {"beta": [0.9, 0.99], "flag": True, "none": None, "word": "7"}, "huge": 10**400}
    (tmp_path / "config.json").write_text(json.dumps(values))
    (run / "args.json").write_text('{"seed": [3]}')
    assert named(tmp_path) == {"rate": [0.5], "lr": [0.1], "beta": [0.9, 0.99], "seed": [3]}
    (run / "args.json").write_text("{broken")
    with pytest.raises(InputError, match=r"run_1/args.json:1: not JSON"):
        read_settings(tmp_path)


def test_settings_of_many_runs_are_all_read_and_code_of_the_same_text_once(tmp_path: Path) -> None:
    for number in range(130):
        run = tmp_path / f"run_{number}"
        run.mkdir()
        (run / "experiment.py").write_text(f"width = {number}\n" if number > 120 else "width = 7\n")
        (run / "config.json").write_text(json.dumps({"seed": number}))
    found = named(tmp_path)
    assert set(found["width"]) == {7, *range(121, 130)} and set(found["seed"]) == set(range(130))
    assert len(code_files(tmp_path)) == 10
