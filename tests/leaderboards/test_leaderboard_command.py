"""`peerassay leaderboard`, as a user calls it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import click
import pytest
from click.testing import CliRunner, Result
from made_results import changed, only
from peerassay.cli.main import cli
from peerassay.data.errors import InputError

SAMPLE, CAREFUL, FLOOR = (
    "datasets/sample-all.json",
    "reviewers/sample-all/careful-*.json",
    "reviewers/sample-all/*length*",
)


def call(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["leaderboard", *map(str, arguments)], standalone_mode=False)


def code(result: Result) -> int:
    """The exit code, which the entry point makes of what the command returns or raises."""
    if isinstance(result.exception, click.exceptions.Exit):
        return result.exception.exit_code
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.return_value or result.exit_code


@pytest.fixture
def few(made_once: Path, tmp_path: Path) -> Path:
    only(made_once, tmp_path / "few", SAMPLE, CAREFUL, FLOOR)
    return tmp_path / "few"


def test_add_writes_files_that_check_finds_sound(made_once: Path, tmp_path: Path) -> None:
    folder = tmp_path / "r"
    added = call("add", made_once.parent / "sample", "--results", folder, "--floors", "--json")
    written = json.loads(added.stdout)["added"]
    assert code(added) == 0
    assert [Path(one["path"]).is_file() for one in written] == [True] * 3
    checked = call("check", "--results", folder, "--json")
    assert code(checked) == 0
    document = json.loads(checked.stdout)
    assert (len(document["sound"]), document["refused"], document["rerun"]) == (4, [], [])


def test_add_verifies_what_it_can_and_says_why_not(made_once: Path, tmp_path: Path) -> None:
    folder = tmp_path / "r"
    added = call("add", made_once.parent / "sample", "--results", folder, "--floors", "--verify", "--json")
    told = {Path(one["path"]).stem.rsplit("-", 1)[0]: one for one in json.loads(added.stdout)["added"]}
    assert {name: one["status"] for name, one in told.items()} == {
        "careful": "self-reported",
        "floor-length": "verified",
        "floor-always-reject": "verified",
    }
    assert "careful needs files, a key or a network" in told["careful"]["rerun"]["reason"]
    again = call("check", "--results", folder, "--rerun", "--json")
    assert code(again) == 0
    assert [one["outcome"] for one in json.loads(again.stdout)["rerun"]] == ["same"] * 3


def test_verify_of_a_dataset_that_is_not_here_is_told(made_once: Path, tmp_path: Path) -> None:
    run = made_once.parent / "human"
    added = call("add", run, "--results", tmp_path / "r", "--reviewer", "floor:length", "--verify")
    assert code(added) == 0
    assert "not verified: dataset made-up is not on this machine" in " ".join(added.stderr.split())


def test_check_tells_each_refused_file_and_exits_with_1(few: Path) -> None:
    (path,) = few.glob(CAREFUL)
    changed(path, lambda body: body["figures"]["scores"]["auc"].update(value=0.9))
    checked = call("check", "--results", few)
    assert code(checked) == 1
    assert checked.stdout.startswith(f"refused: {path}: figures.scores.auc.value: 0.9 is in the file")
    assert "2 files are sound, 1 refused" in " ".join(checked.stderr.split())
    as_json = call("check", "--results", few, "--json")
    assert code(as_json) == 1
    assert [one["path"] for one in json.loads(as_json.stdout)["refused"]] == [str(path)]


def test_build_goes_on_without_what_is_refused_and_exits_with_3(few: Path, tmp_path: Path) -> None:
    whole = call("build", "--results", few, "--out", tmp_path / "site", "--json")
    assert code(whole) == 0
    document = json.loads(whole.stdout)
    assert document == {"site": str(tmp_path / "site" / "index.html"), "entries": 2, "refused": []}
    (path,) = few.glob(CAREFUL)
    path.write_text("{", encoding="utf-8")
    part = call("build", "--results", few, "--out", tmp_path / "site")
    assert code(part) == 3
    assert part.stdout.strip() == str(tmp_path / "site" / "index.html")
    assert "refused: " in part.stderr
    assert path.name in (tmp_path / "site" / "index.html").read_text(encoding="utf-8")


def test_a_file_whose_name_is_no_text_does_not_end_the_build(few: Path, tmp_path: Path) -> None:
    (few / "reviewers" / os.fsdecode(b"\xff\x1b[31m.json")).write_text('{"\\ud800": 1}')
    built = call("build", "--results", few, "--out", tmp_path / "site")
    assert code(built) == 3
    assert "\x1b" not in built.stderr
    assert len(json.loads((tmp_path / "site" / "data.json").read_text())["refused"]) == 1
    assert "\x1b" not in call("check", "--results", few).stdout


def test_nothing_is_added_where_one_of_the_runs_is_none(made_once: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no run there"):
        code(call("add", made_once.parent / "sample", tmp_path, "--results", tmp_path / "r"))
    assert not (tmp_path / "r").exists()


def test_several_folders_are_built_together(made_once: Path, few: Path, tmp_path: Path) -> None:
    only(made_once, tmp_path / "more", "reviewers/sample-all/floor-always-*.json")
    built = call("build", "--results", few, "--results", tmp_path / "more", "--out", tmp_path / "site", "--json")
    assert json.loads(built.stdout)["entries"] == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "{tmp}"), "no run there"),
        (("add", "{tmp}/none"), "no run there"),
        (("check", "--results", "{tmp}/none"), "no such folder of results"),
        (("check", "--results", "{tmp}"), "no results to check"),
        (("build", "--results", "{tmp}/none", "--out", "{tmp}/site"), "no such folder of results"),
        (("check", "{tmp}/none.json", "--results", "{tmp}"), "none.json: no such file"),
        (("check", "{tmp}", "--results", "{tmp}"), "a folder; name its files"),
        (("check", "{tmp}/none.json", "--results", "{tmp}/none"), "no such folder of results"),
        (("serve", "--site", "{tmp}"), "no site there"),
        (("serve", "--site", "{tmp}", "--results", "{tmp}"), "give --site or --results, not both"),
    ],
)
def test_wrong_usage_is_one_clear_line(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        code(call(*(argument.format(tmp=tmp_path) for argument in arguments)))
    assert "\n" not in str(caught.value)


def test_add_twice_needs_replace(made_once: Path, tmp_path: Path) -> None:
    arguments = ("add", made_once.parent / "sample", "--results", tmp_path / "r")
    assert code(call(*arguments)) == 0
    with pytest.raises(InputError, match="--replace"):
        code(call(*arguments))
    assert code(call(*arguments, "--replace")) == 0


def test_serve_shows_the_site_on_loopback_at_the_next_free_port_until_it_is_interrupted(few: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "peerassay.cli.main", "leaderboard", "serve", "--results", few, "--port", port]
        server = subprocess.Popen(
            [str(part) for part in command],
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "COLUMNS": "200", "PYTHONUNBUFFERED": "1"},
        )
        try:
            assert server.stderr is not None
            line = next(line for line in server.stderr if "the boards:" in line)
            address = line.split()[2]
            assert address.startswith("http://127.0.0.1:")
            assert int(address.rstrip("/").rsplit(":", 1)[1]) > port
            with urlopen(address, timeout=10) as page:
                assert b"peerassay" in page.read().lower()
            server.send_signal(signal.SIGINT)
            assert server.wait(10) == 0
            assert "Traceback" not in server.stderr.read()
        finally:
            server.kill()
            server.wait()


def test_help_names_the_four_commands() -> None:
    text = CliRunner().invoke(cli, ["leaderboard", "--help"]).output
    assert all(f"\n  {name} " in text for name in ("add", "check", "build", "serve"))
