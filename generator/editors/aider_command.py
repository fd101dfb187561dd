"""How Aider is called: its command line, its environment, and the files that it reads besides the code."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...llm.prices import Price
from ...llm.session import ModelName

FLAGS = (
    *("--edit-format", "diff", "--no-git", "--no-stream", "--no-pretty", "--no-fancy-input", "--map-tokens", "0"),
    *("--analytics-disable", "--no-check-update", "--no-show-release-notes", "--no-show-model-warnings"),
    *("--no-detect-urls", "--no-suggest-shell-commands", "--no-auto-lint", "--no-auto-test", "--no-gitignore"),
    *("--max-chat-history-tokens", "1000000000"),
)
"""One exchange about the files named, without a shell, a repository, news, or a summary by another model."""
ANSWERS_NO = b"n\n" * 1000
"""On its input: Aider asks before it changes a file that was not named, and is told no."""
PASSED_ON = (
    *("PATH", "LANG", "LC_ALL", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"),
    *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"),
)
"""Names of the caller's environment that Aider gets besides the one key."""
MOST_INPUT = 1_000_000
"""Tokens of input that Aider is told the model takes; the provider knows better."""


@dataclass(frozen=True)
class Place:
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


def write_inputs(place: Place, name: ModelName, instruction: str, price: Price | None, max_tokens: int) -> None:
    """Write the message and what Aider has to know of the model."""
    (place.log / "message.txt").write_text(instruction, encoding="utf-8")
    metadata = {f"{name.provider}/{name.model}": model_metadata(name, price, max_tokens)}
    (place.log / "metadata.json").write_text(json.dumps(metadata), encoding="utf-8")
    settings = [{"name": "aider/extra_params", "extra_params": {"max_tokens": max_tokens}}]
    (place.log / "settings.yml").write_text(json.dumps(settings), encoding="utf-8")


def model_metadata(name: ModelName, price: Price | None, max_tokens: int) -> dict[str, Any]:
    """The model's limits, and its prices in US dollars per token where they are known."""
    limits = {"litellm_provider": name.provider, "mode": "chat"}
    limits |= {"max_input_tokens": MOST_INPUT, "max_output_tokens": max_tokens, "max_tokens": max_tokens}
    if price is None:
        return limits
    rates = {
        "input_cost_per_token": price.input,
        "output_cost_per_token": price.output,
        "cache_read_input_token_cost": price.input if price.cached is None else price.cached,
        "cache_creation_input_token_cost": price.input if price.written is None else price.written,
    }
    return limits | {field: rate / 1e6 for field, rate in rates.items()}


def command_of(
    program: Path, place: Place, name: ModelName, files: Iterable[Path], read_only: Iterable[Path], timeout: float
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


def environment_of(place: Place, name: ModelName, key: str) -> dict[str, str]:
    """The whole environment: little of the caller's, and the one key that this model needs."""
    kept = {variable: os.environ[variable] for variable in PASSED_ON if variable in os.environ}
    prefix = name.provider.upper()
    own = {
        "HOME": str(place.home),
        "TMPDIR": str(place.home),
        "COLUMNS": "1000",  # no line of the log is broken
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "PYTHONIOENCODING": "utf-8",
        f"{prefix}_API_KEY": key or "none",
    }
    base = {f"{prefix}_API_BASE": name.address} if name.base_url or name.provider == "openai" else {}
    return kept | own | base
