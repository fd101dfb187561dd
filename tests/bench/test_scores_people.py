"""People beside the reviewer in a table of scores: the same version alone, one scale alone, and how far they agree."""

from __future__ import annotations

import math

import pytest
from peerassay.bench.scores.metrics import ScoredIdea
from peerassay.bench.scores.people import beside_people
from peerassay.bench.scores.records import Group, PersonScore, ScoreRecord, ScoreReviewer, TriedIdea
from peerassay.bench.scores.summary import summarise_scores
from peerassay.bench.scores.tables import score_tables
from peerassay.reviewer.protocol import Traits
from peerassay.reviewer.review import Review

SCALE = (1.0, 10.0)


def person(score: float, *, version: str = "now", **rest: object) -> PersonScore:
    decision = "accept" if score >= 6 else "reject"
    given = {"by": "Ann", "sha256": version, "score": score, "scale": SCALE, "decision": decision, **rest}
    return PersonScore.model_validate(given)


def idea(number: int, *people: PersonScore) -> TriedIdea:
    return TriedIdea(id=f"t/c/{number}", template="t", configuration="c", name=str(number), sha256="now", people=people)


def record_of(*ideas: TriedIdea) -> ScoreRecord:
    group = Group(template="t", configuration="c", tried=len(ideas))
    reviewer = ScoreReviewer(name="panel", fingerprint="f", traits=Traits(kind="llm", scale=SCALE, accept_at=6))
    return ScoreRecord(reviewer=reviewer, groups=[group], ideas=list(ideas))


def scored(one: TriedIdea, score: float) -> ScoredIdea:
    return ScoredIdea(idea=one, stage="reviewed", score=score, accepted=score >= 6)


def test_the_machine_s_score_is_of_the_version_that_the_person_has_read() -> None:
    old = person(4, version="old", machine_fingerprint="f", machine_score=3, machine_decision="reject")
    other = person(4, version="old", machine_fingerprint="another", machine_score=9, machine_decision="accept")
    one = idea(1, person(7), old, other)
    found = beside_people(record_of(one), [scored(one, 5)], SCALE)
    assert found is not None
    assert [(row.reviewer_score, row.difference, row.agrees) for row in found.rows] == [
        (5, 2, False),
        (3, 1, True),
        (None, None, None),
    ]
    assert found.same_decision is not None and (found.same_decision.value, found.same_decision.n) == (0.5, 1)
    assert found.difference is not None and found.difference.value == 1.5, "a paper counts once"
    assert found.rank_correlation is None, "of one paper"
    elsewhere = beside_people(record_of(one), [scored(one, 5)], (0, 1))
    assert elsewhere is not None and elsewhere.difference is None, "scales differ"
    assert beside_people(record_of(idea(1)), [scored(idea(1), 5)], SCALE) is None


@pytest.mark.parametrize(("papers", "interval", "ranked"), [(9, False, False), (12, True, False), (40, True, True)])
def test_agreement_has_intervals_where_there_are_papers_enough(papers: int, interval: bool, ranked: bool) -> None:
    ideas = [idea(number, person(1 + number * 7 % 10)) for number in range(papers)]
    reviews = {
        one.id: Review(paper_id=one.id, fingerprint="f", overall=1 + (number * 7 + number % 3) % 10)
        for number, one in enumerate(ideas)
    }
    figures = summarise_scores(record_of(*ideas), reviews)
    found = figures.people
    assert found is not None and found.same_decision and found.difference and found.rank_correlation
    assert (found.same_decision.low is not None) == interval and (found.difference.low is not None) == interval
    assert (found.rank_correlation.low is not None) == ranked
    right = sum((1 + n * 7 % 10 >= 6) == (1 + (n * 7 + n % 3) % 10 >= 6) for n in range(papers))
    assert math.isclose(found.same_decision.value or 0, right / papers)
    beside, agreement = score_tables(figures)[-2:]
    assert (len(beside.rows), agreement.title) == (papers, "Agreement of people and reviewer")
    assert "papers for an interval" in str(agreement.rows[0][2]) or interval
