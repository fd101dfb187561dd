"""What a shell completes, by the protocol of its script, and after a tab in real shells."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import sys
import time
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


PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
STARTS = {
    "bash": (
        ["bash", "--norc", "-i"],
        "source <(peerassay completion bash 2> /dev/null)\n"
        """bind -x '"\\C-x": printf "%s\\n" "$READLINE_LINE" >> lines; READLINE_LINE='\n""",
    ),
    "zsh": (
        ["zsh", "-f", "-i"],
        "autoload -U compinit; compinit -u -d dump; source <(peerassay completion zsh 2> /dev/null)\n"
        "keep() { print -r -- $BUFFER >> lines; BUFFER= }; zle -N keep; bindkey '^X' keep\n",
    ),
    "fish": (
        ["fish", "--no-config", "-i"],
        "peerassay completion fish 2> /dev/null | source; set -g fish_autosuggestion_enabled 0\n"
        "bind \\cx 'commandline >> lines; commandline \"\"'\n",
    ),
}
"""How each shell is started, and what it is told: its script, and that Ctrl-X keeps the line as it stands."""
WITH_TERMINAL = (
    sys.executable,
    "-c",
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execvp(sys.argv[1], sys.argv[1:])",
)
"""Stands before a shell, whose session then has the terminal that is its stdin: fish needs one."""
TYPED = {
    "peerassay bench --dataset=lad": "peerassay bench --dataset=ladder ",
    "peerassay plan -r floor:al": "peerassay plan -r floor:always-",
    "peerassay review -r pytho": "peerassay review -r python:",
    "peerassay bench --config=a": "peerassay bench --config=a,b.tex ",
    "peerassay export th": "peerassay export the\\ run ",
}
"""What stands on the line after a tab."""


@pytest.mark.parametrize("shell", SHELLS)
def test_a_tab_in_a_real_shell(shell: str, tmp_path: Path) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    (tmp_path / "the run").mkdir()
    (tmp_path / "the run" / "run.json").write_text("{}")
    (tmp_path / "a,b.tex").write_text("")
    argv, told = STARTS[shell]
    kept = typed_in_a_terminal(argv, told + "".join(f"{line}\t\x18" for line in TYPED), tmp_path, len(TYPED))
    assert dict(zip(TYPED, kept, strict=True)) == TYPED


def typed_in_a_terminal(argv: list[str], keys: str, folder: Path, lines: int) -> list[str]:
    """Start a shell in a terminal and type; the lines that it kept in the file `lines`, once there are so many."""
    terminal, inside = pty.openpty()
    env = {**os.environ, "PATH": PATH, "HOME": str(folder), "TERM": "xterm"}
    process = subprocess.Popen(
        [*WITH_TERMINAL, *argv],
        stdin=inside,
        stdout=inside,
        stderr=inside,
        cwd=folder,
        env=env,
        start_new_session=True,
    )
    os.close(inside)
    kept, shown = folder / "lines", ""
    try:
        os.write(terminal, keys.encode())
        deadline = time.monotonic() + 60
        while not kept.exists() or len(kept.read_text().splitlines()) < lines:
            assert time.monotonic() < deadline, shown
            if select.select([terminal], [], [], 0.05)[0]:
                shown += os.read(terminal, 65536).decode(errors="replace")
    finally:
        process.kill()
        process.wait()
        os.close(terminal)
    return kept.read_text().splitlines()


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
def test_fish_shows_help_whole_and_names_in_their_order() -> None:
    asked = "peerassay completion fish 2> /dev/null | source; complete -C 'peerassay '"
    done = subprocess.run(["fish", "-c", asked], env={**os.environ, "PATH": PATH}, capture_output=True, text=True)
    assert done.stdout.splitlines() == [f"{name}\t{text}" for name, (_, text) in COMMANDS.items()]


def test_a_script_comes_with_where_to_keep_it(typed: Call) -> None:
    for shell in SHELLS:
        code, out, err = typed("completion", shell)
        assert (code, f"_PEERASSAY_COMPLETE={shell}_complete" in out, "# keep it in " in err) == (0, True, True)
    assert typed("completion", "tcsh")[0] == 2
