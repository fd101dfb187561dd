"""Bundled reviews by name."""

from __future__ import annotations

import asyncio
import csv
from pathlib import Path

import pytest
from peerassay.data.errors import InputError
from peerassay.data.records import Paper
from peerassay.data.registry import load_dataset
from peerassay.reviewer.bundled import StoredReviewer, bundled_replays, released_specs, stored_cell, stored_specs
from peerassay.reviewer.review import Review
from peerassay.reviewer.spec import load_reviewer

RELEASED = [replay for replay in bundled_replays().values() if replay.source]


@pytest.mark.parametrize("replay", RELEASED, ids=lambda replay: replay.name)
def test_released_numbers_are_those_of_the_release(replay, shared_data: Path) -> None:
    bundled = load_reviewer(replay.spec)
    released = load_reviewer(f"replay:{shared_data / 'iclr2022' / 'llm_reviews' / replay.source}")
    assert bundled.paper_ids == released.paper_ids and len(bundled.reviews) == 500
    for paper_id, review in bundled.reviews.items():
        theirs = released.reviews[paper_id]
        assert (review.overall, review.decision) == (theirs.overall, theirs.decision)
        assert all(float(number) == float(theirs.fields[name]) for name, number in review.fields.items())
    assert bundled.traits.scale == released.traits.scale and bundled.traits.accept_at == released.traits.accept_at
    assert bundled.traits.text == "raw" and str(bundled.traits.released) == "2024-05-13"


def test_generated_papers_numbers_are_those_of_the_release(shared_data: Path) -> None:
    from peerassay.bench.scores.bundled import FOLDER

    for path in sorted((shared_data / "generated_papers" / "ratings").glob("*/*.csv")):
        with path.open() as stream:
            theirs = [row["Overall"] for row in csv.DictReader(stream)]
        ours = FOLDER / path.parent.name / path.name.replace("-runs_ratings", "")
        with ours.open() as stream:
            assert [row["Overall"] for row in csv.DictReader(stream)] == theirs


@pytest.mark.parametrize("spec", ["floor:length", "floor:header", "floor:surface", "learned:iclr2022"])
def test_stored_scores_carry_the_name_and_kind_of_their_reviewer(spec: str) -> None:
    stored, original = load_reviewer(stored_specs("iclr2022-scores")[spec]), load_reviewer(spec)
    assert isinstance(stored, StoredReviewer) and not stored.reads_text
    assert (stored.name, stored.traits.kind) == (original.name, original.traits.kind)
    assert stored.traits.trained_on == original.traits.trained_on and stored.traits.text == "scrubbed"
    assert len(stored.paper_ids) == 1019
    assert stored.fingerprint == original.fingerprint, "made by other weights: run `make numbers`"
    assert asyncio.run(stored.review(Paper(id="nobody", text=""))).status == "failed"


def test_stored_scores_of_a_reviewer_that_changed_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    before = load_reviewer("replay:bundled:floor-length")
    monkeypatch.setattr("peerassay.reviewer.bundled.rules_fingerprint", lambda: "0ther")
    after = load_reviewer("replay:bundled:floor-length")
    assert "have changed since" not in " ".join(before.notes)
    assert "have changed since" in " ".join(after.notes) and "scrubbing is 0ther now" in " ".join(after.notes)


def test_a_stored_cell_keeps_score_decision_and_chance() -> None:
    assert stored_cell(Review(paper_id="a", overall=3.5)) == "[3.5]"
    assert stored_cell(Review(paper_id="a", overall=1, decision="reject")) == "[1.0,0]"
    assert stored_cell(Review(paper_id="a", overall=0.3, decision="accept", p_accept=0.3)) == "[0.3,1,1]"
    for other in ({"status": "failed", "reason": "x"}, {"overall": 1, "p_accept": 0.5}):
        with pytest.raises(InputError, match="not a review that"):
            stored_cell(Review.model_validate({"paper_id": "a", **other}))


def test_only_its_own_dataset_has_bundled_reviews() -> None:
    assert len(released_specs("iclr2022-scores", "test")) == 4
    assert released_specs("iclr2022-scores", "all") == released_specs("sample", "test") == []
    assert stored_specs("sample") == {}


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("replay:bundled:gpt-4o-1shots", "unknown bundled replay 'gpt-4o-1shots'; did you mean gpt-4o-1shot"),
        ("replay:bundled:", "unknown bundled replay ''; known: "),
        ("replay:bundled:gpt-4o-1shot?map=score=x", "unknown option 'map'"),
        ("replay:bundled:gpt-4o-1shot?threshold=x", "threshold is 'x', not a number"),
    ],
)
def test_wrong_specs_are_refused(spec: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        load_reviewer(spec)


def test_they_are_of_other_papers_than_the_samples() -> None:
    sample = load_dataset("sample")
    with pytest.raises(InputError, match="not in dataset sample"):
        load_reviewer("replay:bundled:gpt-4o-1shot").match_papers({p.id for p in sample.papers}, "sample")
