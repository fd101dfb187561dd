"""The leak audit on invented datasets with planted leaks, and on the real one."""

from __future__ import annotations

import importlib
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from peerassay.bench.audit.leaks import CONTENT_LIMIT, audit, cache_home, stored_audit
from peerassay.bench.audit.probes import PROBES, read_all
from peerassay.bench.audit.records import AuditSummary, ProbeMetrics
from peerassay.bench.audit.text_models import TEXT_MODELS
from peerassay.data.dataset import Dataset, build
from peerassay.data.errors import InputError
from peerassay.data.records import DatasetCard, Judgement, Paper
from peerassay.data.registry import open_path
from peerassay.reviewer.scrub import rules_fingerprint
from threadpoolctl import threadpool_limits

WORDS = [f"{a}{b}{c}" for a in ("lo", "mi", "ka", "tu") for b in ("ra", "ne", "so", "vi") for c in ("m", "n", "t", "l")]
Plant = Callable[[str, bool, random.Random], str]


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> Iterator[None]:
    """Small problems are solved many times faster by one thread than by several on a busy machine."""
    importlib.import_module("sklearn.linear_model")
    with threadpool_limits(1):
        yield


def untouched(text: str, _accepted: bool, _random: random.Random) -> str:
    return text


def in_the_header(text: str, accepted: bool, _random: random.Random) -> str:
    front = "Anna Author\nUniversity of Somewhere\nanna@some-where.edu" if accepted else "Anonymous authors"
    return text.replace("\n\nABSTRACT", f"\n\n{front}\n\nABSTRACT")


def in_the_years(text: str, accepted: bool, _random: random.Random) -> str:
    return f"{text}\nThe data of {2022 if accepted else 2020} are used.\n"


def in_the_words(text: str, accepted: bool, randomness: random.Random) -> str:
    return f"{text}\n{'zyzzyva' if accepted == (randomness.random() < 0.9) else 'quokka'} is the last word.\n"


def in_the_length(text: str, accepted: bool, randomness: random.Random) -> str:
    return f"{text}\n{' '.join(randomness.choices(WORDS, k=120 if accepted else 20))}.\n"


def made(
    plant: Plant, count: int = 120, *, calibration: int = 0, ratings: tuple[float, ...] = (), seed: int = 0
) -> Dataset:
    """Papers of random words, half of them accepted; the first `calibration` ones are for calibration."""
    randomness = random.Random(seed)
    papers: list[Paper] = []
    judgements: list[Judgement] = []
    for n in range(count):
        accepted = n % 2 == 0
        body = "\n".join(" ".join(randomness.choices(WORDS, k=12)) + "." for _ in range(randomness.randint(5, 8)))
        text = f"# A STUDY OF {n % 7} THINGS\n\nABSTRACT\n\n{body}\n"
        papers.append(Paper(id=f"p{n:03}", text=plant(text, accepted, randomness)))
        judgements.append(
            Judgement(
                paper_id=f"p{n:03}",
                decision="accept" if accepted else "reject",
                split="calibration" if n < calibration else "test",
                ratings=ratings,
            )
        )
    return build(DatasetCard(name="invented"), papers, judgements)


def figures(summary: AuditSummary, name: str, text: str) -> ProbeMetrics:
    return getattr(next(probe for probe in summary.probes if probe.name == name), text)


@pytest.fixture(scope="module")
def header_audit() -> AuditSummary:
    return audit(made(in_the_header), draws=300)


def test_nothing_planted_nothing_found() -> None:
    summary = audit(made(untouched), draws=300)
    assert (summary.verdict, summary.leaks) == ("clean", [])
    assert summary.on("raw").verdict == "clean"
    assert (summary.n, summary.accepted, summary.fitted_on) == (120, 60, "cross-fitted over all 120 papers")
    assert summary.kept_accepted == pytest.approx(1, abs=0.01)


def test_a_leak_that_scrubbing_mends(header_audit: AuditSummary) -> None:
    assert header_audit.text == "scrubbed"
    assert (header_audit.verdict, header_audit.leaks) == ("clean", [])
    raw = header_audit.on("raw")
    assert (raw.text, raw.verdict) == ("raw", "leak")
    assert {"anonymous header", "e-mail addresses", "affiliations", "TF-IDF of words"} <= set(raw.leaks)
    assert not {"acknowledgements", "URLs", "latest year"} & set(raw.leaks)
    assert raw.on("scrubbed") == header_audit


def test_the_figures_of_a_planted_leak(header_audit: AuditSummary) -> None:
    before, after = (figures(header_audit, "anonymous header", text) for text in ("raw", "scrubbed"))
    assert (before.auc.value, before.balanced_accuracy.value, before.verdict) == (1, 1, "leak")
    assert before.auc.low == pytest.approx(0.025 ** (1 / 60))  # as many pairs as the smaller class has papers
    assert (before.auc.high, before.auc.n) == (1, 120)
    assert (after.auc.value, after.balanced_accuracy.value, after.verdict) == (0.5, 0.5, "clean")


