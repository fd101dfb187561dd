"""Score records that are made up: groups with so many ideas tried, and the scores of their papers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from peerassay.bench.scores.metrics import ScoredIdea
from peerassay.bench.scores.records import Group, ScoreRecord, ScoreReviewer, TriedIdea
from peerassay.reviewer.protocol import Traits
from peerassay.reviewer.review import Review

Scored = tuple[ScoreRecord, dict[str, Review]]
FORM = Traits(kind="llm", scale=(1, 10), accept_at=6)


def made_record(
    groups: Mapping[tuple[str, str], tuple[int, Sequence[float]]], *, traits: Traits = FORM, **changes: Any
) -> Scored:
    """A record of groups by (template, configuration), each with ideas tried and scores; `changes` are its fields."""
    ideas: list[TriedIdea] = []
    reviews: dict[str, Review] = {}
    for (template, configuration), (_, scores) in groups.items():
        for i, score in enumerate(scores):
            idea = made_idea(template, configuration, f"idea {i}")
            ideas.append(idea)
            reviews[idea.id] = Review(paper_id=idea.id, overall=score)
    fields: dict[str, Any] = {
        "created": "2026-01-01T00:00:00+00:00",
        "peerassay": "0.1.0",
        "command": ["peerassay", "score", "papers"],
        "reviewer": ScoreReviewer(name="panel", spec="openai/panel", fingerprint="0123456789ab", traits=traits),
        "groups": [
            Group(template=template, configuration=configuration, tried=tried, tried_from="given")
            for (template, configuration), (tried, _) in groups.items()
        ],
        "ideas": ideas,
        **changes,
    }
    return ScoreRecord(**fields), reviews


def made_idea(template: str, configuration: str, name: str, **fields: Any) -> TriedIdea:
    id = f"{template}/{configuration}/{name}"
    return TriedIdea(id=id, template=template, configuration=configuration, name=name, **fields)


def scored(values: Sequence[float | None]) -> list[ScoredIdea]:
    """Ideas of the group t/c, those with None without a paper."""
    return [
        ScoredIdea(
            idea=made_idea("t", "c", f"idea {i}", finished=value is not None),
            stage="unfinished" if value is None else "reviewed",
            score=value,
            accepted=None if value is None else value >= 6,
        )
        for i, value in enumerate(values)
    ]
