"""The card of a folder, README.md: its front matter, in which our own record stands too."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from ..errors import InputError
from ..files import read_text, write_atomic

Kind = Literal["dataset", "run"]
KEY = "peerassay"
FRONT = re.compile(r"---\s*\n(.*?\n)---\s*(?:\n|\Z)", re.DOTALL)


def kind_of(folder: Path) -> Kind | None:
    """What of ours the folder holds, by its card; None for a folder of others, or no folder."""
    if not (folder / "README.md").is_file():
        return None
    front = FRONT.match(read_text(folder / "README.md"))
    found = re.search(rf"^{KEY}:\s*\n(?:  .*\n)*?  kind: (dataset|run)\b", front[1], re.MULTILINE) if front else None
    return found[1] if found else None  # type: ignore[return-value]


def read_record(folder: Path, kind: Kind) -> Mapping[str, Any]:
    """Our record in the folder's card.

    Raises InputError where the card is missing or broken, or holds something else.
    """
    import yaml

    path = folder / "README.md"
    if not path.is_file():
        raise InputError(f"{folder}: has no card (README.md), which says what its columns are")
    front = FRONT.match(read_text(path))
    try:
        found = yaml.safe_load(front[1]) if front else None
    except yaml.YAMLError as error:
        raise InputError(f"{path}: its front matter is no YAML ({' '.join(str(error).split())[:150]})") from None
    record = found.get(KEY) if isinstance(found, Mapping) else None
    if not isinstance(record, Mapping) or record.get("kind") != kind:
        raise InputError(f"{path}: is no card of a {kind} that peerassay exported")
    return record


def write_card(folder: Path, front: Mapping[str, Any], record: Mapping[str, Any], kind: Kind, body: str) -> None:
    """Write the card: the front matter with our record at its end, then the body."""
    import yaml

    ours = {KEY: {"kind": kind, "format": 1, **json.loads(json.dumps(record))}}
    parts = [yaml.safe_dump(dict(part), sort_keys=False, allow_unicode=True, width=100) for part in (front, ours)]
    write_atomic(folder / "README.md", f"---\n{''.join(parts)}---\n\n{body}")


def licence_fields(short: str, words: str) -> dict[str, str]:
    """The licence as front matter: by its short name, or in words where it is none that is known."""
    return {"license": short} if short else {"license": "other", "license_name": "see-card", "license_details": words}
