"""Words that may leave this machine: paths cut to their last part, since folders tell of users and projects."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

_END = r"\s/'\"<>|?&;,:()\[\]{}"
_FOLDER = rf"[^{_END}]+(?: [^.~{_END}][^{_END}]*)*/"
POSIX_PATH = re.compile(rf"(?<![\w/.~])(?:~[\w.-]*|\.{{1,2}})?/(?!/)(?:{_FOLDER})*(?=[^{_END}])")
WINDOWS_PATH = re.compile(r"(?<!\w)(?:[A-Za-z]:\\|\\\\)(?:[^\s\\'\"<>|?*]+\\)*(?=[^\s\\])")
"""The folders of a path; what follows them is its last part. Addresses of the web are none."""
PATH_OPTIONS = ("-d", "--dataset", "--out", "--calibration", "--map", "--results", "--site")
PATH_SPECS = ("replay:", "learned:", "command:")


def without_folders(text: str) -> str:
    """The text with every path that starts at a root, a home, "." or ".." cut to its last part."""
    return WINDOWS_PATH.sub("", POSIX_PATH.sub("", text))


def portable_spec(spec: str) -> str:
    """A reviewer's SPEC with its file cut to its name, options kept."""
    rest, mark, query = spec.partition("?")
    kind = next((prefix for prefix in PATH_SPECS if rest.startswith(prefix)), "")
    if kind == "command:":
        return without_folders(spec)
    if kind or rest.endswith(".toml"):
        rest = kind + _last_part(rest.removeprefix(kind))
    return without_folders(rest + mark + query)


def portable_command(command: Sequence[str]) -> tuple[str, ...]:
    """A command line with its paths cut to their last part, those of files that are here and relative ones too."""
    words: list[str] = []
    for before, word in zip(["", *command], command, strict=False):
        option, mark, value = word.partition("=") if word.startswith("--") else ("", "", word)
        known = (option if mark else before) in PATH_OPTIONS
        words.append(f"{option}{mark}{_last_part(value) if known or _is_path(value) else portable_spec(value)}")
    return tuple(words)


def _is_path(word: str) -> bool:
    if re.match(r"[/~]|\.{1,2}/|[A-Za-z]:\\|\\\\", word):
        return True
    try:
        return "/" in word and Path(word).exists()
    except (OSError, ValueError):
        return False


def _last_part(path: str) -> str:
    return re.split(r"[/\\]", path.rstrip("/\\"))[-1]
