"""The site on loopback."""

from __future__ import annotations

import errno
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from ..data.errors import InputError

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