def test_what_scrubbing_removed(header_audit: AuditSummary) -> None:
    removed = {share.rule: share for share in header_audit.removed}
    block = removed["author block"]
    assert (block.papers_accepted, block.papers_rejected) == (60, 60)
    assert block.share_accepted > block.share_rejected > 0
    assert header_audit.kept_accepted < header_audit.kept_rejected < 1
    total = sum(share.share_accepted for share in header_audit.removed)
    assert header_audit.kept_accepted + total == pytest.approx(1)


@pytest.mark.parametrize(
    ("plant", "leaks"),
    [
        (in_the_years, {"latest year"}),
        (in_the_words, set()),
        (in_the_length, {"length"}),
    ],
)
def test_leaks_that_scrubbing_leaves(plant: Plant, leaks: set[str]) -> None:
    summary = audit(made(plant), draws=300)
    assert summary.verdict == "leak"
    assert set(summary.leaks) == {*leaks, *(model.name for model in TEXT_MODELS), "2 hunted signs"}
    assert summary.worst


@pytest.mark.parametrize("plant", [in_the_header, in_the_words])
def test_probes_are_fitted_on_a_calibration_split_of_100(plant: Plant) -> None:
    summary = audit(made(plant, 220, calibration=120), text="raw", draws=300)
    assert summary.fitted_on == "calibration split (n=120), tested on the test split"
    assert (summary.n, summary.accepted) == (100, 50)
    assert summary.verdict == "leak"
    assert "TF-IDF of words" in summary.leaks


def test_a_smaller_calibration_split_is_tested_on_too() -> None:
    assert audit(made(in_the_header, 120, calibration=60), draws=50).n == 120


def test_a_direction_that_turns_between_the_splits_is_no_leak() -> None:
    def turning(text: str, accepted: bool, randomness: random.Random) -> str:
        turning.count += 1  # pyright: ignore[reportFunctionMemberAccess]
        late = turning.count > 120  # pyright: ignore[reportFunctionMemberAccess]
        return in_the_years(text, accepted != late, randomness)

    turning.count = 0  # pyright: ignore[reportFunctionMemberAccess]
    summary = audit(made(turning, 220, calibration=120), draws=300)
    assert figures(summary, "latest year", "scrubbed").auc.value == 0
    assert summary.verdict == "clean"


def test_the_content_limit_is_what_human_halves_reach() -> None:
    def limit(dataset: Dataset) -> float:
        return next(probe.limit for probe in audit(dataset, draws=20).probes if probe.kind == "content")

    assert limit(made(untouched, 98, ratings=(5, 5, 5, 5))) == CONTENT_LIMIT
    assert limit(made(untouched, 100, ratings=(5, 5, 5, 5))) == 0.5


def test_the_same_seed_gives_the_same_audit() -> None:
    dataset = made(in_the_words, 60)
    assert audit(dataset, draws=100) == audit(dataset, draws=100)


def test_the_record_names_dataset_and_rules_and_round_trips(header_audit: AuditSummary) -> None:
    assert header_audit.dataset == "invented"
    assert header_audit.hash == made(in_the_header).card.hash
    assert header_audit.scrub_rules == rules_fingerprint()
    assert [probe.name for probe in header_audit.probes] == [p.name for p in (*PROBES, *TEXT_MODELS)]
    assert AuditSummary.model_validate_json(header_audit.model_dump_json()) == header_audit


def judged(decisions: str, groups: str = "") -> Dataset:
    papers = [Paper(id=f"p{n}", text=f"{WORDS[n % 3]} and more words.") for n in range(len(decisions))]
    judgements = [
        Judgement(paper_id=f"p{n}", decision="accept" if d == "a" else "reject", group=groups[n : n + 1] or None)
        for n, d in enumerate(decisions)
    ]
    return build(DatasetCard(name="small"), papers, judgements)


@pytest.mark.parametrize(
    ("dataset", "message"),
    [
        (judged("aaaaaaaa"), "all 8 papers are accepted: agreement needs both classes"),
        (judged("r"), "all 1 papers are rejected"),
        (judged("rrrrrraaa"), "dataset small: 3 papers decided 'accept'; an audit needs 4 or more"),
        (judged("aaaaarrrr", "abcdexxyz"), "dataset small: 3 papers decided 'reject'"),
    ],
)
def test_too_little_to_audit(dataset: Dataset, message: str) -> None:
    with pytest.raises(InputError, match=message):
        audit(dataset)


@pytest.mark.parametrize("decisions", ["aaaarrrr", "aaaa" + "r" * 20, "arararararar"])
def test_little_is_audited_without_a_verdict_by_chance(decisions: str) -> None:
    assert audit(judged(decisions), draws=100).verdict == "clean"


