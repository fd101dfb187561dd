"""A reviewed paper as what there is to show of it, in words: the same for the terminal and for the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from ..data.papers.invisible import clean
from ..presentation.cell import NONE, Tone
from ..presentation.numbers import counted, dollars
from ..presentation.table import Table
from .findings import Finding
from .forms.form import Form, FormField
from .review import Review, Usage
from .verdict import Interval, Verdict, panel_record

OWN_RECORDS = ("panel", "findings", "notes", "raw", "decision")
"""Fields of a review that are no answers to a form, or are shown elsewhere."""
WARNING = "⚠"


@dataclass(frozen=True)
class Reviewed:
    """A paper with its review; `verdict` is None where the review failed."""

    path: str
    title: str
    pages: int | None
    tokens: int
    """Of the whole text; `tokens_reviewed` are those of the text that the reviewer was given."""
    tokens_reviewed: int
    references: int
    notes: tuple[str, ...]
    review: Review
    verdict: Verdict | None
    findings: tuple[Finding, ...]
    form: Form | None = None


@dataclass(frozen=True)
class FormScore:
    """A score of the form with its scale and, where it is one of the labelled values, what it means."""

    title: str
    value: str
    scale: str
    meaning: str
    overall: bool


@dataclass(frozen=True)
class Passage:
    """What the review says under one heading: one text, or a list."""

    title: str
    items: tuple[str, ...]
    listed: bool


def tidy(text: str) -> str:
    """The text without control and invisible characters: safe on a terminal and legible on a page."""
    return clean(text)[0].strip()


def line(text: str) -> str:
    """`tidy`, on one line."""
    return " ".join(tidy(text).split())


def facts(reviewed: Reviewed) -> str:
    """Pages, tokens and references in words."""
    pages = [] if reviewed.pages is None else [counted(reviewed.pages, "page")]
    part = "" if reviewed.tokens_reviewed >= reviewed.tokens else f" ({reviewed.tokens_reviewed:,} reviewed)"
    return ", ".join([*pages, f"about {reviewed.tokens:,} tokens{part}", counted(reviewed.references, "reference")])


def verdict_rows(verdict: Verdict) -> list[tuple[str, str]]:
    """What stands beside the decision: label and words. A score that is the chance of acceptance is shown as that."""
    rows = [("Decided by", verdict.decision_from)]
    if verdict.own_word is not None and verdict.threshold is not None:
        mark = f" {WARNING} contradicts the decision" if verdict.contradicts else ""
        rows.append(("Own word", f"{verdict.own_word}{mark}"))
    if verdict.score is not None and verdict.score != verdict.p_accept:
        scale = f" on a scale of {verdict.scale[0]:g} to {verdict.scale[1]:g}" if verdict.scale else ""
        close = "; a close call: the threshold lies in it" if verdict.undecided else ""
        span = _span(verdict.interval)
        rows.append(("Score", f"{_number(verdict.score)}{scale}{span} ({verdict.interval_from}{close})"))
    chance = "" if verdict.p_accept is None else f"{verdict.p_accept:.2f}{_span(verdict.p_interval)}"
    rows.append(("P(accept)", f"{chance} ({verdict.p_from})" if chance else verdict.p_from))
    if verdict.in_sample:
        rows.append(("In-sample", "fitted on this very paper: the verdict flatters itself"))
    return rows


def scores(review: Review, form: Form | None) -> list[FormScore]:
    """The scores and flags of the review, in the order of the form."""
    found: list[FormScore] = []
    for name, value, field in _answers(review, form):
        overall = form is not None and name == form.overall
        if isinstance(value, bool):
            found.append(FormScore(_title(name, field), "yes" if value else "no", "", "", overall))
        elif isinstance(value, (int, float)) and isfinite(value):
            meaning = field.labels.get(float(value), "") if field else ""
            scale = f"{field.low:g} to {field.high:g}" if field and field.low is not None else ""
            found.append(FormScore(_title(name, field), _number(value), scale, meaning, overall))
    return found


def score_table(review: Review, form: Form | None) -> Table:
    """The scores and flags with their scale and meaning."""
    rows = ((s.title, s.value, s.scale or NONE, s.meaning or NONE) for s in scores(review, form))
    return Table("Scores", ("Score", "Value", "Scale", "Meaning"), tuple(rows)).compact()


def tone(verdict: Verdict) -> Tone:
    """How the decision is coloured."""
    tones: dict[str | None, Tone] = {"accept": "fine", "reject": "alarm"}
    return tones.get(verdict.decision, "note")


def passages(review: Review, form: Form | None) -> list[Passage]:
    """The texts and lists of the review, in the order of the form, without empty ones."""
    found: list[Passage] = []
    for name, value, field in _answers(review, form):
        listed = isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value)
        texts = value if listed else [value] if isinstance(value, str) else []
        items = tuple(tidy(text) for text in texts if tidy(text))
        if items:
            found.append(Passage(_title(name, field), items, listed))
    return found


def notes(reviewed: Reviewed) -> list[str]:
    """What reading the paper met, what went wrong within a review that stands, what the reviewer said of a failure."""
    return [line(note) for note in (*reviewed.notes, *_texts(reviewed.review.fields.get("notes")))]


def raw_answers(review: Review) -> list[str]:
    """What a model answered where nothing could be made of it."""
    return [tidy(answer) for answer in _texts(review.fields.get("raw"))]


def _texts(value: object) -> list[str]:
    """The texts of a list; none where it is something else, since any reviewer may call a field so."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def cost(review: Review) -> str:
    """What the review took, in words."""
    usage = review.usage
    panel = panel_record(review)
    saved = panel.calls_saved if panel else 0
    parts = [*_calls(usage), f"{usage.seconds:.1f} s"]
    return ", ".join([*parts, f"{counted(saved, 'call')} saved by stopping early"] if saved else parts)


