"""The boosted trees on surface counts, and what their scores mean."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest
from peerassay.data.dataset import Dataset, build
from peerassay.data.errors import InputError
from peerassay.data.records import DatasetCard, Judgement, Paper
from peerassay.reviewer.learned.artefact import load_artefact
from peerassay.reviewer.learned.model import SURFACE_FLOOR, load_learned, surface_floor
from peerassay.reviewer.learned.scale import ScoreScale
from peerassay.reviewer.learned.train import boosted, train
from peerassay.reviewer.learned.trees import SurfaceModel, trees_of
from peerassay.reviewer.protocol import paper_key
from peerassay.reviewer.scrub import scrub_paper
from peerassay.reviewer.surface import NAMES
from peerassay.statistics.calibration import PlattCalibrator
from peerassay.statistics.metrics import roc_auc_score as auc


def toy(*, calibration: int = 60, test: int = 20) -> Dataset:
    """Papers of random words; accepted ones ask more questions."""
    rng = random.Random(0)
    papers, judgements = [], []
    for number in range(calibration + test):
        accepted = number % 2 == 0
        marks = ".?," if accepted else ".,,"
        words = " ".join(f"word{rng.choice('abcdefgh')}{rng.choice(marks)}" for _ in range(200))
        papers.append(Paper(id=f"p{number}", text=f"# Title\n\nAbstract\n\n{words}\n\n1 Introduction\n\n{words}\n"))
        split = "calibration" if number < calibration else "test"
        judgements.append(Judgement(paper_id=f"p{number}", decision="accept" if accepted else "reject", split=split))
    return build(DatasetCard(name="toy"), papers, judgements)


def test_the_arrays_predict_what_scikit_learn_predicts():
    rng = np.random.default_rng(0)
    counts = np.round(rng.gamma(2, 3, size=(300, len(NAMES))), 2)
    accepted = (counts[:, 0] + counts[:, 5] * counts[:, 7] / 5 + rng.normal(0, 3, 300) > 14).astype(np.int64)
    model = boosted(counts[:200], accepted[:200], 0)
    trees = trees_of(model)
    expected = model.decision_function(counts)
    assert [trees.score(row) for row in counts] == pytest.approx(expected, abs=1e-5)
    on_thresholds = np.resize(trees.threshold[trees.threshold > 0], len(NAMES))
    assert trees.score(on_thresholds) == pytest.approx(model.decision_function(on_thresholds[None])[0], abs=1e-5)


def test_trees_that_end_early_are_laid_out_too():
    counts = np.zeros((60, len(NAMES)))
    counts[:30, 3] = 1
    accepted = (np.arange(60) < 30).astype(np.int64)
    model = boosted(counts, accepted, 0)
    assert min(stage[0].get_depth() for stage in model.estimators_) < 2
    trees = trees_of(model)
    assert [trees.score(row) for row in counts[[0, 59]]] == pytest.approx(model.decision_function(counts[[0, 59]]))


@pytest.fixture(scope="module")
def toy_npz(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("surface") / "toy.npz"
    train(toy(), kind="surface", out=path)
    return path


def test_what_is_fitted_tells_accepted_from_rejected_papers(toy_npz: Path):
    dataset, reviewer = toy(), load_learned(str(toy_npz))
    assert (reviewer.name, reviewer.traits.kind) == ("learned:toy", "learned")
    assert reviewer.traits.trained_on == {paper_key(paper.id) for paper in dataset.subset("calibration").papers}
    test = dataset.subset("test")
    scores = np.array([reviewer.assess(scrub_paper(paper)).overall for paper in test.papers])
    accepted = np.array([int(j.accepted) for j in test.judgements])
    figures = reviewer.card.figures["test"]
    assert figures["auc"] == pytest.approx(auc(accepted, scores), abs=1e-4) and figures["auc"] > 0.9


def test_fitted_again_it_is_the_same_file_whether_or_not_the_test_papers_are_scored(toy_npz: Path, tmp_path: Path):
    card = train(toy(), kind="surface", out=tmp_path / "b.npz", test=False)
    assert set(card["figures"]) == {"calibration, cross-fitted"}
    assert (tmp_path / "b.npz").read_bytes() == toy_npz.read_bytes()


def test_abstracts_are_refused(tmp_path: Path):
    with pytest.raises(InputError, match="whole manuscripts"):
        train(toy(), kind="surface", extra=[toy()], out=tmp_path / "a.npz")


def test_a_model_of_other_counts_is_refused(toy_npz: Path, tmp_path: Path):
    out = tmp_path / "a.npz"
    out.write_bytes(toy_npz.read_bytes())
    card = json.loads(toy_npz.with_suffix(".json").read_text())
    card["features"]["surface"][0] = "commas"
    out.with_suffix(".json").write_text(json.dumps(card))
    with pytest.raises(InputError, match="other features"):
        load_artefact(out)


def test_the_scale_is_platt_s_with_a_decision_at_the_base_rate_and_a_place_among_known_scores():
    rng = np.random.default_rng(1)
    labels = (np.arange(400) < 160).astype(int)
    raw = rng.normal(labels, 1.0)
    scale = ScoreScale.fit(labels, raw)
    assert scale.probabilities(raw) == pytest.approx(PlattCalibrator.fit(labels, raw).predict(raw), abs=1e-3)
    assert scale.predict(raw).tolist() == (scale.probabilities(raw) >= 0.4).astype(float).tolist()
    assert scale.percentile(float(np.median(raw))) == pytest.approx(50, abs=0.5)
    assert (scale.percentile(-99), scale.percentile(99)) == (0, 100)
    beyond = scale.probabilities([raw.max() + 1, raw.max() + 2])
    assert beyond[0] < beyond[1] < 1


def test_the_bundled_floor_is_small_and_knows_its_papers():
    reviewer = surface_floor()
    assert (reviewer.name, reviewer.traits.kind) == ("floor:surface", "floor")
    assert SURFACE_FLOOR.stat().st_size < 100_000
    assert isinstance(reviewer.model, SurfaceModel)
    assert len(reviewer.traits.trained_on) == reviewer.card.data[0]["papers"] == 519
    assert reviewer.card.features["surface"] == list(NAMES)


@pytest.mark.parametrize("text", ["", "x", "日本語の論文。" * 50, "1 2 3 ± % " * 100, "\0\x07\ufffd"])
def test_odd_texts_get_a_review(text: str):
    review = surface_floor().assess(Paper(id="odd", text=text))
    assert review.p_accept is not None and 0 < review.p_accept < 1
    assert review.overall == review.p_accept and review.decision in ("accept", "reject")
