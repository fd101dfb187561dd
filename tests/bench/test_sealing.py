"""Sealed forecasts: what binds them, what opens them, and what is refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from peerassay.bench.measure import BenchSettings
from peerassay.bench.report import facts
from peerassay.bench.sealing.opening import Opening, prepare_opening
from peerassay.bench.sealing.reading import check_kept, check_seal
from peerassay.bench.sealing.records import KeptSeal, Seal, memory_of
from peerassay.bench.sealing.sealing import FailedReviews
from peerassay.bench.summary import summarise
from peerassay.data.errors import InputError
from peerassay.data.importing import import_dataset
from peerassay.data.registry import load_dataset
from pydantic import ValidationError
from sealed_papers import (
    DECIDED,
    Clock,
    N,
    accepted,
    decisions_table,
    import_undecided,
    prepared,
    rewritten,
    seer,
    sure,
    title_of,
    undecided_table,
)

Change = Callable[[Any], object]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a seal of two reviewers, made once."""
    folder = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PEERASSAY_DATA", str(folder / "data"))
        import_undecided(folder)
        clock = Clock()
        sealing = prepared(folder / "run", clock, seer, sure)
        sealing.review([])
        clock.move(1)
        sealing.seal(with_failures=True)
    return folder / "run"


@pytest.fixture
def sealed(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "sealed"))


def opened(sealed: Path, table: Path, *, days: float = 150, date: str | None = DECIDED, **named: Any) -> Opening:
    clock = Clock()
    clock.move(days)
    settings = BenchSettings(dataset_date=date, draws=100)
    return prepare_opening(sealed, str(table), settings, clock=clock, **named)


