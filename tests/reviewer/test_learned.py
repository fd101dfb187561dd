from __future__ import annotations

import asyncio
import hashlib
import io
import json
import os
import random
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from peerassay.data.dataset import Dataset, build
from peerassay.data.errors import InputError
from peerassay.data.records import DatasetCard, Judgement, Paper
from peerassay.data.registry import load_dataset, open_path
from peerassay.reviewer.learned.artefact import MAX_BYTES, load_artefact
from peerassay.reviewer.learned.features import BUCKETS, MAX_WORDS, SURFACE, extract, front_matter, hashed
from peerassay.reviewer.learned.fit import MANUSCRIPTS, fit_linear, scores_of
from peerassay.reviewer.learned.model import BUNDLED, SURFACE_FLOOR, LearnedReviewer, load_learned, surface_floor
from peerassay.reviewer.learned.train import train
from peerassay.reviewer.learned.train_words import SameWork
from peerassay.reviewer.learned.words import WordModel
from peerassay.reviewer.protocol import Reviewer, paper_key
from peerassay.reviewer.scrub import scrub_paper
from peerassay.statistics.metrics import balanced_accuracy_score as balanced_accuracy
from peerassay.statistics.metrics import roc_auc_score as auc
from sklearn.metrics import balanced_accuracy_score, roc_auc_score

BUNDLED_NPZ = BUNDLED / "iclr2022.npz"
COMMON = [f"word{a}{b}" for a in "abcdefghij" for b in "klmnopqrst"]
ABSTRACT_YEARS = (2018, 2021)


def synthetic(name: str = "toy", *, calibration: int = 60, test: int = 20, seed: int = 0, **card: str) -> Dataset:
    """Papers of random words; accepted ones use some words more often, and have higher ratings."""
    rng = random.Random(f"{name}{seed}")
    papers, judgements = [], []
    for number in range(calibration + test):
        accepted = number % 2 == 0
        words = [rng.choice(COMMON[:60] if accepted or rng.random() < 0.6 else COMMON) for _ in range(400)]
        abstract = " ".join(words[:60])
        text = f"# A title {number}\n\nAbstract\n\n{abstract}\n\n1 Introduction\n\n{' '.join(words)}\n"
        papers.append(Paper(id=f"{name}-{number}", title=f"{name} title {number}", abstract=abstract, text=text))
        ratings = (6.0 + rng.random() * 2, 7.0) if accepted else (4.0, 3.0 + rng.random() * 2)
        judgements.append(
            Judgement(
                paper_id=f"{name}-{number}",
                decision="accept" if accepted else "reject",
                ratings=ratings,
                split="calibration" if number < calibration else "test",
            )
        )
    return build(DatasetCard(name=name, **card), papers, judgements)


def relabelled(dataset: Dataset, split: str) -> Dataset:
    """The dataset with the decisions of one split turned round."""
    other = {"accept": "reject", "reject": "accept"}
    judgements = [
        j.model_copy(update={"decision": other[j.decision], "ratings": (5.0,)}) if j.split == split else j
        for j in dataset.judgements
    ]
    return build(dataset.card, dataset.papers, judgements)


@pytest.fixture(scope="module")
def toy() -> Dataset:
    return synthetic()


@pytest.fixture(scope="module")
def others() -> list[Dataset]:
    return [synthetic("other", calibration=0, test=50)]


