"""The shuffled floor of a batch: same words, no argument, a group of its own on each template."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest
from made_scores import made_record
from peerassay.bench.scores.entries import Entry, Origin, new_idea
from peerassay.bench.scores.reading import floor_entries, read_papers, shuffled
from peerassay.bench.scores.records import FLOOR
from peerassay.bench.scores.report import headlines
from peerassay.bench.scores.summary import summarise_scores
from peerassay.data.records import Paper
from peerassay.data.registry import load_dataset
from peerassay.reviewer.spec import load_reviewer


def words(text: str) -> Counter[str]:
    return Counter(text.split())


def test_shuffled_papers_have_the_same_words_in_another_order() -> None:
    for paper in load_dataset("sample").papers[:6]:
        floor = shuffled(paper)
        assert words(floor.text) == words(paper.text)
        assert floor.text != paper.text
        assert floor.sections == ()
        assert len(floor.abstract) == len(paper.abstract)
        kept = sum(a == b for a, b in zip(paper.text.split(), floor.text.split(), strict=True))
        assert kept < 0.2 * len(paper.text.split())


def test_the_order_follows_from_the_id_alone() -> None:
    paper = load_dataset("sample").papers[0]
    assert shuffled(paper) == shuffled(paper)
    assert shuffled(paper).text != shuffled(paper.model_copy(update={"id": "another"})).text


def test_a_sentence_stays_whole() -> None:
    paper = Paper(id="x", text="One is 1.5 here. Two follows! Does three?\n\nA heading\n\nFour ends.")
    parts = ["One is 1.5 here.", "Two follows!", "Does three?", "A heading", "Four ends."]
    assert sorted(shuffled(paper).text.split("\n")) == sorted(parts)


def entry(path: Path | None, template: str, configuration: str, name: str) -> Entry:
    idea = new_idea(template, configuration, name, paper=str(path) if path else None, finished=path is not None)
    return Entry(idea, path or Path("there"), Origin())


def test_each_template_has_its_own_floor_and_ideas_without_a_paper_have_none(tmp_path: Path) -> None:
    path = tmp_path / "paper.md"
    path.write_text(load_dataset("sample").papers[0].text)
    entries = [
        entry(path, "diffusion", "a", "x"),
        entry(path, "diffusion", "b", "x"),
        entry(path, "grokking", "a", "x"),
    ]
    found = floor_entries([*entries, entry(None, "diffusion", "a", "y"), entry(tmp_path / "gone.md", "t", "a", "z")])
    assert [e.idea.id for e in found] == [
        f"diffusion/{FLOOR}/a x",
        f"diffusion/{FLOOR}/b x",
        f"grokking/{FLOOR}/a x",
    ]
    assert found[0].origin is found[1].origin
    assert found[0].origin is not found[2].origin
    assert {e.idea.usd for e in found} == {0.0}
    assert floor_entries(found) == []


def test_what_is_reviewed_is_shuffled_and_scrubbed(tmp_path: Path) -> None:
    path = tmp_path / "paper.md"
    text = load_dataset("sample").papers[0].text
    path.write_text(text)
    plain = entry(path, "t", "a", "x")
    read, papers = read_papers([plain, *floor_entries([plain])], raw=False)
    one, floor = papers.values()
    assert words(floor.text) == words(one.text)
    assert floor.text != one.text
    assert (read[0].idea.hidden, read[1].idea.hidden) == (0, None)
    assert read[0].idea.sha256 == read[1].idea.sha256 != ""


def test_a_reviewer_of_words_hardly_sees_it() -> None:
    """What the floor is for: the learned reviewer counts words, so that order moves its score little."""
    reviewer = load_reviewer("learned:iclr2022")
    papers = load_dataset("sample").papers[:8]
    pairs = [(p, shuffled(p)) for p in papers]
    scores = [[asyncio.run(reviewer.review(paper)).overall or 0.0 for paper in pair] for pair in pairs]
    spread = max(plain for plain, _ in scores) - min(plain for plain, _ in scores)
    assert sum(plain - floor for plain, floor in scores) / len(scores) == pytest.approx(0, abs=spread)


def test_a_note_names_what_is_not_resolved_as_better_than_the_floor() -> None:
    low, high = [3.0, 4, 3, 4, 3, 4, 3, 4], [7.0, 8, 7, 8, 7, 8, 7, 8]
    groups = {("t", "good"): (8, high), ("t", "same"): (8, low), ("t", FLOOR): (8, low), ("u", "worse"): (8, low)}
    record, reviews = made_record({**groups, ("u", FLOOR): (8, high)})
    (note,) = [n for n in summarise_scores(record, reviews).notes if FLOOR in n and "resolved" in n]
    assert "t/same" in note
    assert "u/worse" in note
    assert "t/good" not in note
    alone, reviews = made_record({("t", "one"): (1, [3.0]), ("t", FLOOR): (1, [3.0])})
    assert not any("Not resolved" in n for n in summarise_scores(alone, reviews).notes)


def test_the_floor_stands_last_and_the_headline_is_of_a_configuration() -> None:
    low, high = [3.0, 4, 3, 4, 3, 4, 3, 4], [7.0, 8, 7, 8, 7, 8, 7, 8]
    record, reviews = made_record({("t", FLOOR): (8, high), ("t", "a"): (8, low), ("t", "b"): (8, low)})
    figures = summarise_scores(record, reviews)
    assert [group.configuration for group in figures.groups] == ["a", "b", FLOOR]
    (headline,) = headlines(figures)
    assert headline.name == "t: a"
    assert "; not resolved from the second, b (" in headline.rest
    assert f"; resolved from {FLOOR} (sentences in random order) (−4" in headline.rest
