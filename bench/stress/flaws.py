"""Does a review name the flaw? Rules over what its statements say, for flaws that were planted and documented."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...data.errors import InputError, unknown
from ...data.files import read_json, read_text
from ...data.registry import LADDER
from ...data.sample_pairs import SAMPLE
from ...reviewer.review import Review
from ..run import RunDataset
from .ladder import DEFECTS_FILE

QUOTED = 6
"""Words in a row of a flaw's passage that count as a quotation."""
LONGEST_POINT = 60
"""Words of a point that is one statement; longer ones are taken sentence by sentence."""
NO_CRITICISM = re.compile(r"summary|strength|finding|recall|title|decision|ethic|outcome|raw", re.IGNORECASE)
"""Fields of a form in which a flaw is not named."""
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z(\"“])")
NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?![\w])")
TELLING_DIGITS = 3
WORD = re.compile(r"[\w.%-]*\w")


@dataclass(frozen=True)
class PlantedFlaw:
    """A documented flaw of one paper of a pair: its kind, in words, and passages that show it."""

    group: str
    kind: str
    description: str
    passages: tuple[str, ...]


def planted_flaws(source: str | Path) -> dict[str, PlantedFlaw]:
    """The flaws of the bundled `sample` or `ladder`, or of a folder of `data make-ladder`, by the papers' group.

    Raises InputError for a source without documented flaws.
    """
    if str(source) == "sample":
        read = {folder.name: read_json(folder / "pair.json") for folder in sorted((SAMPLE / "pairs").iterdir())}
        return {
            group: PlantedFlaw(group, pair["defect"], pair["description"], tuple(pair["evidence"]))
            for group, pair in read.items()
        }
    file = (LADDER if str(source) == "ladder" else Path(source)) / DEFECTS_FILE
    if len(Path(source).parts) > 1 and not Path(source).exists():
        raise InputError(f"{source}: not there any more, and with it what is documented of its flaws")
    if not file.is_file():
        raise InputError(
            f"{source}: no documented flaws; they are known of sample, ladder and of make-ladder's folders"
        )
    return {group: _of_ladder(group, defect) for group, defect in read_json(file).items()}


def flaws_of(dataset: RunDataset) -> dict[str, PlantedFlaw]:
    """Those of a run's dataset. Raises InputError as `planted_flaws`."""
    return planted_flaws(dataset.source or dataset.name)


def statements(review: Review) -> list[str]:
    """The points of a review that may criticise, a long one sentence by sentence."""
    points: list[str] = []
    for name in review.fields:
        if not NO_CRITICISM.search(name):
            points += [line for text in review.texts(name) for line in text.split("\n") if line.strip()]
    return [one.strip() for point in points for one in _parted(point)]


def names_flaw(statement: str, flaw: PlantedFlaw) -> bool:
    """Whether a statement names the flaw. Raises InputError for a kind of flaw without rules."""
    rules = _rules()
    if flaw.kind not in rules.flaws:
        raise unknown("kind of flaw", flaw.kind, rules.flaws)
    words = " ".join(statement.split())
    critical = rules.criticism.search(words) is not None or words.endswith("?")
    if rules.praise.search(words) and not critical:
        return False
    found = any(all(pattern.search(words) for pattern in patterns) for patterns in rules.flaws[flaw.kind])
    return found or (critical and (_quotes(words, flaw) or bool(_telling(words) & _numbers_of(flaw))))


def naming_statements(review: Review, flaw: PlantedFlaw) -> list[str]:
    """The statements of a review that name the flaw."""
    return [statement for statement in statements(review) if names_flaw(statement, flaw)]


@dataclass(frozen=True)
class _Rules:
    criticism: re.Pattern[str]
    praise: re.Pattern[str]
    flaws: Mapping[str, list[list[re.Pattern[str]]]]


@functools.cache
def _rules() -> _Rules:
    written = tomllib.loads(read_text(Path(__file__).parent / "flaws.toml"))

    def compiled(pattern: str) -> re.Pattern[str]:
        return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)

    flaws = {kind: [[compiled(p) for p in patterns] for patterns in lists] for kind, lists in written["flaws"].items()}
    return _Rules(compiled(written["criticism"]), compiled(written["praise"]), flaws)


def _quotes(words: str, flaw: PlantedFlaw) -> bool:
    said = _runs(words)
    return any(said & _runs(passage) for passage in flaw.passages)


def _telling(words: str) -> set[str]:
    """Numbers of three digits or with decimals: few of one paper are found in what is said of another thing in it."""
    return {n for n in NUMBER.findall(words) if "." in n or len(n) >= TELLING_DIGITS}


def _numbers_of(flaw: PlantedFlaw) -> set[str]:
    return {number for passage in flaw.passages for number in _telling(passage)}


def _runs(text: str) -> set[tuple[str, ...]]:
    words = [word.lower() for word in WORD.findall(text)]
    return {tuple(words[i : i + QUOTED]) for i in range(len(words) - QUOTED + 1)}


def _parted(point: str) -> list[str]:
    return [point] if len(point.split()) <= LONGEST_POINT else SENTENCE.split(point)


def _of_ladder(group: str, defect: Any) -> PlantedFlaw:
    kind = str(defect["defect"]).partition(":")[2]
    return PlantedFlaw(group, kind, str(defect["description"]), tuple(defect["added"]))