@pytest.fixture(scope="module")
def toy_npz(toy: Dataset, others: list[Dataset], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("learned") / "toy.npz"
    train(toy, extra=others, out=path)
    return path


# Features


def test_hashed_buckets_are_the_crc_of_words_and_pairs():
    from zlib import crc32

    expected = sorted({crc32(term) % BUCKETS for term in (b"deep", b"nets", b"deep nets", b"nets deep")})
    assert hashed(["deep", "nets", "deep"]).tolist() == expected


def test_features_ignore_letter_case_layout_and_what_follows_the_words_read():
    text = "We show that **deep** nets learn. " * 900
    plain = extract(Paper(id="a", text=text))
    assert len(text.split()) > MAX_WORDS
    longer = extract(Paper(id="b", text=text.replace("**", "").replace(" ", "\n  ") + " unseen zebra"))
    assert plain.manuscript.buckets.tolist() == longer.manuscript.buckets.tolist()
    assert plain.manuscript.surface == pytest.approx(longer.manuscript.surface)


def test_surface_features_count_what_they_are_named_after():
    values = dict(
        zip(SURFACE, extract(Paper(id="a", title="On: it", text="We see. " * 500)).manuscript.surface, strict=True)
    )
    assert values["we per 1000 words"] == pytest.approx(np.log1p(500))
    assert values["table per 1000 words"] == 0
    assert values["title has a colon"] == 1
    assert values["letters per word"] == pytest.approx(2.5)


def test_front_matter_prefers_the_record_and_falls_back_on_headings():
    text = "# Deep Nets\n\nABSTRACT\n\nWe train\nnets.\n\n1 INTRODUCTION\n\nNets are old.\n"
    assert front_matter(Paper(id="a", text=text)) == ("Deep Nets", "We train nets.")
    assert front_matter(Paper(id="a", text=text, title="T", abstract="A")) == ("T", "A")
    assert front_matter(Paper(id="a", text="no headings")) == ("", "")


# The bundled artefact


def test_bundled_card_belongs_to_the_weights_and_both_are_small():
    card = json.loads((BUNDLED / "iclr2022.json").read_text())
    assert card["sha256"] == hashlib.sha256(BUNDLED_NPZ.read_bytes()).hexdigest()
    assert BUNDLED_NPZ.stat().st_size <= MAX_BYTES
    assert card["limits"] and card["software"]["numpy"]
    assert {d["dataset"] for d in card["data"]} == set(card["trained_on"])
    assert all(
        len(d["hash"]) == 64 and d["papers"] == len(card["trained_on"][d["dataset"]].split()) for d in card["data"]
    )


def test_bundled_artefact_holds_finite_numbers_only():
    with np.load(BUNDLED_NPZ, allow_pickle=False) as archive:
        for name in archive.files:
            assert archive[name].dtype.kind in "uif", name
            assert np.isfinite(archive[name]).all(), name


def test_bundled_reviewer_is_a_reviewer():
    reviewer = load_learned("iclr2022")
    assert isinstance(reviewer, Reviewer)
    assert reviewer.name == "learned:iclr2022"
    assert reviewer.traits.kind == "learned"
    assert len(reviewer.traits.trained_on) > 519


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "  .\n",
        "日本語の論文。" * 50,
        "# only a heading",
        "abstract",
        "1 2 3 ± % " * 100,
        "We " * 20_000,
        "\0\x07 \ufffd",
        "word" * 50_000,
    ],
)
def test_odd_texts_get_a_finite_review(text: str):
    review = asyncio.run(load_learned("iclr2022").review(Paper(id="odd", text=text)))
    assert review.status == "ok" and review.paper_id == "odd"
    assert review.overall is not None and np.isfinite(review.overall)
    assert review.p_accept is not None and 0 < review.p_accept < 1
    assert review.decision in ("accept", "reject")


def test_sample_manuscripts_get_reviews_that_follow_the_threshold():
    reviewer = load_learned("iclr2022")
    reviews = [reviewer.assess(scrub_paper(paper)) for paper in load_dataset("sample").papers]
    base_rate = float(reviewer.model.scale.base_rate)
    assert all((r.decision == "accept") == (r.overall is not None and r.overall >= base_rate) for r in reviews)
    assert all(r.overall == r.p_accept for r in reviews)
    assert len({r.overall for r in reviews}) > len(reviews) / 2
    ordered = sorted(reviews, key=lambda r: r.overall or 0)
    places = [r.fields["percentile_of_known_papers"] for r in ordered]
    assert places == sorted(places) and 0 <= places[0] < places[-1] <= 100


def test_unknown_or_missing_learned_reviewers_are_named(tmp_path: Path):
    with pytest.raises(InputError, match="did you mean iclr2022"):
        load_learned("iclr2202")
    with pytest.raises(InputError, match="cannot be read"):
        load_learned(str(tmp_path / "none.npz"))


# Training


def test_what_is_learned_tells_accepted_from_rejected_papers(toy: Dataset, toy_npz: Path):
    reviewer = LearnedReviewer(toy_npz)
    test = toy.subset("test")
    scores = np.array([reviewer.assess(scrub_paper(paper)).overall for paper in test.papers])
    accepted = np.array([int(j.accepted) for j in test.judgements])
    assert auc(accepted, scores) > 0.9
    assert reviewer.card.figures["test"]["auc"] == pytest.approx(auc(accepted, scores), abs=1e-4)


