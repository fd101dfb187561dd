"""Aider as a program: its command line and environment, running it, and what its logs say that it has done.

It runs in a process group of its own, which is ended as a whole when its time is over.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ...data.errors import InputError
from ...llm.model_name import ModelName

FLAGS = (
    *("--edit-format", "diff", "--no-git", "--no-stream", "--no-pretty", "--no-fancy-input", "--map-tokens", "0"),
    *("--analytics-disable", "--no-check-update", "--no-show-release-notes", "--no-show-model-warnings"),
    *("--no-detect-urls", "--no-suggest-shell-commands", "--no-auto-lint", "--no-auto-test", "--no-gitignore"),
    *("--max-chat-history-tokens", "1000000000"),
)
"""One exchange about the files named, without a shell, a repository, news, or a summary by another model."""
ANSWERS_NO = b"n\n" * 1000
"""On its input: Aider asks before it changes a file that was not named, and is told no."""
PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ")
"""Names of the caller's environment that Aider gets."""
MOST_INPUT = 1_000_000
"""Tokens of input that Aider is told the model takes; the provider knows better."""
GRACE = 5.0
"""Seconds between asking the group to end and ending it."""


@dataclass(frozen=True)
class AiderFolders:
    """A temporary folder for one call: `files` is Aider's working folder, `home` its home, `log` what it writes."""

    root: Path

    @property
    def files(self) -> Path:
        """Copies of the files to edit and to read, and nothing else."""
        return self.root / "files"

    @property
    def home(self) -> Path:
        """An empty home: no settings and no keys of the user's."""
        return self.root / "home"

    @property
    def log(self) -> Path:
        """Aider's input and output."""
        return self.root / "log"

    @property
    def events(self) -> Path:
        """A JSON line for whatever Aider counts."""
        return self.log / "events.jsonl"

    @property
    def chat(self) -> Path:
        """The conversation."""
        return self.log / "chat.md"

    @property
    def output(self) -> Path:
        """What Aider printed."""
        return self.log / "output.txt"


def write_inputs(place: AiderFolders, name: ModelName, instruction: str, max_tokens: int) -> None:
    """Write the message and what Aider has to know of the model.

    Aider runs a message that begins with / or ! as a command of its own or of the shell, so that this begins with none.
    """
    (place.log / "message.txt").write_text(f"\n{instruction}", encoding="utf-8")
    limits = {"max_input_tokens": MOST_INPUT, "max_output_tokens": max_tokens, "max_tokens": max_tokens}
    metadata = {f"{name.provider}/{name.model}": {"litellm_provider": name.provider, "mode": "chat"} | limits}
    (place.log / "metadata.json").write_text(json.dumps(metadata), encoding="utf-8")
    settings = [{"name": "aider/extra_params", "extra_params": {"max_tokens": max_tokens, "max_retries": 0}}]
    (place.log / "settings.yml").write_text(json.dumps(settings), encoding="utf-8")


def command_of(
    program: Path,
    place: AiderFolders,
    name: ModelName,
    files: Iterable[Path],
    read_only: Iterable[Path],
    timeout: float,
) -> list[str]:
    """The command line; `timeout` in seconds is that of one call of the model."""
    return [
        *(str(program), "--model", f"{name.provider}/{name.model}", "--weak-model", f"{name.provider}/{name.model}"),
        *FLAGS,
        *("--timeout", str(timeout), "--message-file", str(place.log / "message.txt")),
        *("--model-metadata-file", str(place.log / "metadata.json")),
        *("--model-settings-file", str(place.log / "settings.yml")),
        *("--analytics-log", str(place.events), "--chat-history-file", str(place.chat)),
        *("--input-history-file", os.devnull, "--llm-history-file", os.devnull),
        *(f"--read={path.as_posix()}" for path in read_only),
        *(f"--file={path.as_posix()}" for path in files),
    ]


def environment_of(place: AiderFolders, name: ModelName, url: str, word: str) -> dict[str, str]:
    """The whole environment: little of the caller's, and an address and a word in place of the model's and its key."""
    kept = {variable: os.environ[variable] for variable in PASSED_ON if variable in os.environ}
    prefix = name.provider.upper()
    own = {
        "HOME": str(place.home),
        "TMPDIR": str(place.home),
        "COLUMNS": "1000",  # no line of the log is broken
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "PYTHONIOENCODING": "utf-8",
        "NO_PROXY": "127.0.0.1",
        f"{prefix}_API_KEY": word,
        f"{prefix}_API_BASE": url,
    }
    return kept | own


async def run_alone(
    command: Sequence[str], *, folder: Path, env: Mapping[str, str], stdin: Path, output: Path, seconds: float
) -> bool:
    """Run the command with `env` as its whole environment; stdout and stderr go to `output`. False: out of time.

    Its exit code is not told. Raises InputError where it cannot be started.
    """
    with stdin.open("rb") as source, output.open("wb") as sink:
        try:
            process = await asyncio.create_subprocess_exec(
                *command, cwd=folder, env=env, stdin=source, stdout=sink, stderr=sink, start_new_session=True
            )
        except OSError as error:
            raise InputError(f"{command[0]}: cannot be started ({error.strerror})") from None
    try:
        await asyncio.wait_for(process.wait(), seconds)
    except TimeoutError:
        return False
    finally:
        if process.returncode is None:
            await _end(process)
    return True


async def _end(process: asyncio.subprocess.Process) -> None:
    """Ask the group to end, and end what is left of it once its first process is gone or the grace is over."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), GRACE)
