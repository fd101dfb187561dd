"""What a shell completes, by click's protocol and in a real bash."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from peerassay.cli.completion import SHELLS
from peerassay.cli.main import COMMANDS

Call = Callable[..., tuple[int, str, str]]
Ask = Callable[[str], list[str]]
BREAKS = " \t\n\"'@><=;|&(:"
"""Of words, by bash's own choice."""


@pytest.fixture
def ask(typed: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Ask:
    """What bash is answered on a line with the cursor at its end."""
    monkeypatch.setenv("PEERASSAY_DATA", str(tmp_path / "home"))
    monkeypatch.setenv("_PEERASSAY_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDBREAKS", BREAKS)

    def asked(line: str) -> list[str]:
        monkeypatch.setenv("COMP_LINE", line)
        code, out, err = typed()
        assert (code, err) == (0, "")
        return out.split()

    return asked


def test_commands_options_and_names_are_completed(ask: Ask, tmp_path: Path) -> None:
    assert ask("peerassay ") == [f"plain,{name}" for name in COMMANDS]
    assert ask("peerassay be") == ["plain,bench"]
    assert ask("peerassay --ver") == ["plain,--version", "plain,--verbose"]
    assert ask("peerassay leaderboard b") == ["plain,build"]
    assert ask("peerassay bench --no-a") == ["plain,--no-audit"]
    assert ask("peerassay bench -d ") == ["plain,sample", "plain,ladder", "plain,iclr2022-scores"]
    assert ask("peerassay bench --dataset=lad") == ["plain,ladder"]
    assert ask("peerassay scientist run -t nano") == ["plain,nanogpt"]
    assert ask("peerassay review --form iclr2025") == ["plain,iclr2025", "plain,iclr2025-v2"]
    assert ask("peerassay data pull neur") == ["plain,neurips"]
    assert ask("peerassay data import deep") == ["plain,deepreview13k"]
    assert ask("peerassay review paper") == ["file,paper"]
    assert ask("peerassay compare r") == ["dir,r"]
    (tmp_path / "runs" / "one").mkdir(parents=True)
    (tmp_path / "runs" / "one" / "run.json").write_text("{}")
    (tmp_path / "runs" / "none").mkdir()
    assert ask("peerassay compare r") == ["plain,runs/one"]


def test_specs_are_completed_behind_their_colons(ask: Ask) -> None:
    assert ask("peerassay bench -r floor:al") == ["plain,always-reject", "plain,always-accept"]
    assert "plain,replay:bundled:gpt-4o-1shot" in ask("peerassay bench -r re")
    assert "plain,gpt-4o-1shot" in ask("peerassay bench -d sample -r replay:bundled:gpt-4o-1")
    assert "plain,anthropic/" in ask("peerassay bench -r anthropic")
    assert "plain,openai/gpt-4o-mini" in ask("peerassay bench -r openai/gpt-4o")


@pytest.mark.parametrize("line", ["peerassay nonsense x", "peerassay data nonsense x", "peerassay bench -d 'a b"])
def test_lines_that_are_wrong_are_answered_without_a_word(ask: Ask, line: str) -> None:
    assert not [found for found in ask(line) if found.startswith("plain,--")]


def test_completing_a_command_imports_none() -> None:
    asked = {"_PEERASSAY_COMPLETE": "bash_complete", "COMP_LINE": "peerassay ", "COMP_WORDBREAKS": BREAKS}
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "peerassay"], env={**os.environ, **asked},
        capture_output=True, text=True,
    )  # fmt: skip
    assert "plain,bench" in done.stdout
    assert not [name for name in ("numpy", "pydantic", "cli.bench") if name in done.stderr]


SCRIPTS = {
    "bash": """
        source <(peerassay completion bash 2> /dev/null)
        COMP_LINE='peerassay plan -r floor:al'
        COMP_WORDS=(peerassay plan -r floor : al) COMP_CWORD=5 COMP_POINT=${#COMP_LINE}
        _peerassay_completion peerassay al :
        printf '%s\\n' "${COMPREPLY[@]}"
        COMP_LINE='peerassay export ' COMP_POINT=${#COMP_LINE}
        _peerassay_completion peerassay '' export
        printf '%s\\n' "${COMPREPLY[@]}"
    """,
    "zsh": "source <(peerassay completion zsh 2> /dev/null) 2> /dev/null; typeset -f _peerassay_completion > /dev/null",
    "fish": "peerassay completion fish 2> /dev/null | source; complete -C 'peerassay review -r floor:alw'",
}


@pytest.mark.parametrize("shell", SHELLS)
def test_shells_take_the_script(shell: str, tmp_path: Path) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    (tmp_path / "a run").mkdir()
    (tmp_path / "a run" / "run.json").write_text("{}")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [shell, "-c", SCRIPTS[shell]], env={**os.environ, "PATH": path}, cwd=tmp_path, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    if shell == "bash":
        assert done.stdout.splitlines() == ["always-reject", "always-accept", r"a\ run"]
    if shell == "fish":
        assert "floor:always-reject" in done.stdout


def test_a_script_comes_with_where_to_keep_it(typed: Call) -> None:
    for shell in SHELLS:
        code, out, err = typed("completion", shell)
        assert (code, f"_PEERASSAY_COMPLETE={shell}_complete" in out, "# keep it in " in err) == (0, True, True)
    assert typed("completion", "tcsh")[0] == 2
