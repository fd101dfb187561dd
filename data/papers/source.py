"""Reading a paper's file, whatever its encoding, within limits."""

from __future__ import annotations

from pathlib import Path

from ..errors import InputError, unknown

MOST_BYTES = 100_000_000
"""Larger files are no papers."""


def read_content(path: Path) -> bytes:
    """The bytes of a file.

    Raises InputError where it is missing (with near matches), a folder, empty, too large or not to be read.
    """
    if path.is_dir():
        raise InputError(f"{path}: a folder; name the paper's file in it")
    if not path.exists():
        beside = [other.name for other in path.parent.iterdir()] if path.parent.is_dir() else []
        raise unknown("file", path.name, beside, hint=f"in {path.parent}")
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"{path}: more than {MOST_BYTES // 10**6} MB; give the paper alone")
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    if not content.strip():
        raise InputError(f"{path}: empty; give a file with the paper's text")
    return content


def decoded(content: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """The text in UTF-8, in UTF-16 with its mark, or else in Latin-1, which is noted.

    Raises InputError for content that is no text.
    """
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return content.decode(encoding), ()
    except UnicodeDecodeError as error:
        if b"\0" in content:
            raise InputError(f"{name}: not a text file (byte {content.index(0)} is zero)") from None
        return content.decode("latin-1"), (f"{name} is not UTF-8 (byte {error.start}); read as Latin-1",)