@pytest.mark.parametrize(
    ("probe", "text", "value"),
    [
        ("anonymous header", "# T\n\nAnonymous authors\n", 1),
        ("anonymous header", "x" * 3000 + "Anonymous authors", 0),
        ("e-mail addresses", "# T\n\na@b.org, {c,d}@e.com\n", 2),
        ("affiliations", "# T\n\nUniversity of X, Department of Y\n\n# ABSTRACT\n\nA university.", 2),
        ("affiliations", "No abstract at a university.", 0),
        ("acknowledgements", "Words.\n\nACKNOWLEDGMENTS\n\nThanks.", 1),
        ("acknowledgements", "We acknowledge nobody.", 0),
        ("status line", "Published as a conference paper", 1),
        ("status line", "Under review as a conference paper", -1),
        ("status line", "A paper.", 0),
        ("URLs", "See https://a.org/b and http://c.org.", 2),
        ("code host", "github.com/a/b", 1),
        ("code host", "our hub", 0),
        ("latest year", "In 1999, 2021, 2099 and 20210.", 2021),
        ("latest year", "No year.", 0),
        ("length", "# One\n\ntwo  three\n", 4),
    ],
)
def test_probes_by_hand(probe: str, text: str, value: float) -> None:
    assert read_all([text, text])[probe].tolist() == [value, value]


def test_the_cache_is_the_environment_s(tmp_path: Path) -> None:
    assert cache_home() == tmp_path / "cache-home"


def test_an_audit_is_kept_and_used_again() -> None:
    dataset = made(in_the_header, 40)
    said: list[str] = []
    first = stored_audit(dataset, progress=said.append)
    assert said
    (file,) = (cache_home() / "audits").iterdir()
    assert dataset.card.hash[:16] in file.name
    marked = first.model_copy(update={"fitted_on": "marked"})
    file.write_text(marked.model_dump_json())
    said.clear()
    assert stored_audit(dataset, progress=said.append) == marked
    assert said == []
    assert stored_audit(made(in_the_header, 42)).fitted_on != "marked"
    assert len(list((cache_home() / "audits").iterdir())) == 2


def test_a_corrupt_audit_is_made_again() -> None:
    dataset = made(in_the_header, 20)
    first = stored_audit(dataset)
    (file,) = (cache_home() / "audits").iterdir()
    for content in (b"", b"{", b"[]", b'{"dataset": "x"}', b"\xff\xfe"):
        file.write_bytes(content)
        assert stored_audit(dataset) == first
        assert AuditSummary.model_validate_json(file.read_bytes()) == first


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("PEERASSAY_CACHE", str(tmp_path / "file"))
    said: list[str] = []
    assert stored_audit(made(untouched, 20), progress=said.append).n == 20
    assert "the audit could not be kept" in said


@pytest.mark.skipif(os.environ.get("PEERASSAY_SLOW") != "1", reason="a minute of work; PEERASSAY_SLOW=1 runs it")
def test_the_real_papers_leak_raw_and_not_scrubbed(shared_data: Path) -> None:
    summary = audit(open_path(shared_data / "iclr2022", "iclr2022"), text="raw")
    assert (summary.n, summary.accepted) == (500, 184)
    assert summary.verdict == "leak"
    header = figures(summary, "anonymous header", "raw").balanced_accuracy.value
    assert header == pytest.approx(0.997, abs=0.001)
    expected = {"anonymous header", "e-mail addresses", "affiliations", "acknowledgements", "code host", "length"}
    assert expected <= set(summary.leaks)
    scrubbed = summary.on("scrubbed")
    assert scrubbed.verdict != "leak", scrubbed.in_words
    assert scrubbed.hunts["scrubbed"].signs == []
    assert figures(summary, "TF-IDF of words", "raw").auc.value == pytest.approx(0.80, abs=0.03)
    assert figures(summary, "TF-IDF of words", "scrubbed").auc.value == pytest.approx(0.64, abs=0.06)


def test_copies_of_a_paper_are_no_evidence_of_their_own() -> None:
    """A mark of 8 accepted papers in 5 copies each is confirmed among papers taken as independent, not among groups."""
    dataset = made(untouched, 240)
    marked = [n % 2 == 0 and n < 80 for n in range(240)]
    papers = [
        paper.model_copy(update={"text": f"{paper.text}\nZq Xv Wj\n"}) if mark else paper
        for paper, mark in zip(dataset.papers, marked, strict=True)
    ]
    groups = [f"g{n // 10}" if mark else f"p{n}" for n, mark in enumerate(marked)]
    grouped = [j.model_copy(update={"group": g}) for j, g in zip(dataset.judgements, groups, strict=True)]
    alone = audit(build(dataset.card, papers, dataset.judgements), draws=50).hunts["raw"]
    together = audit(build(dataset.card, papers, grouped), draws=50).hunts["raw"]
    assert any("Zq" in sign.example for sign in alone.signs)
    assert not together.signs