def test_training_again_under_other_test_labels_gives_the_same_bytes(
    toy: Dataset, others: list[Dataset], toy_npz: Path, tmp_path: Path
):
    card = train(relabelled(toy, "test"), extra=others, out=tmp_path / "b.npz")
    assert (tmp_path / "b.npz").read_bytes() == toy_npz.read_bytes()
    assert card["figures"]["test"]["auc"] < 0.1
    train(relabelled(toy, "calibration"), extra=others, out=tmp_path / "c.npz")
    assert (tmp_path / "c.npz").read_bytes() != toy_npz.read_bytes()


def test_trained_on_is_the_calibration_papers_and_the_extra_ones(toy: Dataset, others: list[Dataset], toy_npz: Path):
    calibration = {paper_key(paper.id) for paper in toy.subset("calibration").papers}
    extra = {paper_key(paper.id) for paper in others[0].papers}
    reviewer = LearnedReviewer(toy_npz)
    assert set(reviewer.card.trained_on["toy"].split()) == calibration
    assert reviewer.traits.trained_on == calibration | extra


def test_no_extra_paper_is_in_the_dataset(toy: Dataset, tmp_path: Path):
    other = synthetic("later", calibration=0, test=30)
    judged = toy.subset("test")
    same_id = other.papers[0].model_copy(update={"id": judged.papers[0].id})
    same_title = other.papers[1].model_copy(update={"title": judged.papers[1].title.upper() + "!"})
    same_abstract = other.papers[2].model_copy(update={"abstract": judged.papers[2].abstract})
    papers = [same_id, same_title, same_abstract, *other.papers[3:]]
    judgements = [j.model_copy(update={"paper_id": p.id}) for p, j in zip(papers, other.judgements, strict=True)]
    mixed = build(other.card, papers, judgements)
    same_work = SameWork(toy)
    assert {p.id for p in mixed.papers if same_work(p)} == {same_id.id, same_title.id, same_abstract.id}
    card = train(toy, extra=[mixed], out=tmp_path / "a.npz")
    assert card["data"][1]["papers"] == 27
    assert card["data"][1]["left_out"] == {"also in the dataset": 3}
    assert not set(card["trained_on"]["later"].split()) & {paper_key(p.id) for p in judged.papers}


def test_training_works_without_extra_ratings_or_test_papers(tmp_path: Path):
    toy = synthetic(test=0)
    bare = build(toy.card, toy.papers, [j.model_copy(update={"ratings": ()}) for j in toy.judgements])
    card = train(bare, out=tmp_path / "a.npz")
    assert set(card["figures"]) == {"calibration, cross-fitted"}
    model = LearnedReviewer(tmp_path / "a.npz").model
    assert isinstance(model, WordModel) and len(model.abstract.buckets) == 0


def test_training_refuses_what_cannot_be_trained_on(toy: Dataset, tmp_path: Path):
    out = tmp_path / "a.npz"
    with pytest.raises(InputError, match="no calibration papers"):
        train(synthetic(calibration=0, test=60), out=out)
    with pytest.raises(InputError, match="30 calibration papers"):
        train(synthetic(calibration=30), out=out)
    one_class = [j.model_copy(update={"decision": "reject"}) for j in toy.judgements]
    with pytest.raises(InputError, match="0 accepted"):
        train(build(toy.card, toy.papers, one_class), out=out)
    with pytest.raises(InputError, match="more than once"):
        train(toy, extra=[toy], out=out)
    with pytest.raises(InputError, match="no paper beyond"):
        train(toy, extra=[replace(toy, card=toy.card.model_copy(update={"name": "copy"}))], out=out)
    with pytest.raises(InputError, match=r"\.npz"):
        train(toy, out=tmp_path / "a.bin")
    assert not out.exists()


