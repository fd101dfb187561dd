"""Which column of a table of reviews is what, as the user says or else by names, and what stands in its cells.

Fields (`--map FIELD=COLUMN` overrules; names match whatever their case and marks):

    paper_id    also id, forum, paper, ...; see `replay.match_ids` for how ids are matched with a dataset's
    score       overall, score, rating, ..., also their averages; the chance of acceptance where there is none
    decision    the reviewer's own word, optional
    p_accept    its chance of acceptance, optional
    recall      what it remembers of the paper, optional
    reviewer    who reviewed: of several reviews of a paper the score is the mean
    status, reason    whether a review failed, and why
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..data.errors import InputError
from ..data.importers.cells import EMPTY, RATING, numbers, plain, word
from ..data.importers.columns import PAPER_ID, Aliases, find_columns, is_index, spelt
from ..data.records import Decision, parse_decision
from .review import HIGHEST, RECALLS, Recall

OTHER_WAY = "say which column it is, as in --map {field}=COLUMN (of one replay: replay:FILE?map={field}=COLUMN)"
SCORES = (
    *("overall", "score", "rating", "overall_score", "overall_rating", "overall_assessment", "final_score"),
    *("final_rating", "review_score", "review_rating", "recommendation", "prediction", "pred", "predicted_score"),
    *("predicted_rating", "model_score", "llm_score", "ai_score"),
)
"""Names of a column of scores; each also with avg, average or mean before or behind it."""
FIELDS: Aliases = {
    "paper_id": (*PAPER_ID, "paper", "paper_name", "idea", "idea_name", "name"),
    "decision": ("verdict", "predicted_decision", "pred_decision", "model_decision", "llm_decision", "ai_decision",
                 "review_decision"),
    "p_accept": ("probability", "prob_accept", "p_accepted", "accept_probability", "acceptance_probability"),
    "recall": (),
    "reviewer": ("reviewer_id", "reviewer_name", "rater", "annotator", "judge", "repeat", "run", "sample", "seed",
                 "trial", "round"),
    "model": (),
    "status": ("stage",),
    "reason": ("error", "failure"),
    "score": SCORES,
}  # fmt: skip
CRITERIA = frozenset(
    [*("soundness", "presentation", "contribution", "confidence", "originality", "quality", "clarity", "significance"),
     *("novelty", "correctness", "year", "usd", "cost", "seconds", "time", "tokens", "tokensin", "tokensout", "index",
       "ethics", "ethicalconcerns", "split", "ratings", "repeat")]
)  # fmt: skip
"""Columns of numbers, as `spelt` spells them, that nobody takes for the score."""


def review_columns(
    rows: Sequence[Mapping[str, Any]], where: str, mapped: Mapping[str, str], notes: list[str]
) -> dict[str, str]:
    """The column of each field that has one; a field mapped to nothing has none. What was assumed goes to `notes`.

    Raises InputError where the ids or the score are in no column that is known, or in several.
    """
    names = [str(name) for name in dict.fromkeys(name for row in rows for name in row)]
    none = {name for name, column in mapped.items() if not column}
    fields = {name: others for name, others in FIELDS.items() if name != "score" and name not in none}
    asked = {name: column for name, column in mapped.items() if column}
    score = {name: asked.pop(name) for name in [*asked] if name == "score" or spelt(name) in map(spelt, SCORES)}
    columns = find_columns([name for name in names if name not in score.values()], fields, asked, where)
    if "paper_id" not in columns:
        raise InputError(
            f"{where}: row 1: no column 'paper_id' ({_listed(names)}); {OTHER_WAY.format(field='paper_id')}"
        )
    if score:
        return columns | find_columns(names, {"score": SCORES}, {"score": next(iter(score.values()))})
    if none & {"score", "overall"}:
        if "decision" not in columns:
            raise InputError(
                f"{where}: neither a score nor a decision is to be read ({_listed(names)}); map one of them"
            )
        return columns
    return columns | _score_column(rows, [n for n in names if n not in columns.values()], columns, where, notes)


def _score_column(
    rows: Sequence[Mapping[str, Any]], names: Sequence[str], columns: Mapping[str, str], where: str, notes: list[str]
) -> dict[str, str]:
    """The score's column by its name, else the chance of acceptance, else none where decisions stand alone.

    A recommendation in words is a decision.
    """
    named = [name for name in names if _names_score(name)]
    numeric = [name for name in named if _numeric(rows, name)] or [n for n in named if spelt(n) != "recommendation"]
    words = [name for name in named if name not in numeric]
    if len(numeric) > 1 and any(str(row.get(a)) != str(row.get(numeric[0])) for row in rows for a in numeric[1:]):
        raise InputError(
            f"{where}: {len(numeric)} columns may be the score ({', '.join(numeric)}); "
            f"{OTHER_WAY.format(field='score').replace('COLUMN', numeric[0])}"
        )
    own = {"decision": words[0]} if words and "decision" not in columns else {}
    if numeric:
        return {**own, "score": numeric[0]}
    if "p_accept" in columns:
        notes.append(f"the score is the chance of acceptance ({columns['p_accept']})")
        return {**own, "score": columns["p_accept"]}
    others = [name for name in names if spelt(name) not in CRITERIA and not is_index(name) and _numeric(rows, name)]
    if others or not ("decision" in columns or own):
        raise InputError(
            f"{where}: row 1: no column is known as the score ({_listed([*map(str, rows[0])])}); "
            f"{OTHER_WAY.format(field='score').replace('COLUMN', (others or ['COLUMN'])[0])}"
        )
    notes.append("no scores, decisions alone")
    return own


def _names_score(name: str) -> bool:
    bare = spelt(name)
    for word_ in ("average", "avg", "mean"):
        bare = bare.removeprefix(word_).removesuffix(word_)
    return bare in map(spelt, SCORES)


def _numeric(rows: Sequence[Mapping[str, Any]], name: str) -> bool:
    """Whether any of the first cells that are not empty has a number."""
    cells = [row[name] for row in rows if name in row and str(plain(row[name])).strip().lower() not in EMPTY]
    return any(any(sign.isdigit() for sign in str(cell)) for cell in cells[:20])


def _listed(names: Sequence[str]) -> str:
    return f"columns: {', '.join(names)}"


NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)"
BARE = re.compile(rf"{NUMBER}(?:e[+-]?\d+)?", re.IGNORECASE)
OUT_OF = re.compile(rf"({NUMBER})\s*(?:/|out of|of)\s*(\d+)", re.IGNORECASE)
PERCENT = re.compile(rf"({NUMBER})\s*%")
NAMED = re.compile(rf"[^\d()]*\(\s*({NUMBER})\s*\)")
"""A meaning with its number behind it: "weak accept (6)"."""
THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:(?:,\d{3})+\.\d+|(?:,\d{3}){2,})")


ANOTHER = "--map score=COLUMN names another column"


class CellScore(NamedTuple):
    """A score with the unit in which it is written: "", "%", or "/10" for one out of ten."""

    value: float
    unit: str = ""
    of: int = 1
    """How many numbers it is the mean of."""


def read_score(value: Any, where: str) -> CellScore | None:
    """The score in a cell; None for an empty one, NaN included.

    "6: marginally above", "weak accept (6)" and "6/10" count as 6; several numbers, as in "6;8", as their mean.
    Raises InputError for what is no number, or can be read in two ways.
    """
    value = plain(value)
    if value is None or (isinstance(value, str) and value.strip().lower() in EMPTY):
        return None
    score = _written(value.strip().replace("−", "-"), where) if isinstance(value, str) else _given(value, where)
    if score is None:
        return None
    if not math.isfinite(score.value):
        raise InputError(f"{where} is {_shown(value)}, not a finite number; leave the cell empty where a review failed")
    if abs(score.value) > HIGHEST:
        raise InputError(f"{where} is {_shown(value)}; scores go to {HIGHEST:g}")
    return score


def _given(value: Any, where: str) -> CellScore | None:
    if isinstance(value, bool):
        raise InputError(f"{where} is {value}, not a number; {ANOTHER}")
    try:
        return CellScore(float(value)) if isinstance(value, (int, float)) else _mean(value, where)
    except OverflowError:
        raise InputError(f"{where} is {_shown(value)}; scores go to {HIGHEST:g}") from None


def _written(text: str, where: str) -> CellScore | None:
    if BARE.fullmatch(text) or text.lower().lstrip("+-") in ("inf", "infinity"):
        return CellScore(float(text))
    if THOUSANDS.fullmatch(text):
        return CellScore(float(text.replace(",", "")))
    if part := OUT_OF.fullmatch(text):
        if float(part[1]) > float(part[2]):
            raise InputError(f"{where} is {_shown(text)}: more than all of it")
        return CellScore(float(part[1]), f"/{part[2]}")
    if part := PERCENT.fullmatch(text):
        return CellScore(float(part[1]), "%")
    if part := NAMED.fullmatch(text) or RATING.fullmatch(text):
        return CellScore(float(part[1]))
    if not any(sign.isdigit() for sign in text):
        raise InputError(f"{where} is {_shown(text)}, not a number; {ANOTHER}")
    return _mean(text, where)


def _mean(value: Any, where: str) -> CellScore | None:
    try:
        found = numbers(value, where)
    except InputError as error:
        if "two ways" in str(error):
            raise InputError(f"{where}: {_shown(value)} can be read in two ways; write 6.5 or 1234") from None
        raise InputError(f"{where} is {_shown(value)}, not a number") from None
    return CellScore(math.fsum(found) / len(found), of=len(found)) if found else None


def _shown(value: Any) -> str:
    return repr(value if isinstance(value, str) else str(value))[:60]


def check_units(units: Mapping[str, int], where: str) -> None:
    """Refuse a column of scores written in several ways that do not go together. Raises InputError."""
    named = [unit for unit in units if unit]
    if len(named) > 1 or (named == ["%"] and len(units) > 1):
        found = ", ".join(f"{count} {unit or 'plain'}" for unit, count in units.items())
        raise InputError(f"{where}: scores are written in several ways ({found}); write all in one")


def read_decision(value: Any, where: str) -> Decision | None:
    """The reviewer's own word; None for an empty cell. Raises InputError for what is neither accept nor reject."""
    text = word(value, where)
    if not text:
        return None
    try:
        return parse_decision(text)[0]
    except ValueError:
        raise InputError(f"{where} {text[:60]!r} is neither accept nor reject") from None


def read_probability(value: Any, where: str) -> float | None:
    """A chance of acceptance in [0, 1], also written as 75%; None for an empty cell. Raises InputError for others."""
    try:
        score = read_score(value, where)
    except InputError:
        raise InputError(f"{where} is {_shown(value)}, not a chance from 0 to 1") from None
    if score is None:
        return None
    chance = score.value / 100 if score.unit == "%" else score.value
    if score.unit.startswith("/") or not 0 <= chance <= 1:
        raise InputError(f"{where} is {_shown(value)}, not a chance from 0 to 1")
    return chance


def read_recall(value: Any, where: str) -> Recall | None:
    """What the reviewer remembers of the paper; None where it was not asked. Raises InputError for other words."""
    text = word(value, where).lower()
    for recall in RECALLS:
        if text == recall:
            return recall
    if text:
        raise InputError(f"{where} is {value!r}; it takes {', '.join(RECALLS)}, or nothing where it was not asked")
    return None
