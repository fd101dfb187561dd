"""Does a review name the flaw: rules, figures on pairs, and a model as the judge."""

from __future__ import annotations

import asyncio
import json
import tomllib
from pathlib import Path

import pytest
from peerassay.bench.stress.flaw_judge import FlawJudge, read_answer
from peerassay.bench.stress.flaw_naming import by_rules, flaw_naming, flaws_by_paper
from peerassay.bench.stress.flaws import PlantedFlaw, names_flaw, planted_flaws, statements
from peerassay.data.errors import InputError
from peerassay.data.registry import load_dataset
from peerassay.llm.messages import Reply, Request
from peerassay.reviewer.review import Review, failed

LABELLED = Path(__file__).parents[2] / "bench" / "stress" / "flaw_sentences.toml"
SAMPLE = load_dataset("sample")
FLAWS = planted_flaws("sample")
BY_PAPER = flaws_by_paper(SAMPLE.judgements, FLAWS)
SENTENCES = tomllib.loads(LABELLED.read_text(encoding="utf-8"))["statements"]
NAMING = {row["flaw"]: row["text"] for row in reversed(SENTENCES) if row["names"] and row["part"] == "seen"}
SOUND = {j.paper_id for j in SAMPLE.judgements if j.accepted}


def review(paper_id: str, *points: str) -> Review:
    return Review(paper_id=paper_id, overall=5, fields={"summary": "A summary.", "weaknesses": list(points)})


def figures(reviews: list[Review]) -> tuple[int, int, int, int]:
    """Flaws named, flawed papers, alarms, sound twins."""
    named = by_rules(reviews, SAMPLE.judgements, FLAWS)
    found = flaw_naming("one", reviews, SAMPLE.judgements, FLAWS, named)
    return found.named.count, found.named.of, found.alarms.count, found.alarms.of


def test_every_flaw_of_sample_and_ladder_has_rules_and_labelled_statements() -> None:
    kinds = {flaw.kind for source in ("sample", "ladder") for flaw in planted_flaws(source).values()}
    assert len(SENTENCES) >= 60 and {row["flaw"] for row in SENTENCES} == kinds
    for kind in kinds:
        assert not names_flaw("The figures are pretty.", PlantedFlaw("", kind, "", ()))


def test_rules_agree_with_a_person_on_statements_written_later() -> None:
    unseen = [row for row in SENTENCES if row["part"] == "unseen"]
    right = [names_flaw(row["text"], PlantedFlaw("", row["flaw"], "", ())) == row["names"] for row in unseen]
    assert sum(right) / len(right) >= 0.8


def test_a_reviewer_that_names_each_flaw_and_one_that_names_none() -> None:
    good = [review(i, "" if i in SOUND else NAMING[flaw.kind]) for i, flaw in BY_PAPER.items()]
    assert figures(good) == (16, 16, 0, 16)
    assert figures([review(i, "The title is long.") for i in BY_PAPER]) == (0, 16, 0, 16)
    same = [review(i, NAMING[flaw.kind]) for i, flaw in BY_PAPER.items()]
    assert figures(same) == (16, 16, 16, 16)


def test_a_quotation_counts_with_a_word_of_criticism_only() -> None:
    flaw = FLAWS["latent-sampler"]
    quoted = " ".join(flaw.passages[0].split()[:9])
    assert names_flaw(f'Why is it that "{quoted}"?', flaw)
    assert not names_flaw(f'"{quoted}" is a fine sentence.', PlantedFlaw("", "one-seed", "", flaw.passages))


def test_summary_and_strengths_name_nothing() -> None:
    one = Review(
        paper_id="p",
        overall=5,
        fields={"summary": "x" * 9, "strengths": ["Seeds are missing."], "Main_Review": "First.\nNo seeds.", "n": 3},
    )
    assert statements(one) == ["First.", "No seeds."]


def test_failed_reviews_are_counted_apart_and_foreign_papers_refused() -> None:
    first = next(iter(BY_PAPER))
    named = by_rules([failed(first, "no key")], SAMPLE.judgements, FLAWS)
    found = flaw_naming("one", [failed(first, "no key")], SAMPLE.judgements, FLAWS, named)
    assert (found.failed, found.named.of, found.alarms.of, found.named.value) == (1, 0, 0, None)
    with pytest.raises(InputError, match="no paper of these reviews"):
        flaws_by_paper(SAMPLE.judgements, planted_flaws("ladder"))
    with pytest.raises(InputError, match="no documented flaws"):
        planted_flaws("nowhere")


class Leaky:
    """A model that says yes where a point speaks of a leak, and nonsense where one asks for it."""

    def __init__(self) -> None:
        self.asked: list[Request] = []

    async def complete(self, request: Request) -> Reply:
        self.asked.append(request)
        points = request.messages[0].text.partition("The points:")[2]
        return Reply(text="maybe" if "nonsense" in points else json.dumps({"names": "leak" in points}), model="leaky")

    def forget(self, request: Request) -> None: ...


def test_a_judge_is_asked_about_points_and_never_told_which_paper() -> None:
    model = Leaky()
    ids = list(BY_PAPER)
    given = [review(ids[0], "There is a leak."), review(ids[1], "Fine."), review(ids[2], "nonsense"), review(ids[3])]
    named, unsaid = asyncio.run(FlawJudge(model).all([*given, failed(ids[4], "no key")], BY_PAPER))
    assert named == {(ids[0], 0): True, (ids[1], 0): False, (ids[3], 0): False}
    assert len(unsaid) == 1 and unsaid[0].startswith(ids[2])
    assert not any(i in request.messages[0].text for request in model.asked for i in ids)
    with pytest.raises(ValueError, match="true or false"):
        read_answer({"names": "yes"})
