"""What of a run is published: paths cut to their last part, and a few reviews that a fixed rule picks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..reviewer.review import Review
from .records import BoardPaper, SampleReview

_END = r"\s/'\"<>|?&;,:()\[\]{}"
_FOLDER = rf"[^{_END}]+(?: [^.~{_END}][^{_END}]*)*/"
POSIX_PATH = re.compile(rf"(?<![\w/.~])(?:~[\w.-]*|\.{{1,2}})?/(?!/)(?:{_FOLDER})*(?=[^{_END}])")
WINDOWS_PATH = re.compile(r"(?<!\w)(?:[A-Za-z]:\\|\\\\)(?:[^\s\\'\"<>|?*]+\\)*(?=[^\s\\])")
"""The folders of a path; what follows them is its last part. Addresses of the web are none."""
PATH_OPTIONS = ("-d", "--dataset", "--out", "--calibration", "--map", "--results", "--site")
PATH_SPECS = ("replay:", "learned:", "command:")
MOST_CHARACTERS = 2000
"""Of one field; what is longer is cut."""
MOST_FIELDS = 40
NOT_SHOWN = frozenset({"panel", "findings", "notes", "raw", "text", "abstract", "title", "prompt"})
"""Fields that hold records of programs, or what may be the paper itself."""


def redact_paths(text: str) -> str:
    """The text with every path that starts at a root, a home, "." or ".." cut to its last part."""
    return WINDOWS_PATH.sub("", POSIX_PATH.sub("", text))


def redact_spec(spec: str) -> str:
    """A reviewer's SPEC with its file cut to its name, options kept."""
    rest, mark, query = spec.partition("?")
    kind = next((prefix for prefix in PATH_SPECS if rest.startswith(prefix)), "")
    if kind == "command:":
        return redact_paths(spec)
    if kind or rest.endswith(".toml"):
        rest = kind + _last_part(rest.removeprefix(kind))
    return redact_paths(rest + mark + query)


def redact_command(command: Sequence[str]) -> tuple[str, ...]:
    """A command line with its paths cut to their last part, those of files that are here and relative ones too."""
    arguments: list[str] = []
    for before, word in zip(["", *command], command, strict=False):
        option, mark, value = word.partition("=") if word.startswith("--") else ("", "", word)
        known = (option if mark else before) in PATH_OPTIONS
        arguments.append(f"{option}{mark}{_last_part(value) if known or _is_path(value) else redact_spec(value)}")
    return tuple(arguments)


def _is_path(word: str) -> bool:
    if re.match(r"[/~]|\.{1,2}/|[A-Za-z]:\\|\\\\", word):
        return True
    try:
        return "/" in word and Path(word).exists()
    except (OSError, ValueError):
        return False


def _last_part(path: str) -> str:
    return re.split(r"[/\\]", path.rstrip("/\\"))[-1]


def sample_reviews(reviews: Sequence[tuple[str, Review]], count: int) -> tuple[SampleReview, ...]:
    """So many of the reviews, each with its paper's label, from the highest score to the lowest in equal steps.

    Reviews that say nothing but a score and a decision are left out.
    """
    worded = sorted(((label, r) for label, r in reviews if r.status == "ok" and _fields(r)), key=_highest_first)
    count = min(count, len(worded))
    chosen = [worded[round(i * (len(worded) - 1) / max(count - 1, 1))] for i in range(count)]
    return tuple(
        SampleReview(paper=label, score=review.overall, decision=review.decision, fields=_fields(review))
        for label, review in chosen
    )


def label_of(paper: BoardPaper) -> str:
    """What the sample of a review of a dataset's paper is called."""
    return f"paper {paper.key}, {'accepted' if paper.accepted else 'rejected'}"


def _highest_first(labelled: tuple[str, Review]) -> tuple[float, str]:
    label, review = labelled
    return -(review.overall if review.overall is not None else float(review.decision == "accept")), label


def _fields(review: Review) -> dict[str, str]:
    shown = {str(name)[:200]: _answer_text(value) for name, value in review.fields.items() if name not in NOT_SHOWN}
    return dict([(name, text) for name, text in shown.items() if text][:MOST_FIELDS])


def _answer_text(value: Any) -> str:
    """A field as text; empty for what is no answer of a form."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return f"{value:g}"
    if isinstance(value, list):
        return _cut("\n".join(f"- {item}" for item in value if isinstance(item, (str, int, float))))
    return _cut(value) if isinstance(value, str) else ""


def _cut(text: str) -> str:
    text = text.strip()
    return text if len(text) <= MOST_CHARACTERS else f"{text[: MOST_CHARACTERS - 4].rstrip()} ..."
