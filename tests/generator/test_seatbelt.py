"""The sandbox of macOS, with a stand-in for Apple's program: which sandbox is chosen, and what the profile names."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from peerassay.cli import checks
from peerassay.generator.sandbox import find as finding
from peerassay.generator.sandbox.find import LimitsOnly, find_sandbox
from peerassay.generator.sandbox.run import RunFolders
from peerassay.generator.sandbox.seatbelt import Seatbelt, profile, seatbelt_problem

LETS_ALL = '#!/bin/sh\n[ "$1" = -p ] || exit 9\nshift 2\nexec "$@"\n'
"""A sandbox that holds nothing."""
KEEPS_IN = f"""#!{sys.executable}
import os, sys
assert sys.argv[1] == "-p" and "(deny default)" in sys.argv[2]
def stop(event, arguments):
    if event == "socket.connect" or (event == "open" and str(arguments[0]).endswith(("outside", "secret"))):
        raise PermissionError("not in here")
command = sys.argv[sys.argv.index("-c") + 1 :]
while "-c" in command:
    command = command[command.index("-c") + 1 :]
sys.addaudithook(stop)
sys.argv = ["-c", *command[1:]]
exec(command[0])
"""
"""One that stops the probe."""


@pytest.fixture
def mac(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """The path of the program, which is not there yet."""
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    seatbelt_problem.cache_clear()
    yield tmp_path / "sandbox-exec"
    seatbelt_problem.cache_clear()


def install(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


def test_without_the_program_there_is_a_warning_that_says_so(mac: Path) -> None:
    assert not mac.exists()
    found = find_sandbox()
    assert isinstance(found, LimitsOnly)
    assert found.warning.startswith("sandbox-exec is not installed: model-written code can read")
    [check] = checks.sandbox()
    assert (check.state, check.found) == ("missing", "sandbox-exec is not installed")


def test_a_program_that_holds_nothing_is_not_taken(mac: Path) -> None:
    install(mac, LETS_ALL)
    found = "sandbox-exec does not keep a program from reading what it is not shown, writing elsewhere, the network"
    assert seatbelt_problem() == found
    assert isinstance(find_sandbox(), LimitsOnly)


def test_one_that_keeps_the_probe_in_its_folder_is_taken(mac: Path) -> None:
    install(mac, KEEPS_IN)
    assert seatbelt_problem() == ""
    found = find_sandbox()
    assert isinstance(found, Seatbelt) and found.offline
    assert "never tried by this project" in found.warning
    assert isinstance(find_sandbox("limits"), LimitsOnly)
    [check] = checks.sandbox()
    assert check.state == "ready"


def test_elsewhere_it_is_never_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "seatbelt_problem", lambda: pytest.fail("looked for"))
    monkeypatch.setattr(sys, "platform", "linux")
    assert not isinstance(find_sandbox(), Seatbelt)


def test_the_profile_writes_to_the_workspace_alone_and_reads_no_home(tmp_path: Path) -> None:
    place = RunFolders(tmp_path / 'a "work" space', (tmp_path / "data",), tmp_path / "scratch")
    [program, option, text, *command] = Seatbelt("/usr/bin/sandbox-exec").wrap(["python", "x.py"], place)
    assert (program, option, command) == ("/usr/bin/sandbox-exec", "-p", ["python", "x.py"])
    rules = text.splitlines()
    assert rules[:2] == ["(version 1)", "(deny default)"]
    [writes] = [rule for rule in rules if rule.startswith("(allow file-write* ")]
    assert writes.count("subpath") == 2
    assert '(subpath "' + str(tmp_path) + '/a \\"work\\" space")' in writes
    assert rules[-1] == f'(deny file-write* (subpath "{tmp_path}/data"))'
    assert "network" not in text and str(Path.home()) + '"' not in text
    assert text.count("(") == text.count(")")


def test_a_profile_without_protected_folders_denies_nothing_more() -> None:
    assert profile([Path("/usr")], [Path("/w")]).endswith('(allow file-write* (subpath "/w"))\n')
