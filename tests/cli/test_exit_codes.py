"""The contract of exit codes, on every command: wrong usage, wrong input, a closed pipe, Ctrl-C."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from peerassay.cli.kinds import Completed
from peerassay.cli.main import COMMANDS, cli
from peerassay.cli.user_file import options_of
from peerassay.data.registry import load_dataset

Call = Callable[..., tuple[int, str, str]]
MAKES = {"scientist new-template", "data import", "completion", "config"}
"""What they are given is a new name, or a word of a list, and no place that must be there."""


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


@pytest.fixture
def wrong(typed: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., str]:
    """Run a command that is wrong; returns what it says of that, without progress."""
    monkeypatch.setenv("PEERASSAY_DATA", str(tmp_path / "home"))

    def run(*arguments: str) -> str:
        code, out, err = typed("-q", *arguments)
        assert (code, out) == (2, ""), arguments
        assert err.startswith("peerassay: "), arguments
        assert err.count("\n") == 1, arguments
        assert not any(tmp_path.iterdir()), arguments
        return err

    return run


def test_every_command_takes_the_volume_once_and_refuses_an_unknown_option(wrong: Callable[..., str]) -> None:
    found = dict(commands(cli))
    assert len(found) > len(COMMANDS)
    for path, command in found.items():
        short = [flag for option in command.params for flag in option.opts if flag in ("-q", "-v")]
        assert short == ["-q", "-v"], path
        assert "No such option" in wrong(*path, "--nonsense")


def test_every_command_says_which_argument_or_option_is_missing(wrong: Callable[..., str]) -> None:
    for path, command in commands(cli):
        if any(one.required for one in command.params):
            assert "Missing" in wrong(*path)


def test_every_command_refuses_a_place_that_is_not_there(wrong: Callable[..., str]) -> None:
    for path, command in commands(cli):
        places = [one for one in command.params if isinstance(one, click.Argument)]
        if not places or " ".join(path) in MAKES:
            continue
        options = options_of(command)
        given = ["no/such"] * len(places)
        given += [word for key, one in options.items() if one.required for word in (f"--{key}", _first(one))]
        given += ["--json"] if "json" in options else []
        wrong(*path, *given)


def _first(option: click.Option) -> str:
    return str(option.type.choices[0]) if isinstance(option.type, click.Choice) else "no/such/too"


def test_values_out_of_range_are_refused_by_their_option(wrong: Callable[..., str]) -> None:
    for path, command in commands(cli):
        for key, one in options_of(command).items():
            if isinstance(one.type, (click.IntRange, click.FloatRange, click.Choice)):
                assert f"--{key}" in wrong(*path, f"--{key}", "nonsense")


def test_no_number_may_be_nan_and_no_place_empty(wrong: Callable[..., str]) -> None:
    for path, command in commands(cli):
        for one in command.params:
            option = [one.opts[-1]] if isinstance(one, click.Option) else []
            if isinstance(one.type, (click.FloatRange, click.types.FloatParamType)):
                assert "nan is not a finite number" in wrong(*path, *option, "nan")
            if isinstance(one.type, (click.Path, Completed)):
                assert "is empty" in wrong(*path, *option, "")


PERFECT = """\
from peerassay.data.registry import load_dataset
DECIDED = {one.paper_id: one.decision for one in load_dataset("sample").judgements}
def review(paper):
    return {"overall": 9 if DECIDED[paper.id] == "accept" else 2}
