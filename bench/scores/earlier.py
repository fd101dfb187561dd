"""Reviews made earlier: tables of any kind that `replay:` reads, reviews.jsonl, and whole score runs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ...data.errors import InputError
from ...data.files import read_jsonl, validated
from ...data.importers.cells import word
from ...data.importers.columns import spelt
from ...data.importers.released_scores import is_fars, is_mlrbench
from ...reviewer.protocol import check_name, fingerprint_of
from ...reviewer.replay import ENDING, NEURIPS_COLUMNS, ReplayReviewer, is_our_own, table_rows
from ...reviewer.replay_columns import review_columns
from ...reviewer.review import Review
from .entries import Entry, FoundEntries, Origin, new_idea
from .records import FLOOR, Group, ScoreReviewer, TriedIdea
from .released import released_entries
from .run import open_score_run

TABLES = (".csv", ".tsv", ".json")
TEMPLATE = ("template", "task", "benchmark")
CONFIGURATION = ("configuration", "config", "scientist", "system", "generator")
"""Columns that say which group a paper is in."""
ENDINGS = re.compile(r"[-_ ](?:runs|ratings|reviews|scores)$", re.IGNORECASE)
"""What a file's name says beside the configuration."""
SIGNED_BY = ("fingerprint", "reviewer")
"""Columns that say who reviewed."""
HUMAN = ("human_mean", "accepted")
"""Columns of humans in the scores.csv of a run; the second one is theirs only beside the first."""
WHOLE_ID = re.compile(r"(?P<template>[^/]+)/(?P<configuration>.+)/(?P<name>[^/]+)")


def ideas_named(path: Path, reviews: Sequence[Review]) -> list[TriedIdea]:
    """The ideas that reviews by their whole ids, or by paths, are of."""
    whole = [WHOLE_ID.fullmatch(review.paper_id) for review in reviews]
    if all(whole):
        return [_idea(m["template"], m["configuration"], r) for m, r in zip(whole, reviews, strict=True) if m]
    folder = path.resolve().parent.name or "papers"
    named = ("all", folder) if path.stem == "reviews" else (folder, configuration_in(path.stem))
    return [_idea(*named, review) for review in reviews]


def table_entries(path: Path, reviewed_by: str | None) -> FoundEntries:
    """The reviews in a table. Groups are what its columns say (`template`, `configuration`), else its ids where these
    are TEMPLATE/CONFIGURATION/NAME; else the template is called like its folder, the configuration like the file.

    Of published sets with scores by humans and by a judge both are taken, see `released_entries`.

    Raises InputError for a table that `replay:` cannot read, and where its rows name several reviewers.
    """
    rows = table_rows(path)
    if is_mlrbench(rows) or is_fars(rows):
        return released_entries(path, reviewed_by)
    replay = ReplayReviewer(path, rows=_with_groups(path, rows))
    reviews = list(replay.reviews.values())
    reviewer = _table_reviewer(path, reviews, reviewed_by).model_copy(update={"traits": replay.traits})
    origin = Origin(guessed=True)
    ideas = zip(ideas_named(path, reviews), reviews, strict=True)
    return FoundEntries(tuple(Entry(i, path, origin, _unsigned(r), reviewer) for i, r in ideas), tuple(replay.notes))


def _with_groups(path: Path, rows: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
    """The rows with ids that say the group, where there are columns for it."""
    names = {spelt(name): str(name) for row in rows for name in row}
    template, configuration = (
        next((names[name] for name in known if name in names), "") for known in (TEMPLATE, CONFIGURATION)
    )
    if not (template or configuration):
        return rows
    id = review_columns(rows, str(path), {}, [])["paper_id"]
    folder, file = path.resolve().parent.name or "all", configuration_in(path.stem)
    return [
        {**row, id: f"{_said(row, template) or folder}/{_said(row, configuration) or file}/{_bare(_said(row, id))}"}
        if _said(row, id)
        else row
        for row in rows
    ]


def _said(row: Mapping[str, Any], column: str) -> str:
    return word(row.get(column), column)


def _bare(name: str) -> str:
    """The name of an idea without folder and ending of its paper's file."""
    return ENDING.sub("", name.rpartition("/")[2]) or name


def configuration_in(stem: str) -> str:
    """What a file's name says of the configuration: "claude" of "claude-runs_ratings"."""
    while (shorter := ENDINGS.sub("", stem)) != stem and shorter:
        stem = shorter
    return stem


def _idea(template: str, configuration: str, review: Review) -> TriedIdea:
    known = {"title": str(review.fields.get("title") or "")}
    if HUMAN[0] in review.fields:
        known |= {f"human_{name.removeprefix('human_')}": review.fields.get(name) or None for name in HUMAN}
    return new_idea(template, configuration, _bare(review.paper_id), **known)


def _unsigned(review: Review) -> Review:
    """The review without the columns that say who made it, and without those of humans."""
    others = _others(review)
    return review.model_copy(update={"fields": {k: v for k, v in review.fields.items() if k not in others}})


def _others(review: Review) -> set[str]:
    """Columns that are no part of what the reviewer said."""
    return {*SIGNED_BY, *(HUMAN if HUMAN[0] in review.fields else ())}


def _table_reviewer(path: Path, reviews: Sequence[Review], reviewed_by: str | None) -> ScoreReviewer:
    """Who made the reviews of a table: what its columns say, else the name given, else nobody known."""
    signatures = {tuple(str(review.fields.get(column) or "") for column in SIGNED_BY) for review in reviews}
    if len(signatures) > 1:
        raise InputError(
            f"{path}: its rows name several reviewers ({', '.join(sorted(' '.join(s).strip() for s in signatures))}); "
            f"make a file of each"
        )
    fingerprint, name = signatures.pop()
    columns = sorted({column for review in reviews for column in review.fields.keys() - _others(review)})
    if not fingerprint and not name and reviewed_by is None:
        unsigned = fingerprint_of(unsigned=columns)
        return ScoreReviewer(name=f"unsigned reviews ({_form(columns)})", fingerprint=unsigned, unsigned=True)
    if not fingerprint and not name and reviewed_by is not None:
        check_name(reviewed_by, "--reviewed-by")
    name = name or reviewed_by or fingerprint
    return ScoreReviewer(name=name, fingerprint=fingerprint or fingerprint_of(reviewed_by=name, columns=columns))


def _form(columns: Sequence[str]) -> str:
    """The columns beside the score and the decision, in words."""
    if set(columns) >= NEURIPS_COLUMNS - {"Overall"}:
        return "columns of the NeurIPS form"
    return f"columns: {', '.join(columns)}" if columns else "scores alone"


def origin_of(group: Group, ideas: Sequence[TriedIdea]) -> Origin:
    """Where a group comes from, with the ideas that are there of it."""
    there = sum((i.template, i.configuration) == (group.template, group.configuration) for i in ideas)
    return Origin(
        tried_from=group.tried_from,
        usd=group.usd,
        settings=group.settings,
        template_fingerprint=group.template_fingerprint,
        scientist_fingerprint=group.scientist_fingerprint,
        untold=group.tried - there,
    )


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
