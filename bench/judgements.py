"""The judgements in a run's record: a line each in its file, and held as lines, however many there are."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, PlainSerializer, ValidatorFunctionWrapHandler, WrapValidator

from ..data.dataset import judgement_lines
from ..data.errors import InputError
from ..data.files import Record, json_object, numbered_lines, read_validated, validated, write_parts
from ..data.lines import Lines
from ..data.records import Judgement

FIELD = "judgements"
OPENS, CLOSES = f'  "{FIELD}": [\n', "  ]\n"


def _held(value: Any, validate: ValidatorFunctionWrapHandler) -> Lines[Judgement]:
    return value if isinstance(value, Lines) else judgement_lines(validate(value))


if TYPE_CHECKING:
    Judgements = Sequence[Judgement]
else:
    Judgements = Annotated[
        list[Judgement],
        WrapValidator(_held),
        PlainSerializer(lambda held: [judgement.model_dump(mode="json") for judgement in held]),
    ]


def write_judged(path: Path, record: BaseModel) -> None:
    """Write a record that has `judgements`, each on a line of its own. Raises InputError as `write_atomic`."""
    value = record.model_dump(mode="json", exclude={FIELD})
    head = json.dumps(value, indent=2, allow_nan=False, ensure_ascii=False).removesuffix("\n}")
    held: Sequence[Judgement] = getattr(record, FIELD)

    def parts() -> Iterator[bytes]:
        yield f"{head},\n{OPENS}".encode()
        for number, judgement in enumerate(held, start=1):
            shown = json.dumps(judgement.model_dump(mode="json"), allow_nan=False, ensure_ascii=False)
            yield f"    {shown}{',' if number < len(held) else ''}\n".encode()
        yield f"{CLOSES}}}\n".encode()

    write_parts(path, parts())


def read_judged(kind: type[Record], path: Path) -> Record:
    """The record in the file, whether or not its judgements stand on lines of their own. Raises InputError."""
    try:
        return _read(kind, path)
    except InputError:
        return read_validated(kind, path)


def _read(kind: type[Record], path: Path) -> Record:
    """Raises InputError where the file was not written by `write_judged`, too."""
    lines = numbered_lines(path)
    rest, held = list[str](), None
    for _, _, line in lines:
        if line == OPENS and held is None:
            held = judgement_lines(_until_closed(lines, path))
            rest.append(f'  "{FIELD}": []\n')
        else:
            rest.append(line)
    value = json_object("".join(rest), str(path))
    return validated(kind, {**value, FIELD: held}, str(path))


def _until_closed(lines: Iterator[tuple[int, int, str]], path: Path) -> Iterator[Judgement]:
    for number, _, line in lines:
        if line == CLOSES:
            return
        where = f"{path}:{number}"
        yield validated(Judgement, json_object(line.strip().removesuffix(","), where), where)