"""
PAID = "def review(paper):\n    return {'overall': len(paper.text), 'usage': {'usd': 0.25}}\n"
BENCH = ("bench", "-d", "sample", "--split", "all", "--no-floors", "--no-audit", "--draws", "100")


def shell(folder: Path, line: str) -> tuple[int, str]:
    """Exit code and what is said, of a line of bash in which `peerassay` is the command; the first failure counts."""
    script = f'set -o pipefail; peerassay() {{ {sys.executable} -m peerassay "$@"; }}; {line}'
    done = subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True, env=os.environ)
    return done.returncode, done.stderr


@pytest.fixture
def compared(typed: Call, tmp_path: Path) -> Path:
    """A run of a reviewer that is always right, and of one that is not."""
    (tmp_path / "perfect.py").write_text(PERFECT)
    assert typed(*BENCH, "-r", "floor:random", "-r", "python:perfect:review", "--out", "run")[0] == 0
    return tmp_path


@pytest.mark.parametrize(("asked", "code"), [("difference", 1), ("worse", 1), (None, 0)])
def test_compare_fails_where_it_is_asked_to(compared: Path, typed: Call, asked: str | None, code: int) -> None:
    assert compared.is_dir()
    assert typed("compare", "run", "--draws", 200, *(("--fail-on", asked) if asked else ()))[0] == code


def test_compare_tells_of_equivalence(compared: Path, typed: Call) -> None:
    assert compared.is_dir()
    code, out, _ = typed("compare", "run", "--draws", 200, "--equivalence", 0.05, "--fail-on", "difference", "--json")
    assert (code, [pair["equivalent"] for pair in json.loads(out)["equivalence"]]) == (1, [False])


@pytest.mark.parametrize(
    "arguments",
    [
        ("canary", "save", "-d", "sample", "--papers", 5, "--repeats", 1, "--out", "canary"),
        ("stress", "-d", "sample", "--split", "all", "--manipulations", "white-space", "--out", "run"),
        (*BENCH, "--out", "run"),
    ],
)
def test_a_budget_that_is_reached_is_4_and_more_goes_on(
    tmp_path: Path, typed: Call, arguments: tuple[object, ...]
) -> None:
    (tmp_path / "paid.py").write_text(PAID)
    code, out, err = typed(*arguments, "-r", "python:paid:review", "--budget", 0.5, "--json")
    assert (code, json.loads(out)["budget_reached"], "budget of $0.5 reached" in err) == (4, True, True)
    assert typed(*arguments, "-r", "python:paid:review", "--budget", 1000)[0] == 0


def test_a_row_of_leaks_that_is_refused_is_3(tmp_path: Path, typed: Call) -> None:
    (tmp_path / "results" / "leaks").mkdir(parents=True)
    assert typed("data", "audit", "sample", "--row", "results")[0] == 0
    assert typed("data", "leaks", "--results", "results", "--out", "leaks.md")[0] == 0
    assert "sample" in Path("leaks.md").read_text()
    (tmp_path / "results" / "leaks" / "bad.json").write_text("{}")
    code, out, err = typed("data", "leaks", "--results", "results", "--json")
    assert (code, len(json.loads(out)), "bad.json" in " ".join(err.split())) == (3, 1, True)
    assert typed("data", "leaks", "--results", "nowhere")[0] == 2


def test_a_reader_that_goes_away_changes_nothing(compared: Path) -> None:
    (compared / "papers.csv").write_text("id,text,decision\na,We count.,accept\nb,We sum.,reject\n")
    lines = {
        "peerassay -q data info sample | true": 0,
        "peerassay data audit sample --diff 1df78d600a 2> /dev/null | head -c 1 > /dev/null": 0,
        "peerassay compare run --draws 200 --fail-on difference 2>&1 | true": 1,
        "peerassay data import mine papers.csv 2>&1 | true": 0,
        "peerassay data list >&-": 0,
    }
    assert {line: shell(compared, line) for line in lines} == {line: (code, "") for line, code in lines.items()}
    assert load_dataset("mine").card.papers == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_output_that_cannot_be_written_is_told_and_remarks_are_not_missed(tmp_path: Path) -> None:
    told = "peerassay: standard output: No space left on device\n"
    assert shell(tmp_path, "peerassay --help > /dev/full") == (2, told)
    assert shell(tmp_path, "peerassay -q data info sample > /dev/full") == (2, told)
    assert shell(tmp_path, "peerassay data info sample > /dev/null 2> /dev/full") == (0, "")
