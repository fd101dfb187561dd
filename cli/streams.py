"""Standard output and error, whose reader may go away before the command ends."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class _Stream(io.FileIO):
    """What nobody reads any more is dropped, so that the command goes on to its end and its exit code is its own.

    Raises OSError, once, where standard output cannot be written for another reason, such as a full disk.
    """

    def write(self, data: ReadableBuffer, /) -> int:
        """As any file's. Raises OSError as above."""
        size = memoryview(data).nbytes
        try:
            return super().write(data) if size else 0  # click tries a stream by writing nothing to it
        except OSError as error:
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.fileno())
            if self.fileno() == 1 and not isinstance(error, BrokenPipeError):
                raise OSError(error.errno, error.strerror, "standard output") from None
            return size


def keep_streams_open() -> None:
    """Let both be written at any time, whatever the terminal's encoding."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by whoever started the command
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w"))
        elif stream is getattr(sys, f"__{name}__") and isinstance(stream, io.TextIOWrapper):
            setattr(sys, name, _kept_open(stream))
        if isinstance(stream := getattr(sys, name), io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _kept_open(stream: io.TextIOWrapper) -> io.TextIOWrapper:
    raw = _Stream(stream.fileno(), "w", closefd=False)
    unbuffered = stream.write_through
    return io.TextIOWrapper(
        raw if unbuffered else io.BufferedWriter(raw),
        stream.encoding,
        line_buffering=stream.line_buffering,
        write_through=unbuffered,
    )
