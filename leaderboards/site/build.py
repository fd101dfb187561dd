"""Writing the site, with a marker file so that a build removes only what a build has made, and serving it."""

from __future__ import annotations

import dataclasses
import errno
import json
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath

from pydantic import TypeAdapter

from ...data.errors import InputError
from ...data.files import make_folder, read_text, write_atomic, write_lines
from ..boards import Boards, Refused
from .compared import compare_files
from .links import STATIC, entry_pages, last_parts
from .pages import all_pages
from .searched import entries_script
from .share import badge_files

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
    static = {f"static/{path.name}": read_text(path) for path in STATIC}
    pages = entry_pages(boards)
    loaded = {**compare_files(boards, pages), "entries.js": entries_script(boards, pages)}
    return {**static, **all_pages(boards), **badge_files(boards), **loaded, "data.json": data_document(boards)}


def data_document(boards: Boards) -> str:
    """The boards as one JSON document, ASCII only and without "<", so that no viewer can take it for markup."""
    refused = tuple(Refused(last_parts(r.path), r.reason, r.others) for r in boards.refused)
    public = dataclasses.replace(boards, refused=refused)
    document = json.loads(TypeAdapter(Boards).dump_json(public))
    return json.dumps(document, separators=(",", ":"), sort_keys=True).replace("<", "\\u003c") + "\n"


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


HOST = "127.0.0.1"
TRIED = 20


class _Quiet(SimpleHTTPRequestHandler):
    """Serves files without a line per request."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def serve(site: Path, port: int, *, ready: Callable[[str], None] = lambda _: None) -> None:
    """Serve a folder that `build` wrote at the port, or the next free one, until Ctrl-C; `ready` is told the address.

    Raises InputError where the folder is no site, or no port is free.
    """
    if not (site / "index.html").is_file():
        raise InputError(f"{site}: no site there (no index.html); write one with `leaderboard build --out {site}`")
    with _listening(site, port) as server:
        ready(f"http://{HOST}:{server.server_port}/")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return


def _listening(site: Path, port: int) -> ThreadingHTTPServer:
    last = min(port + TRIED, 65535)
    for candidate in range(port, last + 1):
        try:
            return ThreadingHTTPServer((HOST, candidate), partial(_Quiet, directory=str(site)))
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
    raise InputError(f"--port {port}: taken, and so are those up to {last}; choose another")
