"""The error that a user causes and can mend, and words from outside made fit for a line."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from pathlib import Path

MOST = 12
"""Names that a message lists at most."""


class InputError(Exception):
    """Wrong usage or input: one line that names the file or field and what to do. The command line exits with 2."""


class NotRecorded(InputError):
    """What is made or paid cannot be put on record, as on a full disk: nothing more may be made."""


class NothingButFailures(Exception):
    """A run was stopped because all that came of it were failures, which are on record. The command line exits with 3.

    The message is one line that says why, and what to do.
    """


def unknown(
    kind: str, name: str, known: Iterable[str], *, hint: str = "", short: Mapping[str, str] | None = None
) -> InputError:
    """An InputError for a name that is not in `known`, with its near matches or else the whole list.

    `short` are short names, of which the whole ones are told.
    """
    known = sorted(known)
    whole = {**(short or {}), **{one: one for one in known}}
    close = difflib.get_close_matches(name, whole, n=3, cutoff=0.5)
    near = list(dict.fromkeys(whole[one] for one in close))
    listed = ", ".join(known[:MOST]) + (f" and {len(known) - MOST} more" if len(known) > MOST else "")
    rest = f"did you mean {' or '.join(near)}?" if near else f"known: {listed or 'none'}"
    return InputError(f"unknown {kind} {name!r}; {rest}{f' ({hint})' if hint else ''}")


def unknown_path(kind: str, path: str | Path, wanted: str, *, hint: str = "") -> InputError:
    """An InputError for a path that leads to nothing: names beside it that are near, or else what was looked for."""
    path = Path(path)
    if not path.parent.is_dir():
        return InputError(
            f"unknown {kind} {str(path)!r}; there is no folder {path.parent}{f' ({hint})' if hint else ''}"
        )
    beside = sorted(other.name for other in path.parent.iterdir())
    stems = difflib.get_close_matches(path.stem, {Path(name).stem for name in beside}, n=3, cutoff=0.5)
    named = {name for stem in stems for name in beside if Path(name).stem == stem}
    near = difflib.get_close_matches(path.name, sorted(named), n=3, cutoff=0.0)
    rest = f"did you mean {' or '.join(near)}?" if near else f"looked for {wanted}"
    return InputError(f"unknown {kind} {path.name!r}; {rest} ({hint or f'in {path.parent}'})")


def printable(text: str) -> str:
    """Words from outside on one line, without control characters and marks that turn the direction of the text."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