def _calls(usage: Usage) -> Iterator[str]:
    if usage.calls:
        cached = f" ({usage.tokens_cached:,} from the provider's cache)" if usage.tokens_cached else ""
        yield counted(usage.calls, "call")
        yield f"{usage.tokens_in:,} tokens in{cached}"
        yield f"{usage.tokens_out:,} out"
    yield dollars(usage.usd)


def finding_rows(findings: Sequence[Finding]) -> list[tuple[str, str]]:
    """What was found and what was done with it, and what it says on one line; all that was cut is one row."""
    rows: list[tuple[str, str]] = []
    for finding in (f for f in findings if f.alarming):
        page = f", page {finding.page}" if finding.page else ""
        kind = "hidden text" if finding.what == "hidden" else "text addressed to the reviewer"
        done = "removed" if finding.removed else "still in the text"
        rows.append((f"{kind} ({line(finding.kind)}{page}), {done}", line(finding.text)))
    cuts = [finding for finding in findings if finding.what == "cut"]
    if cuts:
        parts = ", ".join(f"{line(cut.kind)} ({cut.tokens or 0:,})" for cut in cuts)
        rows.append((f"cut for length, about {sum(cut.tokens or 0 for cut in cuts):,} tokens: {parts}", ""))
    return rows


def _answers(review: Review, form: Form | None) -> Iterator[tuple[str, Any, FormField | None]]:
    """Name, value and field of each answer: those of the form, else whatever the reviewer gave."""
    if form is None:
        yield from ((name, value, None) for name, value in review.fields.items() if name not in OWN_RECORDS)
    else:
        fields = (field for field in form.fields if field.name != "decision")
        yield from ((field.name, review.fields.get(field.name), field) for field in fields)


def _title(name: str, field: FormField | None) -> str:
    return field.title if field else line(name.replace("_", " ")).capitalize()


def _number(value: float) -> str:
    """At most two digits after the point."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if abs(value) < 1e6 else f"{value:.4g}"


def _span(interval: Interval | None) -> str:
    return f", {interval[0]:.2f} to {interval[1]:.2f}" if interval else ""
