"""What a running command prints: kept up to a limit."""

from __future__ import annotations

import os
import selectors
import time
from contextlib import suppress
from pathlib import Path
from subprocess import Popen
from typing import BinaryIO

from ...data.errors import InputError

CHUNK = 1 << 16


def open_log(path: Path) -> BinaryIO:
    """The log file, empty, for writing. Raises InputError where it cannot be written or is a link."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o644), "wb", 0)
    except OSError as error:
        raise InputError(f"{path}: the log cannot be written ({error.strerror}); choose another file") from None


class StreamCapture:
    """Reads both streams of a process as they come, so that it never waits for us."""

    def __init__(self, process: Popen[bytes], *, keep: int, log: BinaryIO | None, log_bytes: int) -> None:
        """`keep`: bytes of each stream that are kept; `log_bytes`: where the log is cut."""
        self.keep = keep
        self.log, self.log_left = log, log_bytes
        self.kept = {"stdout": bytearray(), "stderr": bytearray()}
        self.selector = selectors.DefaultSelector()
        for name, stream in (("stdout", process.stdout), ("stderr", process.stderr)):
            if stream is not None:
                os.set_blocking(stream.fileno(), False)
                self.selector.register(stream, selectors.EVENT_READ, name)

    def read(self, seconds: float) -> bool:
        """Take what is there, waiting for at most that long. False once both streams have ended."""
        if not self.selector.get_map():
            return False
        for key, _ in self.selector.select(seconds):
            try:
                part = os.read(key.fd, CHUNK)
            except BlockingIOError:
                continue
            if part:
                self._keep(key.data, part)
            else:
                self.selector.unregister(key.fileobj)
        return True

    def finish(self, seconds: float) -> None:
        """Take the rest, for at most that long, and close."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and self.read(left):
            pass
        self.selector.close()

    def tail(self, name: str) -> str:
        """The last part of `stdout` or `stderr`; bytes that are not UTF-8 become U+FFFD."""
        return bytes(self.kept[name][-self.keep :]).decode("utf-8", errors="replace")

    def _keep(self, name: str, part: bytes) -> None:
        kept = self.kept[name]
        kept += part
        if len(kept) > 2 * self.keep + CHUNK:
            del kept[: -self.keep]
        if self.log is not None and self.log_left > 0:
            with suppress(OSError):  # a full disk must not end the run
                self.log.write(part[: self.log_left])
                if len(part) >= self.log_left:
                    self.log.write(b"\n[the log is cut here: it reached its limit]\n")
            self.log_left -= len(part)
