"""The bundled pairs: each a sound manuscript and one with a documented defect, alike in all else."""

from __future__ import annotations

import importlib
import re
from collections import Counter

import pytest
from peerassay.bench.audit.leaks import audit
from peerassay.bench.audit.records import AuditSummary
from peerassay.data.dataset import Dataset
from peerassay.data.files import read_json
from peerassay.data.records import Paper
from peerassay.data.registry import load_dataset
from peerassay.data.sample_pairs import SAMPLE
from peerassay.reviewer.scrub import scrub
from threadpoolctl import threadpool_limits

DEFECTS = {folder.name: read_json(folder / "pair.json") for folder in (SAMPLE / "pairs").iterdir()}
PAIRS = sorted(DEFECTS)


@pytest.fixture(scope="module")
def sample() -> Dataset:
    return load_dataset("sample")


@pytest.fixture(scope="module")
def audited(sample: Dataset) -> AuditSummary:
    importlib.import_module("sklearn.linear_model")
    with threadpool_limits(1):
        return audit(sample, draws=500)


def pair(sample: Dataset, group: str) -> tuple[Paper, Paper]:
    """The sound and the flawed manuscript."""
    found = {j.decision: p for p, j in zip(sample.papers, sample.judgements, strict=True) if j.group == group}
    return found["accept"], found["reject"]


def test_counts(sample: Dataset) -> None:
    assert len(PAIRS) >= 12
    assert sample.card.labels == "constructed"
    assert sample.card.base_rate == 0.5
    assert Counter(j.group for j in sample.judgements) == dict.fromkeys(PAIRS, 2)
    per_split = Counter((j.split, j.decision) for j in sample.judgements)
    assert len(set(per_split.values())) == 1
    assert len(per_split) == 4


def test_a_pair_is_in_one_split(sample: Dataset) -> None:
    assert all(len({j.split for j in sample.judgements if j.group == group}) == 1 for group in PAIRS)


@pytest.mark.parametrize("group", PAIRS)
def test_the_evidence_stands_in_the_flawed_manuscript_alone(sample: Dataset, group: str) -> None:
    sound, flawed = pair(sample, group)
    record = DEFECTS[group]
    assert record["evidence"]
    for quote in record["evidence"]:
        assert quote in flawed.text
        assert quote not in sound.text


@pytest.mark.parametrize("group", PAIRS)
def test_the_evidence_survives_scrubbing(sample: Dataset, group: str) -> None:
    _, flawed = pair(sample, group)
    left = "".join(scrub(flawed.text).text.split())
    missing = [quote for quote in DEFECTS[group]["evidence"] if "".join(quote.split()) not in left]
    assert not missing


@pytest.mark.parametrize("group", PAIRS)
def test_each_defect_is_described(sample: Dataset, group: str) -> None:
    record = DEFECTS[group]
    _, flawed = pair(sample, group)
    assert re.fullmatch(r"[a-z0-9-]+", record["defect"])
    assert len(record["description"].split()) >= 20
    assert record["subfield"]
    headings = re.findall(r"^#+ (.*)$", flawed.text, re.MULTILINE)
    assert record["where"]
    for place in record["where"]:
        assert all(part in headings for part in place.split(" / ")), place


@pytest.mark.parametrize("group", PAIRS)
def test_a_pair_is_alike_in_form(sample: Dataset, group: str) -> None:
    sound, flawed = pair(sample, group)
    lengths = [len(p.text.split()) for p in (sound, flawed)]
    assert max(lengths) / min(lengths) <= 1.025
    headings = [re.findall(r"^##+ .*$", p.text, re.MULTILINE) for p in (sound, flawed)]
    assert headings[0] == headings[1]
    assert len(headings[0]) >= 8
    assert sound.title
    assert sound.title.split()[:3] == flawed.title.split()[:3]
    assert sound.text != flawed.text


def test_abstracts_are_found(sample: Dataset) -> None:
    for paper in sample.papers:
        assert 50 <= len(paper.abstract.split()) <= 300
        assert paper.abstract in paper.text
        assert "##" not in paper.abstract


def test_neither_id_nor_order_tells_the_label(sample: Dataset) -> None:
    assert all(re.fullmatch(r"[0-9a-f]{10}", p.id) for p in sample.papers)
    sound_first = sum(pair(sample, group)[0].id < pair(sample, group)[1].id for group in PAIRS)
    assert len(PAIRS) / 4 < sound_first < 3 * len(PAIRS) / 4
    assert not any(re.search(r"sound|flaw|defect|planted", p.id + p.text[:200].lower()) for p in sample.papers)


def test_the_longer_manuscript_is_sound_as_often_as_not(sample: Dataset) -> None:
    longer = sum(len(s.text.split()) > len(f.text.split()) for s, f in (pair(sample, group) for group in PAIRS))
    assert len(PAIRS) / 4 <= longer <= 3 * len(PAIRS) / 4


@pytest.mark.parametrize("text", ["scrubbed", "raw"])
def test_the_audit_finds_no_leak(audited: AuditSummary, text: str) -> None:
    verdict = audited.on("raw" if text == "raw" else "scrubbed")
    assert verdict.verdict == "clean"
    assert verdict.leaks == []
    assert verdict.n == 2 * len(PAIRS)
