"""What keeps memory small where there are many papers: run.json by lines, texts on disk, known reviews, scores.csv."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from peerassay.bench import prepared
from peerassay.bench.judgements import read_judged
from peerassay.bench.known import Known
from peerassay.bench.load_outcomes import humans_of
from peerassay.bench.prepared import Prepared
from peerassay.bench.run import BenchRecord, Run, run_dataset, start_run
from peerassay.bench.scores_csv import write_scores_csv
from peerassay.data import spool
from peerassay.data.dataset import Dataset
from peerassay.data.errors import InputError
from peerassay.data.lines import Lines
from peerassay.data.records import Judgement
from peerassay.data.registry import load_dataset
from peerassay.reviewer.floors import make_floor
from peerassay.reviewer.replay import ReplayReviewer
from peerassay.reviewer.review import Review, failed
from peerassay.reviewer.scrub import scrub_paper
from peerassay.reviewer.stored_reviews import StoredReviews


@pytest.fixture
def dataset() -> Dataset:
    return load_dataset("sample").subset("test")


@pytest.fixture
def run(tmp_path: Path, dataset: Dataset) -> Run:
    papers = run_dataset(dataset, source="sample", split="test", limit=None, scrub_rules="x")
    return start_run(tmp_path / "run", papers, dataset, ["peerassay", "bench"])


def test_the_judgements_of_a_run_stand_on_a_line_each_and_are_held_as_lines(run: Run, dataset: Dataset) -> None:
    path = run.folder / "run.json"
    lines = path.read_text().splitlines()
    found = [line for line in lines if line.startswith('    {"paper_id": ')]
    assert len(found) == len(dataset)
    assert [one["paper_id"] for one in json.loads(path.read_text())["judgements"]] == [*dataset.ids]
    there = Run.open(run.folder).record
    assert isinstance(there.judgements, Lines) and there == run.record and there.judgements == dataset.judgements
    assert there.model_dump(mode="json") == json.loads(path.read_text())


@pytest.mark.parametrize("indent", [None, 1, 2])
def test_a_record_in_another_layout_is_read_as_well(run: Run, indent: int | None) -> None:
    path = run.folder / "run.json"
    path.write_text(json.dumps(json.loads(path.read_text()), indent=indent))
    assert Run.open(run.folder).record == run.record


def test_what_is_wrong_in_a_record_is_named_as_before(run: Run, dataset: Dataset) -> None:
    path = run.folder / "run.json"
    whole = path.read_text()
    path.write_text(whole.replace('"decision": "accept"', '"decision": "perhaps"', 1))
    with pytest.raises(InputError, match=r"run\.json: field judgements\.\d+\.decision: "):
        Run.open(run.folder)
    path.write_text(whole.replace('"decision": "accept", ', '"decision": "accept" ', 1))
    with pytest.raises(InputError, match=r"run\.json:\d+: not JSON"):
        Run.open(run.folder)
    path.write_text(whole.removesuffix("]\n}\n"))
    with pytest.raises(InputError, match=r"run\.json:\d+: not JSON"):
        read_judged(BenchRecord, path)
    first = json.dumps(json.loads(whole)["judgements"][0], ensure_ascii=False)
    path.write_text(whole.replace(f"    {first},\n", ""))
    with pytest.raises(InputError, match=f"has {len(dataset) - 1} judgements for {len(dataset)} papers"):
        Run.open(run.folder)


def test_texts_are_scrubbed_once_and_more_than_memory_holds_lie_in_the_folder(
    tmp_path: Path, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "IN_MEMORY", 1000)
    monkeypatch.setattr(prepared, "MANY", 2)
    monkeypatch.setattr(prepared, "AT_ONCE", 5)
    ready = Prepared(tmp_path)
    ready.make_ready(dataset.papers[3:])
    expected = [scrub_paper(paper) for paper in dataset.papers]
    monkeypatch.setattr(prepared, "scrub_paper", lambda paper: paper if paper.id in dataset.ids[3:] else expected[0])
    assert [ready(paper) for paper in dataset.papers[3:]] == expected[3:]
    assert ready(dataset.papers[0]) == expected[0]
    assert not [*tmp_path.iterdir()]


def test_papers_of_one_id_keep_their_texts_apart_from_the_others(
    tmp_path: Path, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepared, "MANY", 2)
    one, two, three, *_ = dataset.papers
    ready = Prepared(tmp_path)
    ready.make_ready([one, two, two, three])
    assert [ready(paper) for paper in (one, two, three)] == [scrub_paper(paper) for paper in (one, two, three)]


def test_a_run_holds_what_a_judgement_has_and_nothing_else_of_its_file(tmp_path: Path, run: Run) -> None:
    lines = [json.dumps({**j.model_dump(mode="json"), "remark": float("nan")}) for j in run.record.judgements]
    (tmp_path / "judgements.jsonl").write_text("\n".join(lines))
    run.record.judgements = Lines.read(Judgement, tmp_path / "judgements.jsonl", lambda one: one.paper_id)
    run.save()
    assert "remark" not in (run.folder / "run.json").read_text()
    assert Run.open(run.folder).record == run.record


def test_an_empty_group_is_none() -> None:
    judgements = [Judgement(paper_id=i, decision=d, group="") for i, d in (("a", "accept"), ("b", "reject"))]
    assert humans_of(judgements).groups == ("a", "b")


def test_what_is_recalled_of_papers_that_a_dataset_has_not_makes_no_row(tmp_path: Path) -> None:
    table = tmp_path / "recalled.csv"
    table.write_text("paper_id,score,recall\na,5,\nb,6,\nstranger,1,outcome\n")
    replay = ReplayReviewer(table)
    assert replay.knows_recall
    replay.match_papers({"a", "b"}, "toy")
    assert not replay.knows_recall


def test_known_reviews_are_the_last_of_each_and_tell_whether_they_stand() -> None:
    length = make_floor("length")
    signed = {"reviewer": length.name, "fingerprint": length.fingerprint}
    reviews = [
        failed("a", "no key").model_copy(update=signed),
        Review(paper_id="a", overall=3, **signed),
        failed("b", "no key").model_copy(update={**signed, "repeat": 1}),
        Review(paper_id="c", overall=3, **{**signed, "fingerprint": "another"}),
    ]
    known = Known(reviews)
    assert (known.of(length), known.of(length, 1), known.of(length, 2)) == ({"a": True}, {"b": False}, {})
    assert known.counts() == {length.name: 3}
    assert known.stands(1, (length.name, length.fingerprint, "b")) is False
    assert known.stands(0, (length.name, length.fingerprint, "b")) is None


def test_stored_reviews_are_told_by_the_names_that_a_dataset_has_for_their_papers() -> None:
    reviews = {name: Review(paper_id=name, overall=n, fields={"why": "é"}) for n, name in enumerate("abc")}
    stored = StoredReviews.of(reviews)
    assert stored == reviews
    renamed = stored.renamed({"c": "C", "a": "a"})
    assert renamed == {"a": reviews["a"], "C": reviews["c"].model_copy(update={"paper_id": "C"})}


def test_scores_csv_has_the_review_that_stands_by_repeat_reviewer_and_paper(run: Run, dataset: Dataset) -> None:
    length, header = make_floor("length"), make_floor("header")
    run.add_reviewer(header, "floor:header")
    run.add_reviewer(length, "floor:length")
    first, second, *_ = dataset.ids
    appender = run.appender()
    for reviewer, paper, repeat, review in [
        (length, second, 0, failed(second, "no key")),
        (length, first, 1, Review(paper_id=first, decision="reject", p_accept=0.25)),
        (header, second, 0, Review(paper_id=second, overall=7.5, decision="accept")),
        (length, second, 0, Review(paper_id=second, overall=0.0)),
        (length, first, 0, failed(first, "no key")),
        (length, "stranger", 0, Review(paper_id="stranger", overall=1)),
    ]:
        signed = {"reviewer": reviewer.name, "fingerprint": reviewer.fingerprint, "repeat": repeat, "paper_id": paper}
        appender.add(review.model_copy(update=signed))
    write_scores_csv(run, run.folder / "scores.csv")
    rows = [*csv.reader((run.folder / "scores.csv").open())]
    assert [row[:2] + row[3:8] for row in rows[1:]] == [
        [second, header.name, "0", "ok", "7.5", "accept", ""],
        [first, length.name, "0", "failed", "", "", ""],
        [second, length.name, "0", "ok", "0.0", "", ""],
        [first, length.name, "1", "ok", "", "reject", "0.25"],
    ]
    judgement = dataset.judgements[0]
    assert rows[2][8:] == [
        "" if judgement.mean_rating is None else str(judgement.mean_rating),
        str(int(judgement.accepted)),
        judgement.tier or "",
        judgement.split,
    ]
