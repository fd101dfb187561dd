"""The contract of exit codes, on every command: wrong usage, wrong input, a closed pipe, Ctrl-C."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from peerassay.cli.main import COMMANDS, cli
from peerassay.cli.user_file import options_of

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


def test_a_pipe_that_closes_is_no_error(tmp_path: Path) -> None:
    script = f"set -o pipefail; {sys.executable} -m peerassay data info sample | true"
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, env=os.environ)
    assert (done.returncode, done.stderr.count("Traceback")) == (0, 0)
