"""What `-q` and `-v` leave out and add, on stderr alone, and colours."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.loopback import Loopback

Call = Callable[..., tuple[int, str, str]]
REVIEW = ("review", "paper.md", "-r", "floor:length")
COLOUR = re.compile(r"\x1b\[(?:\d+;)*[349]\d(?:;\d+)*m")


def write_paper(folder: Path) -> None:
    (folder / "paper.md").write_text(f"# A title\n\n{'Abstract: words of a paper. ' * 60}\n")


def test_quiet_leaves_results_and_errors_and_verbose_adds_to_stderr_alone(typed: Call, tmp_path: Path) -> None:
    write_paper(tmp_path)
    with Loopback() as server:
        model = ("-r", f"openai/scripted@{server.openai_url}?price_in=1&price_out=2", "--json")
        usual = typed(*REVIEW[:2], *model)
        quiet = typed(*REVIEW[:2], *model, "-q")
        verbose = typed("-v", *REVIEW[:2], *model)
        fresh = typed(*REVIEW[:2], *model, "--no-cache", "--verbose")
    reviews = [json.loads(out)["reviews"] for _, out, _ in (usual, quiet, verbose, fresh)]
    assert reviews[0][0]["review"]["overall"] is not None
    assert reviews[0] == reviews[1] == reviews[2]
    assert quiet[2] == ""
    assert "reading" in usual[2]
    assert " took " not in usual[2]
    assert re.search(r"^review: .*scripted.*: from the cache, \d+ tokens in, \d+ out, \$0\.\d+", verbose[2], re.M)
    assert re.search(r"^review: .*scripted.*: ok, \d+\.\d s, [1-9]\d+ tokens in, \d+ out, \$0\.\d+$", fresh[2], re.M)
    timings = re.findall(r"^(\w+): took \d+\.\d s$", fresh[2], re.M)
    assert timings == ["reading", "reviews", "all"]


def test_errors_and_why_a_command_failed_are_told_at_every_volume(typed: Call, tmp_path: Path) -> None:
    code, out, err = typed("-q", "compare", "nowhere")
    assert (code, out, err.startswith("peerassay: nowhere: no run there"), err.count("\n")) == (2, "", True, 1)
    write_paper(tmp_path)
    code, out, err = typed("review", "paper.md", "-r", "command:false", "-q")
    assert (code, "why reviews failed: " in err, "reading" in err) == (3, True, False)
    assert "paper" in out


def test_both_at_once_are_refused(typed: Call) -> None:
    told = "peerassay: -q and -v ask for opposite things: leave one out\n"
    for arguments in (("-q", *REVIEW, "-v"), ("-v", *REVIEW, "-q"), (*REVIEW, "-qv")):
        assert typed(*arguments) == (2, "", told)


def on_a_terminal(folder: Path, **environment: str) -> str:
    """What a review prints on a terminal."""
    ours, theirs = pty.openpty()
    inherited = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    process = subprocess.Popen(
        [sys.executable, "-m", "peerassay", *REVIEW], cwd=folder, stdout=theirs, stderr=theirs,
        env={**inherited, "TERM": "xterm-256color", **environment},
    )  # fmt: skip
    os.close(theirs)
    said = b""
    try:
        while part := os.read(ours, 65536):
            said += part
    except OSError:  # the other end is closed
        pass
    os.close(ours)
    assert process.wait() == 0
    return said.decode()


def test_no_color_takes_colours_away(tmp_path: Path) -> None:
    write_paper(tmp_path)
    assert COLOUR.search(on_a_terminal(tmp_path))
    assert not COLOUR.search(on_a_terminal(tmp_path, NO_COLOR="1"))
