"""Where a result stands in a folder of results, what it is called, and how it is read and written: strictly."""

from __future__ import annotations

import hashlib
import json
import math
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError

from ..bench.audit.rows import LEAKS
from ..data.errors import InputError
from ..data.files import field_faults, write_json
from .differences import differences, excerpt
from .faults import Faults
from .records import BoardDataset, GeneratorResult, Result, ReviewerResult, StressResult, digest_of, digest_of_body

Record = TypeVar("Record", bound=BaseModel)
AnyRecord = BoardDataset | ReviewerResult | GeneratorResult | StressResult
AnyResult = TypeVar("AnyResult", ReviewerResult, GeneratorResult, StressResult)
MOST_BYTES = 5_000_000
KINDS: dict[str, tuple[type[AnyRecord], int]] = {
    "datasets": (BoardDataset, 2),
    "reviewers": (ReviewerResult, 3),
    "generators": (GeneratorResult, 3),
    "stress": (StressResult, 3),
}
"""By top folder: what its files hold, and of how many parts their paths consist."""
README = "README.md"


def slug(text: str, most: int = 60) -> str:
    """The text as a part of a file's name: small letters, digits and "-"; "unnamed" where nothing is left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:most].strip("-") or "unnamed"


def dataset_id(name: str, split: str) -> str:
    """The id of a dataset's split."""
    return slug(f"{name}-{split}", most=90)


def identity(result: Result) -> tuple[str, ...]:
    """What makes a result this one and no other: there is at most one of each identity."""
    if isinstance(result, (ReviewerResult, StressResult)):
        return (result.board, result.fingerprint, result.dataset, result.text)
    settings = json.dumps(result.group.settings, sort_keys=True)
    made_by = (result.group.template_fingerprint, result.group.scientist_fingerprint)
    seen_by = (result.reviewer.fingerprint, result.text, result.rule)
    return ("generators", result.template, result.name, settings, *made_by, *seen_by)


def result_id(result: Result) -> str:
    """The id of a result: its name, and eight digits of its identity."""
    digits = hashlib.sha256(json.dumps(identity(result), ensure_ascii=False).encode()).hexdigest()[:8]
    return f"{slug(result.name)}-{digits}"


def with_digest(result: AnyResult) -> AnyResult:
    """The result with its id and its digest."""
    named = result.model_copy(update={"id": result_id(result)})
    return named.model_copy(update={"digest": digest_of(named)})


def record_path(record: AnyRecord) -> Path:
    """Where the record belongs, relative to the folder of results."""
    if isinstance(record, BoardDataset):
        return Path("datasets", f"{dataset_id(record.name, record.split)}.json")
    if isinstance(record, (ReviewerResult, StressResult)):
        return Path(record.board, record.dataset, f"{result_id(record)}.json")
    return Path("generators", slug(record.template), f"{result_id(record)}.json")


def write_record(folder: Path, record: AnyRecord) -> Path:
    """Write the record to its place; returns the file's path. Raises InputError where it cannot be written."""
    path = folder / record_path(record)
    write_json(path, record.model_dump(mode="json"))
    return path


def check_size(record: AnyRecord) -> None:
    """Raises InputError for a record whose file could not be read again, for its size."""
    size = len(json.dumps(record.model_dump(mode="json"), indent=2, ensure_ascii=False).encode())
    if size > MOST_BYTES:
        raise InputError(f"would take {size / 1e6:.1f} MB; results have at most {MOST_BYTES // 1_000_000}")


def record_files(folder: Path) -> Iterator[Path]:
    """Every file below the folder, in order of its path; hidden ones, a README, rows of leak verdicts (they are read by
    `leaks`) and folders that are links aside.

    A link to a folder comes as a file. Raises InputError where the folder is not there.
    """
    if not folder.is_dir():
        raise missing(folder)
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name in (README, LEAKS):
            continue
        if path.is_dir() and not path.is_symlink():
            yield from record_files(path)
        else:
            yield path


def missing(folder: Path) -> InputError:
    """The error for a folder of results that is not there."""
    return InputError(
        f"{folder}: no such folder of results; make one with `peerassay leaderboard add RUN --results {folder}`"
    )


def kind_of(path: Path, folder: Path) -> type[AnyRecord]:
    """What the file at this place should hold. Raises InputError where a file has no place."""
    parts = path.relative_to(folder).parts
    kind, length = KINDS.get(parts[0], (None, 0))
    if kind is None or len(parts) != length or path.suffix != ".json":
        raise InputError(
            f"{path}: not at a place for results; they are datasets/ID.json, reviewers/DATASET/ID.json, "
            f"stress/DATASET/ID.json and generators/TEMPLATE/ID.json"
        )
    if path.is_symlink() and not path.resolve().is_relative_to(folder.resolve()):
        raise InputError(f"{path}: a link that leads out of the folder of results")
    if not path.is_file():
        raise InputError(f"{path}: not a regular file")
    return kind


def read_record(path: Path, kind: type[Record]) -> Record:
    """The record in the file, which must say what the record's own JSON says; fields with a default may be missing.

    Raises InputError for a file that is empty, too large, not UTF-8 or not strict JSON (NaN, a number beyond a double,
    a name twice), and Faults for unknown or missing fields, values out of range or of another type, a wrong digest.
    """
    return as_record(path, kind, read_body(path))


def as_record(path: Path, kind: type[Record], body: dict[str, Any]) -> Record:
    """What `read_body` has read as a record, with the Faults of `read_record`."""
    try:
        record = kind.model_validate(body)
    except ValidationError as error:
        raise Faults(f"{path}: {fault}" for fault in field_faults(error)) from None
    found: list[str] = []
    if not body.get("digest"):
        found.append("has no digest; files are made by `peerassay leaderboard add`")
    elif body["digest"] != digest_of_body(body):
        found.append("the digest does not fit the content: the file was changed after it was made")
    for where, written, read in differences(body, record.model_dump(mode="json"), defaults=True):
        found.append(f"field {where}: {excerpt(written)} is written where {excerpt(read)} is meant")
    if found:
        raise Faults(f"{path}: {fault}" for fault in found)
    return record


def read_body(path: Path) -> dict[str, Any]:
    """The JSON object in the file, strictly. Raises InputError as `read_record` does."""
    try:
        with path.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
        text = content.decode("utf-8")
        if len(content) > MOST_BYTES:
            raise InputError(f"{path}: larger than {MOST_BYTES // 1_000_000} MB")
        if not text.strip():
            raise InputError(f"{path}: empty")
        value = json.loads(text, parse_constant=_refuse, parse_float=_finite, object_pairs_hook=_once)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 (byte {error.start})") from None
    except json.JSONDecodeError as error:
        raise InputError(f"{path}: line {error.lineno}: not JSON ({error.msg})") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: not JSON ({error})") from None
    if not isinstance(value, dict):
        raise InputError(f"{path}: expected a JSON object, found {type(value).__name__}")
    return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number of JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is no finite number")
    return number


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the name {next(n for n in names if names.count(n) > 1)!r} is there twice")
    return found
