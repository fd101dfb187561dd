"""What stands in a folder of results already."""

from __future__ import annotations

from pathlib import Path

from ..data.errors import InputError
from .records import Result
from .store import identity, read_record, record_path


def under_another_name(folder: Path, result: Result) -> Path | None:
    """The file that has this result under another name; None where there is none."""
    path = folder / record_path(result)
    others = (other for other in sorted(path.parent.glob("*.json")) if other != path) if path.parent.is_dir() else ()
    return next((other for other in others if _identity_in(other, type(result)) == identity(result)), None)


def _identity_in(path: Path, kind: type[Result]) -> tuple[str, ...] | None:
    try:
        return identity(read_record(path, kind))
    except InputError:
        return None
