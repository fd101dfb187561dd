"""The one reviewer of a table: of reviews that were made earlier, or of those that are to be made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...data.errors import InputError
from ...llm.session import Session
from ...reviewer.protocol import Reviewer
from ...reviewer.scrub import rules_fingerprint
from ...reviewer.spec import load_reviewer
from ..entrants import ReviewerLike, as_reviewer
from .entries import Entry, TextForm
from .records import ScoreReviewer

DEFAULT = "learned:iclr2022"


@dataclass(frozen=True)
class Choice:
    """Who reviews, what of the reviews made earlier stands, and what the reviews are of."""

    entries: tuple[Entry, ...]
    record: ScoreReviewer
    reviewer: Reviewer | None
    """None: there is nothing to review."""
    text: TextForm
    scrub_rules: str


def choose_reviewer(
    entries: Sequence[Entry], asked: ReviewerLike | None, session: Session, *, raw: bool, retry_failed: bool = False
) -> Choice:
    """The reviewer that is asked for, else the one of the earlier reviews, else the learned one.

    With one asked for, only earlier reviews by this very reviewer of the same form of text stand. With `retry_failed`,
    failed ones do not either.

    Raises InputError where earlier reviews are of two reviewers, or of another than the papers would be reviewed by.
    """
    if retry_failed:
        entries = [e.without_review() if e.review and e.review.status == "failed" and e.file else e for e in entries]
    if asked is not None:
        reviewer = load_reviewer(asked, session=session) if isinstance(asked, str) else as_reviewer(asked)
        entries = [e if _same(e, reviewer, raw=raw) else e.without_review() for e in entries]
        _check_papers(entries, reviewer)
    else:
        _check_one([e for e in entries if e.reviewer])
        reviewer = load_reviewer(DEFAULT) if _to_review(entries) or not _signed(entries) else None
        _check_default(entries, reviewer)
    _check_texts(entries, raw=raw)
    spec = DEFAULT if asked is None else asked if isinstance(asked, str) else ""
    texts: set[TextForm] = {e.text for e in _signed(entries)}
    rules = {e.scrub_rules for e in _signed(entries)}
    if _to_review(entries) or not texts:
        texts.add("raw" if raw else "scrubbed")
        rules.add("" if raw else rules_fingerprint())
    return Choice(
        entries=tuple(entries),
        record=_record(reviewer, spec) if reviewer else _merged(entries),
        reviewer=reviewer,
        text=texts.pop() if len(texts) == 1 else "unknown",
        scrub_rules=rules.pop() if len(rules) == 1 else "",
    )


def _signed(entries: Sequence[Entry]) -> list[Entry]:
    return [e for e in entries if e.reviewer]


def _to_review(entries: Sequence[Entry]) -> list[Entry]:
    return [e for e in entries if e.idea.finished and e.review is None]


def _same(entry: Entry, reviewer: Reviewer, *, raw: bool) -> bool:
    """Whether the earlier review is one that the reviewer would make."""
    if entry.reviewer is None or entry.reviewer.fingerprint != reviewer.fingerprint:
        return False
    return entry.text in ("unknown", "raw" if raw else "scrubbed") and entry.scrub_rules in ("", rules_fingerprint())


def _check_papers(entries: Sequence[Entry], reviewer: Reviewer) -> None:
    """Refuse to review what there is no paper of."""
    for entry in _to_review(entries):
        if entry.file is None:
            raise InputError(
                f"{entry.source}: holds reviews by another than {reviewer.name} ({reviewer.fingerprint}) and no papers "
                f"to review; leave -r out, or give the papers"
            )
    known = reviewer.paper_ids
    if known is not None and not known & {e.idea.id for e in entries}:
        raise InputError(
            f"{reviewer.name}: holds no review of these papers; give its file as a PATH instead of with -r"
        )


def _check_one(reviewed: Sequence[Entry]) -> None:
    """Refuse reviews by two reviewers."""
    for entry in reviewed[1:]:
        if entry.reviewer and entry.reviewer.fingerprint != _fingerprint(reviewed[0]):
            raise InputError(f"{_whose(reviewed[0])}; {_whose(entry)}; {_advice()}")


def _check_default(entries: Sequence[Entry], reviewer: Reviewer | None) -> None:
    """Refuse to add reviews by the learned reviewer to those of another."""
    other = next((e for e in _signed(entries) if reviewer and _fingerprint(e) != reviewer.fingerprint), None)
    if reviewer and other:
        paper = _to_review(entries)[0]
        whose = f"{paper.source}: has no review, without -r it would be by {reviewer.name} ({reviewer.fingerprint})"
        raise InputError(f"{whose}; {_whose(other)}; {_advice()}")


def _check_texts(entries: Sequence[Entry], *, raw: bool) -> None:
    wanted = "raw" if raw else "scrubbed"
    other = next((e for e in _signed(entries) if e.text not in ("unknown", wanted)), None)
    if other and (raw or _to_review(entries)):
        raise InputError(
            f"{other.source}: its reviews are of {other.text} text, not of {wanted}; give -r SPEC to review all anew"
        )


def _fingerprint(entry: Entry) -> str:
    return entry.reviewer.fingerprint if entry.reviewer else ""


def _whose(entry: Entry) -> str:
    name = entry.reviewer.name if entry.reviewer else ""
    return f"{entry.source}: reviews by {name} ({_fingerprint(entry)})"


def _advice() -> str:
    return "one table has one reviewer: review all papers anew with -r SPEC, or score them apart"


def _record(reviewer: Reviewer, spec: str) -> ScoreReviewer:
    return ScoreReviewer(name=reviewer.name, spec=spec, fingerprint=reviewer.fingerprint, traits=reviewer.traits)


def _merged(entries: Sequence[Entry]) -> ScoreReviewer:
    """The reviewer of the earlier reviews, by whichever of the sources knows most of it."""
    known = [e.reviewer for e in entries if e.reviewer]
    return next((one for one in known if one.traits.kind != "replay"), known[0])