def test_a_failed_review_is_tried_again_before_the_seal_and_never_after(tmp_path: Path, clock: Clock) -> None:
    import_undecided(tmp_path)
    calls = 0

    def mended(paper: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 8:
            raise ConnectionError("the line was cut")
        return sure(paper)

    sealing = prepared(tmp_path / "run", clock, mended, retry_failed=True)
    sealing.review([])
    with pytest.raises(FailedReviews, match=r"1 of 40 reviews by mended failed .*the line was cut.*--retry-failed"):
        sealing.seal()
    assert not (tmp_path / "run" / "seal.json").exists()
    sealing.review([])
    assert calls == N + 1
    sealing.seal()
    with pytest.raises(InputError, match="sealed already, and a seal cannot be continued"):
        sealing.review([])
    with pytest.raises(InputError, match="sealed already"):
        prepared(tmp_path / "run", clock, mended, retry_failed=True)
    with pytest.raises(InputError, match="sealed already"):
        sealing.seal()


def test_a_run_that_was_stopped_is_not_sealed(tmp_path: Path, clock: Clock) -> None:
    import_undecided(tmp_path)
    sealing = prepared(tmp_path / "run", clock, sure)
    sealing.review([])
    reviews = tmp_path / "run" / "reviews.jsonl"
    reviews.write_text("".join(reviews.read_text().splitlines(keepends=True)[:30]))
    with pytest.raises(InputError, match="sure has reviewed 30 of 40 papers; start the same command again"):
        sealing.seal()
    sealing.review([])
    clock.move(-1)
    with pytest.raises(InputError, match="the clock goes back: the run began on 2026-10-01T12:00:00Z"):
        sealing.seal()


def test_only_the_owner_reads_what_is_kept_and_the_seal_hides_the_scores(made: Path) -> None:
    modes = {path.name: path.stat().st_mode & 0o777 for path in made.iterdir()}
    assert (modes["seal-private.json"], modes["reviews.jsonl"], modes["seal.json"]) == (0o600, 0o600, 0o644)
    assert made.stat().st_mode & 0o777 == 0o700
    public, private = json.loads((made / "seal.json").read_text()), json.loads((made / "seal-private.json").read_text())
    salts = [one["salt"] for one in private["reviewers"]]
    text = (made / "seal.json").read_text()
    assert len({*salts}) == 2 and not any(salt in text for salt in salts)
    assert "p00" not in text and "reviews" not in public and "overall" not in text
    seal = Seal.model_validate(public)
    assert seal.line == f"peerassay-seal-1 2026-10-02T12:00:00Z sha256:{seal.computed()}"


def test_equal_scores_give_other_digests_each_time(tmp_path: Path, clock: Clock) -> None:
    import_undecided(tmp_path)
    seals = []
    for name in "ab":
        sealing = prepared(tmp_path / name, clock, sure)
        sealing.review([])
        seals.append(sealing.seal())
    assert seals[0].papers == seals[1].papers
    assert seals[0].reviewers[0].scores != seals[1].reviewers[0].scores
    assert seals[0].commitment != seals[1].commitment


def swapped(value: Any) -> None:
    papers = value["reviewers"][0]["reviews"]
    papers[0]["paper_id"], papers[1]["paper_id"] = papers[1]["paper_id"], papers[0]["paper_id"]


def flipped(value: Any) -> None:
    review = value["reviewers"][1]["reviews"][3]
    review["decision"] = "reject"


def better(value: Any) -> None:
    value["reviewers"][0]["reviews"][5]["overall"] += 0.5


def other_model(value: Any) -> None:
    value["reviewers"][0]["traits"]["model"] = "a-newer-model"


def other_salt(value: Any) -> None:
    value["reviewers"][0]["salt"] = "0" * 64


def twice(value: Any) -> None:
    value["reviewers"][0]["reviews"].append(value["reviewers"][0]["reviews"][0])


def exchanged(value: Any) -> None:
    first, second = value["reviewers"]
    first["reviews"], second["reviews"] = second["reviews"], first["reviews"]


def one_more(value: Any) -> None:
    value["papers"].append({"id": "p99", "title": "Extra"})


def one_less(value: Any) -> None:
    value["papers"].pop()


def no_failure(value: Any) -> None:
    review = next(r for r in value["reviewers"][0]["reviews"] if r["status"] == "failed")
    review.update(status="ok", overall=1.0, decision="reject", reason="")


PRIVATE = [
    (better, "the scores of seer or their salt are not those that were sealed"),
    (flipped, "the scores of sure or their salt are not those that were sealed"),
    (no_failure, "the scores of seer or their salt are not"),
    (other_salt, "the scores of seer or their salt are not"),
    (exchanged, "the scores of seer or their salt are not"),
    (swapped, "the reviews by seer are not one of each sealed paper, in its order"),
    (twice, "the reviews by seer are not one of each sealed paper"),
    (other_model, "seer is not the reviewer that was sealed"),
    (one_more, "its papers are not those that were sealed"),
    (one_less, "its papers are not those that were sealed"),
    (lambda v: v["reviewers"].pop(), r"its reviewers are not those that were sealed \(seer, sure\)"),
    (lambda v: v.update(commitment="1" * 64), "belongs to another seal"),
]


@pytest.mark.parametrize(("change", "words"), PRIVATE)
def test_what_was_kept_and_changed_is_refused(sealed: Path, tmp_path: Path, change: Change, words: str) -> None:
    rewritten(sealed / "seal-private.json", change)
    with pytest.raises(InputError, match=words):
        opened(sealed, decisions_table(tmp_path / "d.csv"))


PUBLIC = [
    lambda v: v.update(sealed="2026-09-01T12:00:00Z"),
    lambda v: v["reviewers"][0]["traits"].update(model="other"),
    lambda v: v["reviewers"][0].update(fingerprint="f" * 12),
    lambda v: v["reviewers"][0].update(scores="a" * 64),
    lambda v: v["papers"].reverse(),
    lambda v: v.update(scrub_rules="none"),
    lambda v: v.update(dataset="another"),
]


@pytest.mark.parametrize("change", PUBLIC)
def test_a_seal_that_was_changed_is_refused(sealed: Path, tmp_path: Path, change: Change) -> None:
    rewritten(sealed / "seal.json", change)
    with pytest.raises(InputError, match=r"seal\.json: changed after it was sealed"):
        opened(sealed, decisions_table(tmp_path / "d.csv"))


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where each plain value stands within lists and objects."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    return [path] if inner is None else [leaf for key, part in inner for leaf in leaves(part, (*path, key))]


BOUND = ("overall", "decision", "p_accept", "salt", "commitment", "id", "paper_id")
"""What a seal binds of the private file."""


@given(st.data())
def test_no_value_of_a_seal_or_of_a_kept_score_can_be_another(made: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["seal.json", "seal-private.json"]))
    values = {one: json.loads((made / one).read_text()) for one in ("seal.json", "seal-private.json")}
    bound = [path for path in leaves(values[name]) if name == "seal.json" or path[-1] in BOUND]
    *way, last = data.draw(st.sampled_from(bound))
    holder = values[name]
    for key in way:
        holder = holder[key]
    others = [None, 0, 1, True, 0.5, "accept", "0" * 64, "x", []]
    holder[last] = data.draw(st.sampled_from([other for other in others if other != holder[last]]))
    with pytest.raises((InputError, ValidationError)):
        seal = Seal.model_validate(values["seal.json"])
        check_seal(seal, "seal")
        check_kept(seal, KeptSeal.model_validate(values["seal-private.json"]), "private")


