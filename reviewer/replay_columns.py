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

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from ..data.errors import InputError
from ..data.importers.cells import EMPTY, plain
from ..data.importers.columns import PAPER_ID, Aliases, find_columns, is_index, spelt
from ..data.importers.rows import flat, opened

OTHER_WAY = "say which column it is, as in --map {field}=COLUMN (of one replay: replay:FILE?map={field}=COLUMN)"
SCORES = (
    *("overall", "score", "rating", "overall_score", "overall_rating", "overall_assessment", "final_score"),
    *("final_rating", "review_score", "review_rating", "recommendation", "prediction", "pred", "predicted_score"),
    *(
        "predicted_rating",
        "model_score",
        "llm_score",
        "ai_score",
        "pred_score",
        "pred_rating",
        "score_llm",
        "llm_rating",
    ),
    *("model_rating", "ai_rating", "gpt_score", "final_overall"),
)
"""Names of a column of scores; each also with avg, average or mean before or behind it."""
FIELDS: Aliases = {
    "paper_id": (*PAPER_ID, "paper", "paper_name", "idea", "idea_name", "name"),
    "decision": ("verdict", "predicted_decision", "pred_decision", "model_decision", "llm_decision", "ai_decision",
                 "review_decision"),
    "p_accept": ("probability", "prob_accept", "p_accepted", "accept_probability", "acceptance_probability"),
    "recall": (),
    "reviewer": ("reviewer_id", "reviewer_name", "rater", "annotator", "judge", "repeat", "run", "sample", "seed",
                 "trial", "round", "iteration", "attempt", "review_id", "review_number", "review_index"),
    "model": (),
    "status": ("stage",),
    "reason": ("error", "failure"),
    "score": SCORES,
}  # fmt: skip
OUTCOMES = frozenset(
    ["accepted", "accept", "label", "outcome", "predlabel", "predictedlabel", "labelpred", "isaccepted"]
)
"""Columns, as `spelt` spells them, of decisions of which it is not told whose they are."""
PAPERS = ("paper", "metadata")
"""Objects in a row that tell of the paper, not of its review."""
REVIEWS = ("review", "scores")
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
    if "decision" in columns and "decision" not in asked:
        _refuse_several_decisions(rows, names, where)
    unread = [name for name in names if spelt(name) in OUTCOMES]
    if unread and "decision" not in columns and "decision" not in none:
        notes.append(f"{unread[0]} was not read, it may be the humans' decision: --map decision={unread[0]} takes it")
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


def opened_row(row: Mapping[str, Any], place: str) -> dict[str, Any]:
    """The row with what stands in objects within it, but for a paper's own decision and ratings: those are humans'.

    Raises InputError where a score or decision stands in the row and in its review, and differs.
    """
    given = dict(row)
    for name in PAPERS:
        inner = opened(row.get(name))
        if isinstance(inner, Mapping):
            given[name] = {key: value for key, value in inner.items() if not _says_outcome(key)}
    for name in REVIEWS:
        inner = opened(row.get(name))
        for key in inner if isinstance(inner, Mapping) else ():
            if key in row and _says_outcome(key) and str(plain(row[key])) != str(plain(inner[key])):
                raise InputError(f"{place}: {key} stands in the row and in its {name}, and differs; leave the review's")
    return flat(given)


def _says_outcome(name: object) -> bool:
    """Whether a column of this name may be a score or a decision."""
    return _names_score(str(name)) or spelt(name) in {*map(spelt, ("decision", *FIELDS["decision"])), *OUTCOMES}


def _refuse_several_decisions(rows: Sequence[Mapping[str, Any]], names: Sequence[str], where: str) -> None:
    """Raises InputError where two columns may be the reviewer's decision, and differ: one may be the humans'."""
    known = {spelt(name) for name in ("decision", *FIELDS["decision"])}
    found = [name for name in names if spelt(name) in known]
    if any(str(row.get(name)) != str(row.get(found[0])) for row in rows for name in found[1:]):
        raise InputError(
            f"{where}: {len(found)} columns may be the decision ({', '.join(found)}); "
            f"{OTHER_WAY.format(field='decision').replace('COLUMN', found[-1])}"
        )


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
    cells = (row[name] for row in rows if name in row and str(plain(row[name])).strip().lower() not in EMPTY)
    return any(any(sign.isdigit() for sign in str(cell)) for cell in islice(cells, 20))


def _listed(names: Sequence[str]) -> str:
    return f"columns: {', '.join(names)}"
