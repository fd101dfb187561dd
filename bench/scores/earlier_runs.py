"""Reviews made earlier by this program: reviews.jsonl and whole score runs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ...data.errors import InputError
from ...data.files import read_jsonl, validated
from ...reviewer.protocol import fingerprint_of
from ...reviewer.replay import ReplayReviewer, is_our_own
from ...reviewer.review import Review
from .earlier import ideas_named, origin_of, table_entries
from .entries import Entry, FoundEntries, Origin
from .records import FLOOR, ScoreReviewer
from .run import open_score_run


def jsonl_entries(path: Path, reviewed_by: str | None) -> FoundEntries:
    """The reviews of one reviewer in a reviews.jsonl, `reviewed_by` where it holds those of several.

    Ids of the form TEMPLATE/CONFIGURATION/NAME say all; else names are as in a table, those of a file called
    reviews.jsonl its folder's.

    A file that no run has written is read as a table. Raises InputError where the choice is open, and for reviews that
    do not say who made them.
    """
    if not is_our_own(path):
        return table_entries(path, reviewed_by)
    names = _reviewers_in(path)
    chosen = reviewed_by if reviewed_by in names else None
    if chosen is None and len(names) > 1:
        raise InputError(f"{path}: holds several reviewers ({', '.join(names)}); choose one with --reviewed-by NAME")
    replay = ReplayReviewer(path, reviewer=chosen)
    reviews = list(replay.reviews.values())
    fingerprints = sorted({review.fingerprint for review in reviews})
    if len(fingerprints) > 1:
        raise InputError(
            f"{path}: the reviewer has several fingerprints ({', '.join(fingerprints)}); keep those of one"
        )
    name = reviews[0].reviewer or reviewed_by or "unsigned reviews"
    reviewer = ScoreReviewer(
        name=name,
        fingerprint=fingerprints[0] or fingerprint_of(reviewed_by=name),
        traits=replay.traits,
        unsigned=not reviews[0].reviewer and not reviewed_by,
    )
    origin = Origin(guessed=True)
    ideas = zip(ideas_named(path, reviews), reviews, strict=True)
    return FoundEntries(tuple(Entry(idea, path, origin, review, reviewer) for idea, review in ideas))


def _reviewers_in(path: Path) -> list[str]:
    lines = (validated(Review, value, f"{path}:{number}") for number, value in read_jsonl(path))
    return sorted({review.reviewer for review in lines})


def score_run_entries(folder: Path) -> FoundEntries:
    """The ideas and reviews of an earlier score run. Raises InputError where its files are broken."""
    record, reviews = open_score_run(folder)
    origins = {(group.template, group.configuration): origin_of(group, record.ideas) for group in record.groups}
    entries = []
    for idea in record.ideas:
        shuffled = idea.configuration == FLOOR and idea.paper is not None
        entry = Entry(idea, folder, origins[idea.template, idea.configuration], shuffled=shuffled, pinned=True)
        if idea.id in reviews:
            made = {"reviewer": record.reviewer, "text": record.text, "scrub_rules": record.scrub_rules}
            entry = replace(entry, review=reviews[idea.id], **made)
        entries.append(entry)
    return FoundEntries(tuple(entries))
