"""The ladder: pairs of an intact and a degraded paper that only the defect tells apart."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from peerassay.bench.stress.ladder import DEFECTS_FILE, make_ladder, rungs
from peerassay.bench.stress.manipulations import chosen
from peerassay.bench.stress.manuscript import Manuscript, find_ideas
from peerassay.bench.stress.planted import Planted
from peerassay.data.dataset import Dataset
from peerassay.data.errors import InputError
from peerassay.data.files import read_json, validated
from peerassay.data.records import Paper
from peerassay.data.registry import LADDER, load_dataset
from peerassay.data.sample_pairs import load_sample
from peerassay.reviewer.floors import header
from peerassay.reviewer.scrub import scrub_paper
from peerassay.statistics.metrics import roc_auc_score

TEMPLATES = {"diffusion", "epidemic", "grokking", "nanogpt", "tabular"}


@pytest.fixture(scope="module")
def ladder() -> Dataset:
    return load_dataset("ladder")


@pytest.fixture(scope="module")
def defects() -> dict[str, Planted]:
    read = read_json(LADDER / DEFECTS_FILE)
    return {group: validated(Planted, value, group) for group, value in read.items()}


def pairs(dataset: Dataset) -> dict[str, tuple[Paper, Paper]]:
    """The intact and the degraded paper of each group."""
    found: dict[str, dict[str, Paper]] = {}
    for paper, judgement in zip(dataset.papers, dataset.judgements, strict=True):
        found.setdefault(judgement.group or "", {})[judgement.decision] = paper
    return {group: (both["accept"], both["reject"]) for group, both in found.items()}


def test_it_has_pairs_of_all_templates_and_defects(ladder: Dataset, defects: dict[str, Planted]) -> None:
    assert len(ladder) >= 18 and ladder.card.base_rate == 0.5 and ladder.card.labels == "constructed"
    assert {*defects} == {judgement.group for judgement in ladder.judgements}
    assert {d.template for d in defects.values()} == TEMPLATES
    assert {d.defect for d in defects.values()} == {rung.name for rung in rungs()}
    assert sum(path.stat().st_size for path in LADDER.iterdir()) < 1_000_000
    assert min(Counter((j.split, j.decision) for j in ladder.judgements).values()) >= 4


def test_neither_length_nor_header_tells_which_is_which(ladder: Dataset) -> None:
    """Of the scrubbed text only on the whole: rules of scrubbing change, and the pairs are not made anew each time."""
    for one, other in pairs(ladder).values():
        assert len(one.text.split()) == len(other.text.split()) and header(one) == header(other)
        assert one.title == other.title and one.id != other.id
    accepted = np.array([judgement.accepted for judgement in ladder.judgements])
    words = np.array([len(scrub_paper(paper).text.split()) for paper in ladder.papers], float)
    assert 0.45 <= roc_auc_score(accepted, words) <= 0.55


def test_each_defect_is_in_the_degraded_paper_alone(ladder: Dataset, defects: dict[str, Planted]) -> None:
    for group, (intact, degraded) in pairs(ladder).items():
        record = defects[group]
        one, other = (" ".join(paper.text.split()) for paper in (intact, degraded))
        assert record.removed or record.added
        assert all(passage in other and passage not in one for passage in record.added)
        assert all(passage not in other for passage in record.removed), group
        assert record.where and all(heading in degraded.text or heading in intact.text for heading in record.where)
        if record.defect.endswith("contradictions"):
            assert record.logged, "numbers that the runs logged were changed"


def test_papers_of_others_make_pairs_of_equal_length_too() -> None:
    intact = [p for p, j in zip(*(lambda d: (d.papers, d.judgements))(load_sample()), strict=True) if j.accepted][:3]
    dataset, made = make_ladder([Manuscript(paper, "sample", ()) for paper in intact], "own")
    assert len(dataset) + 2 * len(made.left_out) == 6 and made.defects
    for one, other in pairs(dataset).values():
        assert len(one.text.split()) == len(other.text.split()) and one.text != other.text
    again, _ = make_ladder([Manuscript(paper, "sample", ()) for paper in intact], "own")
    assert again.card.hash == dataset.card.hash


def test_a_paper_without_parts_is_left_out_with_a_reason(ladder: Dataset) -> None:
    bare = Paper(id="bare", text="Nothing but one sentence stands in this paper, and it has no sections.")
    _, made = make_ladder([Manuscript(ladder.papers[0], "any", ()), Manuscript(bare, "any", ())], "own")
    assert "no defect" in made.left_out["bare"]
    with pytest.raises(InputError, match="no pair"):
        make_ladder([Manuscript(bare, "any", ())], "own")


def test_a_folder_without_a_paper_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"idea_\*"):
        find_ideas([tmp_path])


def test_every_rung_is_a_degradation() -> None:
    assert all(chosen([rung.name])[0].expected == "lower" for rung in rungs())