def test_groups_stay_together(tmp_path: Path):
    """Pairs of the same text with opposite decisions: only a leak between folds could tell them apart."""
    toy = synthetic(test=0)
    papers = [p.model_copy(update={"text": toy.papers[i // 2 * 2].text}) for i, p in enumerate(toy.papers)]
    judgements = [
        j.model_copy(update={"decision": ("accept", "reject")[i % 2], "group": f"g{i // 2}", "ratings": ()})
        for i, j in enumerate(toy.judgements)
    ]
    paired = build(toy.card, [p.model_copy(update={"abstract": ""}) for p in papers], judgements)
    try:
        card = train(paired, out=tmp_path / "a.npz")
    except InputError as error:
        assert "tell nothing" in str(error)
    else:
        assert 0.3 < card["figures"]["calibration, cross-fitted"]["auc"] < 0.7


def test_ridge_is_the_one_of_scikit_learn_on_words_alone(toy: Dataset):
    from sklearn.linear_model import Ridge

    texts = [extract(paper).manuscript for paper in toy.papers]
    target = np.array([j.mean_rating for j in toy.judgements], dtype=float)
    ours = fit_linear(texts, target, replace(MANUSCRIPTS, surface_share=0.0))
    X = np.zeros((len(texts), BUCKETS))
    for row, text in enumerate(texts):
        known = np.intersect1d(text.buckets, ours.buckets)
        X[row, known] = 1 / np.sqrt(len(known))
    X = X[:, ours.buckets]
    scale = np.mean(np.sum((X - X.mean(axis=0)) ** 2, axis=1))
    expected = Ridge(alpha=MANUSCRIPTS.penalty * scale).fit(X, target).predict(X)
    assert scores_of(ours, texts) == pytest.approx(expected, abs=1e-8)


def test_figures_are_those_of_scikit_learn():
    rng = np.random.default_rng(0)
    accepted = rng.integers(0, 2, 200)
    scores = np.round(rng.normal(size=200) + accepted, 1)
    assert auc(accepted, scores) == pytest.approx(roc_auc_score(accepted, scores))
    decided = (scores > 0.4).astype(float)
    assert balanced_accuracy(accepted, decided) == pytest.approx(balanced_accuracy_score(accepted, decided))


# Broken artefacts


def test_weights_and_card_must_belong_together(toy_npz: Path, tmp_path: Path):
    path = tmp_path / "toy.npz"
    shutil.copy(BUNDLED_NPZ, path)
    shutil.copy(toy_npz.with_suffix(".json"), tmp_path / "toy.json")
    with pytest.raises(InputError, match="SHA-256 differs"):
        load_artefact(path)


def test_an_artefact_with_objects_or_missing_arrays_is_refused(toy_npz: Path, tmp_path: Path):
    card = json.loads(toy_npz.with_suffix(".json").read_text())
    objects = io.BytesIO()
    np.savez(objects, stack=np.array([{"code": "run"}], dtype=object))
    missing = io.BytesIO()
    with zipfile.ZipFile(toy_npz) as source, zipfile.ZipFile(missing, "w") as target:
        for name in source.namelist()[:-1]:
            target.writestr(name, source.read(name))
    for packed in (objects.getvalue(), missing.getvalue(), b"not a zip"):
        (tmp_path / "bad.npz").write_bytes(packed)
        (tmp_path / "bad.json").write_text(json.dumps({**card, "sha256": hashlib.sha256(packed).hexdigest()}))
        with pytest.raises(InputError, match="not a learned reviewer"):
            load_artefact(tmp_path / "bad.npz")


# Real data


def test_the_cards_name_the_papers_of_the_calibration_split(shared_data: Path):
    dataset = open_path(shared_data / "iclr2022", "iclr2022")
    calibration, test = ({paper_key(p.id) for p in dataset.subset(split).papers} for split in ("calibration", "test"))
    for reviewer in (load_learned("iclr2022"), surface_floor()):
        assert set(reviewer.card.trained_on["iclr2022"].split()) == calibration
        assert not reviewer.traits.trained_on & test


@pytest.mark.skipif(not os.environ.get("PEERASSAY_SLOW"), reason="two minutes; set PEERASSAY_SLOW=1")
def test_training_again_gives_the_bundled_bytes(shared_data: Path, tmp_path: Path):
    extra = [open_path(shared_data / "iclr_abstracts" / f"iclr{y}.tsv", f"iclr{y}") for y in ABSTRACT_YEARS]
    dataset = open_path(shared_data / "iclr2022", "iclr2022")
    train(dataset, extra=extra, out=tmp_path / "words.npz", test=False)
    train(dataset, kind="surface", out=tmp_path / "surface.npz", test=False)
    assert (tmp_path / "words.npz").read_bytes() == BUNDLED_NPZ.read_bytes()
    assert (tmp_path / "surface.npz").read_bytes() == SURFACE_FLOOR.read_bytes()
