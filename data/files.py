"""Reading and writing files so that a wrong one gives one clear line and a crash loses nothing."""

from __future__ import annotations

import codecs
import json
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, TextIO, TypeVar

from pydantic import AfterValidator, BaseModel, ValidationError

from .errors import InputError, NotRecorded

DEVICES = Path("/dev")
HALF = re.compile("[\ud800-\udfff]")
TAIL = 2**16
"""Bytes of a file's end that are read at once."""
Record = TypeVar("Record", bound=BaseModel)


def read_text(path: Path, *, utf16: bool = False) -> str:
    """The file's text, which must be UTF-8, or with `utf16` UTF-16 with a byte-order mark (which is dropped).

    Raises InputError, with the line, where it cannot be read or is in another encoding.
    """
    try:
        content = path.read_bytes()
        return content.decode("utf-16" if utf16 and content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise _not_utf8(path, error.object.count(b"\n", 0, error.start) + 1, error.start) from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None


@contextmanager
def open_text(path: Path) -> Iterator[TextIO]:
    """The text as `read_text` with `utf16` gives it, to be read in parts, line ends as they are.

    Raises InputError as `read_text`, where the part that is wrong is read.
    """
    try:
        with path.open("rb") as stream:
            utf16 = stream.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
        with path.open(encoding="utf-16" if utf16 else "utf-8-sig", newline="") as stream:
            yield stream
    except UnicodeDecodeError:
        read_text(path, utf16=True)  # tells the line
        raise
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None


def _not_utf8(path: Path, line: int, byte: int) -> InputError:
    return InputError(f"{path}:{line}: not UTF-8 (byte {byte}); save it as UTF-8 and try again")


def write_atomic(path: Path, content: str | bytes, *, mode: int = 0o644) -> None:
    """Write the whole file or leave the old one: a reader never sees half of it, and with 0o600 no other user any.

    Raises InputError where the folder cannot be written.
    """
    write_parts(path, [content.encode() if isinstance(content, str) else content], mode=mode)


def write_parts(path: Path, parts: Iterable[bytes], *, mode: int = 0o644) -> None:
    """As `write_atomic`, a content that is never held as a whole; what making the parts raises leaves the old file.

    What lies in /dev is written to, and never replaced by a file.
    """
    if path.parent.resolve() == DEVICES:
        return _write_to_device(path, parts)
    make_folder(path.parent)
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as stream:
            stream.writelines(parts)
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
        temporary = None
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}); choose another folder") from None
    finally:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)


def _write_to_device(path: Path, parts: Iterable[bytes]) -> None:
    try:
        with os.fdopen(os.open(path, os.O_WRONLY), "wb") as stream:
            stream.writelines(parts)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}); choose a file") from None


