"""Who takes part in a bench: the reviewers asked for, the rows that every table has, and what reviewers recall."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from ..data.dataset import Dataset
from ..data.errors import InputError
from ..data.importers.columns import read_mapping
from ..data.records import Paper
from ..llm.session import Session
from ..reviewer.bundled import PREFIX
from ..reviewer.function_reviewer import FunctionReviewer
from ..reviewer.panel.panel import PanelReviewer
from ..reviewer.protocol import PlainReviewer, Reviewer, Traits, adapted, fingerprint_of
from ..reviewer.recall import RecallFlag, RecallReviewer
from ..reviewer.replay import ReplayReviewer
from ..reviewer.spec import load_reviewer
from .automatic import base_rate_of, in_full

ReviewerLike = str | PlainReviewer | Callable[[Paper], Any]
"""How a reviewer is asked for: by its SPEC, as an object, or as a function, see `FunctionReviewer`."""


def with_columns(specs: Sequence[str], mapped: Sequence[str]) -> tuple[str, ...]:
    """The SPECs, those of replays with what `--map` says of their columns.

    Raises InputError for anything but FIELD=COLUMN, and where there is no replay to map.
    """
    read_mapping(mapped, empty=True)
    if mapped and not any(spec.startswith("replay:") for spec in specs):
        raise InputError("--map names columns of replays: give one with -r replay:FILE")
    options = urlencode([("map", item) for item in mapped], quote_via=quote)
    tables = [spec.startswith("replay:") and not spec.startswith(f"replay:{PREFIX}") for spec in specs]
    return tuple(
        f"{spec}{'&' if '?' in spec else '?'}{options}" if mapped and is_table else spec
        for spec, is_table in zip(specs, tables, strict=True)
    )


@dataclass(frozen=True)
class Entrant:
    """A reviewer, whether it was added without being asked for, and the row that says what it recalls."""

    spec: str
    """Empty for an object or a function."""
    reviewer: Reviewer
    automatic: bool = False
    recall_by: str = ""


def load_entrants(
    dataset: Dataset, asked: Sequence[ReviewerLike], automatic: Sequence[str], session: Session, *, recall: bool = False
) -> list[Entrant]:
    """The reviewers asked for, then the rows of what they recall, then the automatic ones by their SPECs.

    With `recall` each model is asked what it remembers; replays tell it where their file does.

    Raises InputError for a SPEC that cannot be loaded, two reviewers of one name, or reviews of other papers.
    """
    base_rate = base_rate_of(dataset)
    known = frozenset(dataset.ids)
    found: list[Entrant] = []
    recalls: list[Entrant] = []
    for one in asked:
        spec = in_full(one, dataset) if isinstance(one, str) else ""
        reviewer = (
            as_reviewer(one) if not isinstance(one, str) else load_reviewer(spec, base_rate=base_rate, session=session)
        )
        reviewer.match_papers(known, dataset.card.name)
        memory = _memory_of(reviewer, [e.reviewer for e in recalls], recall=recall)
        found.append(Entrant(spec, reviewer, recall_by=memory.name if memory else ""))
        if memory is not None and all(e.reviewer is not memory for e in recalls):
            recalls.append(Entrant(spec, memory, automatic=True))
    found += recalls
    if recall and not any(isinstance(e.reviewer, RecallReviewer) for e in recalls):
        raise InputError("--recall asks a language model what it remembers of the papers: give one with -r")
    _refuse_readers(dataset, found)
    _refuse_twins(entrant.reviewer.name for entrant in found)
    names = {entrant.reviewer.name for entrant in found}
    rows = [Entrant(s, load_reviewer(s, base_rate=base_rate, session=session), automatic=True) for s in automatic]
    return found + [row for row in rows if row.reviewer.name not in names]


def as_reviewer(given: PlainReviewer | Callable[[Paper], Any], name: str = "") -> Reviewer:
    """The object, or the function as a reviewer of this name, else its own. Raises InputError for anything else."""
    if isinstance(given, PlainReviewer):
        return adapted(given)
    if not callable(given):
        raise InputError(f"a {type(given).__name__} is no reviewer: give a SPEC, a function of a paper, or a Reviewer")
    name = name or getattr(given, "__name__", type(given).__name__)
    if name == "<lambda>":
        raise InputError("a function without a name: give it one, as in {'mine': lambda paper: ...}")
    fingerprint = fingerprint_of(name=name, source=_source_of(given))
    return FunctionReviewer(name, given, fingerprint, traits=Traits(kind="plug-in"))


def _source_of(function: Callable[..., Any]) -> str:
    """The function's own text, in a notebook too; its compiled form where there is none."""
    try:
        return inspect.getsource(function if hasattr(function, "__code__") else type(function))
    except (OSError, TypeError):
        code = getattr(function, "__code__", None)
        return repr(function) if code is None else f"{code.co_code.hex()} {code.co_names}"


def _memory_of(reviewer: Reviewer, earlier: Sequence[Reviewer], *, recall: bool) -> Reviewer | None:
    """Who says what the reviewer recalls: one of `earlier` where that is the same model; None where nobody does."""
    if isinstance(reviewer, ReplayReviewer) and reviewer.knows_recall:
        return RecallFlag(reviewer)
    if not (recall and isinstance(reviewer, PanelReviewer)):
        return None
    models = [other for other in earlier if isinstance(other, RecallReviewer)]
    same = next((other for other in models if other.model.identity == reviewer.model.identity), None)
    if same is not None:
        return same
    memory = RecallReviewer(reviewer)
    if any(other.name == memory.name for other in models):
        memory.name = f"{memory.name}@{reviewer.model.identity['base_url']}"
    return memory


def _refuse_readers(dataset: Dataset, entrants: Iterable[Entrant]) -> None:
    """Raises InputError where a reviewer reads texts and the dataset has none."""
    for entrant in entrants:
        if entrant.reviewer.reads_text:
            dataset.require_texts(entrant.reviewer.name)


def _refuse_twins(names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise InputError(f"two reviewers are called {name}; give one another name (?name=...)")
        seen.add(name)


def papers_of_all(entrants: Sequence[Entrant]) -> frozenset[str]:
    """The papers that every replay has a review of. Raises InputError where there is no replay."""
    known = [e.reviewer.paper_ids for e in entrants if isinstance(e.reviewer, ReplayReviewer)]
    if not known:
        raise InputError(
            "--reviewed-only chooses the papers that replays have reviews of: give one with -r replay:FILE"
        )
    return frozenset.intersection(*known)