def test_a_seal_made_anew_is_not_the_one_that_was_published(sealed: Path, tmp_path: Path) -> None:
    line = Seal.model_validate_json((sealed / "seal.json").read_text()).line
    assert opened(sealed, decisions_table(tmp_path / "d.csv"), published=line).opened.published == line

    def backdated(value: Any) -> None:
        value.update(sealed="2026-10-02T11:00:00Z")
        value["commitment"] = Seal.model_validate(value).computed()

    rewritten(sealed / "seal.json", backdated)
    anew = Seal.model_validate_json((sealed / "seal.json").read_text()).commitment
    rewritten(sealed / "seal-private.json", lambda v: v.update(commitment=anew))
    assert opened(sealed, decisions_table(tmp_path / "d.csv"))
    with pytest.raises(InputError, match="--published: .* is not the commitment of this seal"):
        opened(sealed, decisions_table(tmp_path / "d.csv"), published=line)


def test_decisions_that_are_not_there_yet(sealed: Path, tmp_path: Path) -> None:
    import_undecided(tmp_path)
    with pytest.raises(InputError, match="venue27 is not decided yet: its papers can be reviewed and sealed"):
        prepare_opening(sealed, "venue27", BenchSettings())
    table = decisions_table(tmp_path / "half.csv", leave=N // 2)
    with pytest.raises(InputError, match=r"says nothing of 20 of 40 sealed papers \(p20, p21, .* and 12 more\); wait"):
        opened(sealed, table)
    table = decisions_table(tmp_path / "some.csv", words={3: "Under review", 4: ""})
    with pytest.raises(InputError, match=r"says nothing of 2 of 40 sealed papers \(p03, p04\)"):
        opened(sealed, table)
    whole = decisions_table(tmp_path / "whole.csv")
    with pytest.raises(InputError, match="decided on 2027-01-20, and now it is 2026-10-11T12:00:00Z: opened too early"):
        opened(sealed, whole, days=10)
    with pytest.raises(InputError, match="the clock goes back: this was sealed at 2026-10-02T12:00:00Z"):
        opened(sealed, whole, days=0)
    every = decisions_table(tmp_path / "every.csv", words=dict.fromkeys(range(N), "Accept"))
    with pytest.raises(InputError, match="all 40 papers are accepted"):
        opened(sealed, every)


def test_another_dataset_and_another_model(sealed: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none of the 40 sealed papers is in it .* the seal is of venue27"):
        prepare_opening(sealed, "sample", BenchSettings())
    table = decisions_table(tmp_path / "d.csv")
    table.write_text(
        table.read_text().replace("for problem", "of a wholly different matter seen anew and otherwise and never")
    )
    with pytest.raises(InputError, match=r"40 of 40 papers have other titles .* it is another dataset"):
        opened(sealed, table)
    with pytest.raises(InputError, match=r"floor:length .* is not a reviewer of this seal, which is of seer"):
        opened(sealed, decisions_table(tmp_path / "d.csv"), reviewers=["floor:length"])
    assert opened(sealed, decisions_table(tmp_path / "d.csv"), reviewers=[sure])


def test_papers_that_left_are_counted_named_and_never_a_way_out(sealed: Path, tmp_path: Path) -> None:
    table = decisions_table(tmp_path / "d.csv", words={3: "Withdrawn by authors", 5: "Desk Reject"}, leave=N - 1)
    with pytest.raises(InputError, match=r"says nothing of 1 of 40 sealed papers \(p39\)"):
        opened(sealed, table)
    found = opened(sealed, table, withdrawn=["p39"])
    assert found.opened.withdrawn == {
        "p03": "Withdrawn by authors",
        "p05": "Desk Reject",
        "p39": "named by --withdrawn",
    }
    assert (len(found.dataset), found.opened.decided) == (37, 37)
    with pytest.raises(InputError, match="--withdrawn p01: has a decision in d, and counts"):
        opened(sealed, table, withdrawn=["p39", "p01"])
    with pytest.raises(InputError, match="unknown sealed paper 'p93'; did you mean p39"):
        opened(sealed, table, withdrawn=["p93"])


def test_papers_beyond_the_seal_and_papers_twice(sealed: Path, tmp_path: Path) -> None:
    table = decisions_table(tmp_path / "d.csv")
    with table.open("a") as stream:
        stream.write("extra,Another paper,Accept\n")
    assert len(opened(sealed, table).dataset) == N
    with table.open("a") as stream:
        stream.write(f"p00,{title_of(0)},Reject\n")
    with pytest.raises(InputError, match="1 ids stand more than once, e.g. p00"):
        opened(sealed, table)
    again = decisions_table(tmp_path / "again.csv")
    with again.open("a") as stream:
        stream.write(f"p00,{title_of(0)},Withdrawn\n")
    with pytest.raises(InputError, match="1 papers are decided and withdrawn, e.g. p00"):
        opened(sealed, again)


def test_two_papers_with_their_titles_exchanged_are_told(sealed: Path, tmp_path: Path) -> None:
    table = decisions_table(tmp_path / "d.csv")
    text = table.read_text().replace("p00,", "x,").replace("p11,", "p00,").replace("x,", "p11,")
    table.write_text(text)
    assert opened(sealed, table).opened.retitled == ["p00", "p11"]


def test_failures_count_as_wrong_and_the_figures_are_of_the_decided(sealed: Path, tmp_path: Path) -> None:
    table = decisions_table(tmp_path / "d.csv", words={3: "Withdrawn"})
    opening = opened(sealed, table)
    run, _ = opening.review(["peerassay"])
    metrics, _, _ = summarise(run, draws=100)
    figures = {one.name: one for one in metrics.reviewers}
    assert (figures["seer"].n, figures["seer"].reviewed, figures["seer"].failures) == (
        39,
        38,
        {"ConnectionError: the line was cut": 1},
    )
    own = next(row for row in figures["sure"].decisions if row.kind == "own")
    assert own.confusion == {"tp": 13, "fp": 26, "fn": 0, "tn": 0}
    assert sum(accepted(number) for number in range(N) if number != 3) == 13
    seal = metrics.seal
    assert seal is not None and (seal.n, seal.decided, seal.memory) == (40, 39, "impossible")
    assert "Withdrawn since the sealing, in no figure: p03 (Withdrawn)." in metrics.notes
    assert not metrics.ages and ("Commitment", seal.line) in facts(metrics, run.record)
    again, outcome = opened(sealed, table, days=200).review(["peerassay"])
    assert (outcome.reviewed, again.record.seal) == (0, run.record.seal)
    changed = decisions_table(tmp_path / "d.csv")
    with pytest.raises(InputError, match="holds a run with name"):
        opened(sealed, changed).review([])


@pytest.mark.parametrize(
    ("decided_on", "expected"),
    [
        ("2027-01-20", "impossible"),
        ("2027", "impossible"),
        ("2026-10", "possible"),
        ("2026-10-02", "possible"),
        ("2026-10-03", "impossible"),
        ("2025", "possible"),
        ("", "unchecked"),
    ],
)
def test_what_the_dates_say_of_memory(decided_on: str, expected: str) -> None:
    assert memory_of("2026-10-02T12:00:00Z", decided_on) == expected


def test_what_cannot_be_sealed(tmp_path: Path, clock: Clock) -> None:
    import_undecided(tmp_path)
    for settings, words in (
        ({"recall": True}, "--seal does not go with --recall"),
        ({"repeats": 2}, "--seal does not go with --repeats"),
        ({"mixes": ("oral-vs-reject",)}, "--seal does not go with --mix"),
        ({"split": "calibration"}, "--seal does not go with --split"),
    ):
        with pytest.raises(InputError, match=words):
            prepared(tmp_path / "run", clock, sure, **settings)
    with pytest.raises(InputError, match="needs the share of accepted papers, which nobody knows yet"):
        prepared(tmp_path / "run", clock, "floor:base-rate")
    import_dataset("done", decisions_table(tmp_path / "d.csv"), columns={"text": "title"})
    assert load_dataset("done").card.accepted
    for name in ("done", "sample"):
        with pytest.raises(InputError, match=f"dataset {name} is decided already"):
            from peerassay.data.undecided import undecided_papers

            undecided_papers(name)


def test_what_comes_in_undecided(tmp_path: Path) -> None:
    table = undecided_table(tmp_path / "u.csv")
    table.write_text(table.read_text().replace("Under review", "Withdrawn", 1).replace("Under review", "Reject", 1))
    dataset = import_dataset("u", table, undecided=True)
    assert dataset.card.excluded == {"Withdrawn": 1, "decided already": 1}
    assert (dataset.card.labels, len(dataset), dataset.judgements) == ("undecided", N - 2, ())
    with pytest.raises(InputError, match="u is not decided yet"):
        load_dataset("u")
    table.write_text(table.read_text().replace("Under review", "Accept"))
    with pytest.raises(InputError, match=r"none of 40 rows can be used: .*import decided papers without --undecided"):
        import_dataset("v", table, undecided=True)
    bare = tmp_path / "bare.csv"
    bare.write_text("id,title,abstract\na,A,words\nb,B,words\n")
    with pytest.raises(InputError, match=r"no column 'decision' .*--undecided"):
        import_dataset("w", bare)
    assert len(import_dataset("w", bare, undecided=True)) == 2


def test_a_folder_of_papers_comes_in_undecided(tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    for name in "ab":
        (folder / f"{name}.md").write_text(f"# Paper {name}\n\n## Abstract\n\n" + "We show it. " * 30)
    (folder / "c.md").write_text("")
    dataset = import_dataset("folder", folder, undecided=True)
    assert [paper.id for paper in dataset.papers] == ["a", "b"]
    assert dataset.card.excluded == {"file cannot be read": 1}
    (folder / "decisions.tsv").write_text("paper_id\tdecision\na\tAccept\nb\tReject\n")
    with pytest.raises(InputError, match=r"decisions\.tsv: these papers are decided"):
        import_dataset("other", folder, undecided=True)