def make_folder(path: Path) -> Path:
    """Create the folder where it is missing. Raises InputError where that is not allowed."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{path}: the folder cannot be made ({error.strerror}); choose another") from None
    if not os.access(path, os.W_OK):
        raise InputError(f"{path}: the folder is not writable; choose another")
    return path


def refuse_filled(path: Path) -> None:
    """Raises InputError where the path is a file, or a folder that is not empty."""
    if path.exists() and any(path.iterdir() if path.is_dir() else [path]):
        raise InputError(f"{path}: is there already and not empty; choose another folder")


def read_jsonl(path: Path, *, torn_tail: bool = False) -> Iterator[tuple[int, dict[str, Any]]]:
    """Line number (from 1) and object of each non-empty line of what is there now, one at a time.

    With `torn_tail` a last line that lacks its newline is passed over: somebody was writing it.

    Raises InputError at a line that is no JSON object.
    """
    for number, _, line in numbered_lines(path, torn_tail=torn_tail):
        yield number, json_object(line, f"{path}:{number}")


def json_object(line: str, where: str) -> dict[str, Any]:
    """The JSON object that a line is. Raises InputError that names `where` for anything else."""
    try:
        value = whole_characters(json.loads(line)) if "\\u" in line else json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where}: not JSON ({_words(error)}); mend or remove the line") from None
    if not isinstance(value, dict):
        raise InputError(f"{where}: expected a JSON object, found {type(value).__name__}")
    return value


def numbered_lines(path: Path, *, torn_tail: bool = False) -> Iterator[tuple[int, int, str]]:
    """Number (from 1), first byte and text of each line that is not empty, without what is appended meanwhile.

    Raises InputError where the file cannot be read, or is not UTF-8.
    """
    try:
        with path.open("rb") as stream:
            left, at = os.fstat(stream.fileno()).st_size, 0
            for number, line in enumerate(stream, start=1):
                line = line[: left - at]
                if not line or (torn_tail and not line.endswith(b"\n")):
                    return
                mark = len(codecs.BOM_UTF8) if number == 1 and line.startswith(codecs.BOM_UTF8) else 0
                try:
                    text = line[mark:].decode()
                except UnicodeDecodeError as error:
                    raise _not_utf8(path, number, at + mark + error.start) from None
                if text.strip():
                    yield number, at + mark, text
                at += len(line)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None


def repair_last_line(path: Path) -> None:
    """End a whole last line that lacks its newline; cut a half-written one off.

    Raises InputError where the file cannot be read and written.
    """
    try:
        with path.open("rb+") as stream:
            start, read = stream.seek(0, os.SEEK_END), b""
            while start and b"\n" not in read:
                start = max(start - max(TAIL, len(read)), 0)
                stream.seek(start)
                read = stream.read()
            last = read.rpartition(b"\n")[2]
            if last and _is_json(last):
                stream.write(b"\n")
            elif last:
                stream.truncate(start + len(read) - len(last))
    except FileNotFoundError:
        return
    except OSError as error:
        raise InputError(f"{path}: cannot be read and written ({error.strerror})") from None


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def append_line(path: Path, line: str) -> None:
    """Append the line and a newline; as `append`."""
    append(path, line.encode() + b"\n")


def append(path: Path, data: bytes) -> None:
    """Append the bytes, all or none, to a file that is made where it is missing. One process at a time may have it.

    Raises NotRecorded where the file cannot be written.
    """
    try:
        with path.open("ab", buffering=0) as stream:
            end = stream.seek(0, os.SEEK_END)
            try:
                while data:
                    data = data[stream.write(data) :]
            except OSError:
                stream.truncate(end)
                raise
    except OSError as error:
        raise NotRecorded(
            f"{path}: cannot be written ({error.strerror}); mend that and start the same command again"
        ) from None


def write_json(path: Path, value: Any, *, mode: int = 0o644) -> None:
    """Write indented JSON atomically; NaN and infinity are refused (they are not JSON)."""
    write_atomic(path, json.dumps(value, indent=2, allow_nan=False, ensure_ascii=False) + "\n", mode=mode)


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object in the file. Raises InputError where it is something else."""
    try:
        value = whole_characters(json.loads(read_text(path)))
    except (ValueError, RecursionError) as error:
        line = f":{error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise InputError(f"{path}{line}: not JSON ({_words(error)})") from None
    if not isinstance(value, dict):
        raise InputError(f"{path}: expected a JSON object, found {type(value).__name__}")
    return value


def whole_characters(value: Any) -> Any:
    """The value of JSON with half characters (an emoji that was cut in two) replaced, which no file takes."""
    if isinstance(value, str):
        return value if value.isascii() or not HALF.search(value) else HALF.sub("\ufffd", value)
    if isinstance(value, list):
        return [whole_characters(item) for item in value]
    if isinstance(value, dict):
        return {whole_characters(key): whole_characters(item) for key, item in value.items()}
    return value


WholeText = Annotated[str, AfterValidator(whole_characters)]
"""A text of a record, half characters replaced: a record with one could not be written."""


def validated(kind: type[Record], value: object, where: str) -> Record:
    """The value as a record. Raises InputError that names `where` and the first field that is wrong."""
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        raise InputError(f"{where}: {field_faults(error)[0]}") from None


def field_faults(error: ValidationError) -> list[str]:
    """Every field that is wrong, as "field NAME: what"."""
    found = [
        (".".join(str(part) for part in one["loc"]), one["msg"].removeprefix("Value error, ")) for one in error.errors()
    ]
    return [f"field {field}: {words}" if field else words for field, words in found]


def read_validated(kind: type[Record], path: Path) -> Record:
    """A JSON file as a record. Raises InputError that names the file and, where one is wrong, its field."""
    return validated(kind, read_json(path), str(path))


def _words(error: Exception) -> str:
    return error.msg if isinstance(error, json.JSONDecodeError) else str(error)


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write the lines, each ended by a newline, atomically."""
    write_parts(path, (f"{line}\n".encode() for line in lines))


def cache_home() -> Path:
    """`PEERASSAY_CACHE`, or the platform's user cache folder."""
    import platformdirs

    chosen = os.environ.get("PEERASSAY_CACHE")
    return Path(chosen) if chosen else platformdirs.user_cache_path("peerassay", appauthor=False)
