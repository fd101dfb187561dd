"""Files of lines that another process writes to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .errors import InputError


class Tail:
    """Reads a file of JSON lines as far as it has grown since the last look.

    A last line without its newline is none yet: somebody is writing it, or was killed while writing it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read = 0

    def new(self) -> list[dict[str, Any]]:
        """The objects of the lines that were added; none without the file. Raises InputError for another line."""
        try:
            with self.path.open("rb") as stream:
                stream.seek(self._read)
                lines, newline, _ = stream.read().rpartition(b"\n")
        except FileNotFoundError:
            return []
        except OSError as error:
            raise InputError(f"{self.path}: cannot be read ({error.strerror})") from None
        self._read += len(lines) + len(newline)
        return [self._object(line) for line in lines.split(b"\n") if line.strip()]

    def _object(self, line: bytes) -> dict[str, Any]:
        try:
            value = json.loads(line)
        except ValueError as error:
            raise InputError(f"{self.path}: a line that is not JSON ({error}); mend or remove it") from None
        if not isinstance(value, dict):
            raise InputError(f"{self.path}: a line that is no JSON object; mend or remove it")
        return value
