"""Writing the site: which pages there are, and a marker file so that a build removes only what a build has made."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path, PurePosixPath

from pydantic import TypeAdapter

from ...data.errors import InputError
from ...data.files import make_folder, read_text, write_atomic, write_lines
from ..boards import Boards, Refused
from .documents import all_pages
from .pages import HERE, STATIC, last_parts

MARKER = ".peerassay-site"


def write_site(boards: Boards, out: Path) -> Path:
    """Write the site into the folder `out` and return its first page.

    Files of the last build that are no longer needed are removed; nothing else in the folder is touched.

    Raises InputError where `out` holds something but no earlier site, where a file of somebody else stands in the
    place of a page, or where it cannot be written.
    """
    earlier = _earlier(out)
    files = all_files(boards)
    foreign = next((name for name in files if name not in earlier and (out / name).exists()), None)
    if foreign:
        raise InputError(f"{out / foreign}: not made by an earlier build; move it away or choose another folder")
    write_lines(out / MARKER, sorted({*earlier, *files}))
    for name, content in files.items():
        write_atomic(out / name, content)
    for name in earlier - files.keys():
        _remove(out, name)
    write_lines(out / MARKER, sorted(files))
    return out / "index.html"


def all_files(boards: Boards) -> dict[str, str]:
    """Every file of the site by its path within it."""
    static = {f"static/{name}": read_text(HERE / "static" / name) for name in STATIC}
    return {**static, **all_pages(boards), "data.json": data_document(boards)}


def data_document(boards: Boards) -> str:
    """The boards as one JSON document, ASCII only and without "<", so that no viewer can take it for markup."""
    told = dataclasses.replace(boards, refused=tuple(Refused(last_parts(r.path), r.reason) for r in boards.refused))
    document = json.loads(TypeAdapter(Boards).dump_json(told))
    return json.dumps(document, indent=1, sort_keys=True).replace("<", "\\u003c") + "\n"


def _earlier(out: Path) -> set[str]:
    """The files of the last build. Raises InputError where the folder holds something else."""
    make_folder(out)
    marker = out / MARKER
    if marker.is_file():
        return {line for line in read_text(marker).splitlines() if _inside(line)}
    if any(out.iterdir()):
        raise InputError(f"{out}: not empty and not a site of an earlier build; choose another folder or empty it")
    return set()


def _inside(name: str) -> bool:
    path = PurePosixPath(name)
    return bool(name) and not path.is_absolute() and ".." not in path.parts


def _remove(out: Path, name: str) -> None:
    try:
        (out / name).unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"{out / name}: cannot be removed ({error.strerror}); remove it and build again") from None
