"""The hunt for signs: planted ones are found in made-up and real papers, and none where there is none."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from peerassay.bench.audit.records import Sign, SignSearch
from peerassay.bench.audit.report import signs_table
from peerassay.bench.audit.search import Signs, SignSplit, confirmed, read_signs, search_signs
from peerassay.bench.audit.signs import letter_blind
from peerassay.bench.audit.text_models import surface_counts
from peerassay.bench.load_outcomes import humans_of
from peerassay.bench.outcomes import Humans
from peerassay.bench.resampled import Bootstrap
from peerassay.data.records import Judgement
from peerassay.data.registry import open_path
from peerassay.reviewer.scrub import Removed, Scrubbed, scrub

PAPERS = 400
FIT = np.arange(PAPERS) < 200
SYLLABLES = ("lo", "mi", "ka", "tu", "ra", "ne", "so", "vi", "den", "por")
Plant = Callable[[str], str]


def sentence(randomness: random.Random) -> str:
    words = [
        "".join(randomness.choices(SYLLABLES, k=randomness.randint(1, 3))) for _ in range(randomness.randint(5, 14))
    ]
    if randomness.random() < 0.3:
        words.insert(3, randomness.choice(["(2019)", "0.5%", "[12]", "e.g.", "Figure 3", "“tu”", "α = 2,"]))
    return f"{' '.join(words).capitalize()}."


def manuscript(randomness: random.Random) -> str:
    def paragraph() -> str:
        return "\n".join(sentence(randomness) for _ in range(randomness.randint(3, 6)))

    headings = ["1 INTRODUCTION", "2 METHOD", "3 EXPERIMENTS", "4 CONCLUSION"]
    return "\n\n".join(["ABSTRACT", paragraph(), *(f"{heading}\n\n{paragraph()}" for heading in headings)]) + "\n"


@pytest.fixture(scope="module")
def humans() -> Humans:
    """40% accepted, by the mean of four ratings and some chance."""
    rng = np.random.default_rng(0)
    ratings = rng.choice([3, 5, 6, 8], (PAPERS, 4), p=[0.2, 0.35, 0.3, 0.15])
    merit = ratings.mean(axis=1) + rng.normal(0, 0.7, PAPERS)
    accepted = merit > np.quantile(merit, 0.6)
    return humans_of(
        [
            Judgement(paper_id=f"p{i:03}", decision="accept" if a else "reject", ratings=tuple(map(float, r)))
            for i, (a, r) in enumerate(zip(accepted, ratings, strict=True))
        ]
    )


@pytest.fixture(scope="module")
def clean() -> list[str]:
    randomness = random.Random(0)
    return [manuscript(randomness) for _ in range(PAPERS)]


def found(texts: list[str], humans: Humans, cuts: list[Scrubbed] | None = None) -> SignSearch:
    tested = humans_of(
        [
            Judgement(paper_id=p, decision="accept" if a else "reject", ratings=r)
            for p, a, r, fit in zip(humans.ids, humans.accepted, humans.ratings, FIT, strict=True)
            if not fit
        ]
    )
    return search_signs(
        texts, surface_counts(texts), SignSplit(humans, FIT, ~FIT, Bootstrap(tested, 200)), scrubbed=cuts or ()
    )


PLANTS: dict[str, tuple[Plant, str]] = {
    "a heading glued to a sentence": (lambda t: t.replace(".\n\n1 INTRODUCTION", ".1 INTRODUCTION"), r"\.1 INTRO"),
    "an author's footnote": (lambda t: t.replace("\n\n2", "\n_∗Loka Labs,_\n\n2"), "∗Loka"),
    "a double space before a heading": (lambda t: t.replace("3 EXP", "3  EXP"), "3 EXP"),
    "a trailing footnote mark": (lambda t: re.sub(r"\.\n\n4", ".†\n\n4", t), "†↵↵4"),
    "a line of another shape": (lambda t: t.replace("\n\n3", "\n[Tu/Ka/12]\n\n3"), "Tu/Ka"),
    "a line that is repeated": (lambda t: f"{t}\nnode los kavi\n", "node los kavi"),
    "many more marks of one kind": (lambda t: t.replace(" ", " ; ", 9), " ; "),
}


@pytest.fixture(scope="module")
def leaky(clean: list[str], humans: Humans) -> SignSearch:
    """Each plant is borne by a fifth of the accepted papers and one in a hundred of the rejected ones.

    And a mark by a fifth of the rejected ones, and another by every paper that is rated 6.25 or more.
    """
    randomness = random.Random(1)
    texts, cuts = list(clean), []

    def bearers(accepted: float, rejected: float) -> set[int]:
        """Papers of so large a share of either decision, in both parts alike."""
        parts = [(humans.accepted == a) & half for a in (True, False) for half in (FIT, ~FIT)]
        shares = (accepted, accepted, rejected, rejected)
        chosen = [
            randomness.sample(np.flatnonzero(part).tolist(), round(share * part.sum()))
            for part, share in zip(parts, shares, strict=True)
        ]
        return {paper for papers in chosen for paper in papers}

    for plant, _ in PLANTS.values():
        for i in bearers(0.2, 0.01):
            texts[i] = plant(texts[i])
    for i in bearers(0.01, 0.2):
        texts[i] = texts[i].replace("ABSTRACT", "ABSTRACT ‡")
    for i in range(PAPERS):
        texts[i] = f"{'★ ' if humans.rating[i] >= 6.25 else ''}{texts[i]}"
        at = texts[i].find(".1 INTRODUCTION") + 1
        original = f"{texts[i][:at]} Code is here.\n\n{texts[i][at:]}" if at else texts[i]
        cuts.append(Scrubbed(original, texts[i], (Removed(at, at + 16, "code availability"),) if at else ()))
    return found(texts, humans, cuts)


def sign_with(pattern: str, summary: SignSearch) -> Sign:
    return next(sign for sign in summary.signs if re.search(pattern, sign.example))


@pytest.mark.parametrize("name", PLANTS)
def test_planted_signs_are_found(name: str, leaky: SignSearch) -> None:
    sign = sign_with(PLANTS[name][1], leaky)
    assert sign.accepted
    assert sign.papers >= 20
    assert sign.fitted_accepted + sign.tested_accepted >= 0.85 * sign.papers
    assert sign.p_holm < 0.05
    assert sign.verdict == "leak"
    assert (sign.balanced_accuracy.low or 0) > 0.5
    assert sign.example in {row[2] for row in signs_table("scrubbed", leaky).rows}


def test_nothing_but_what_was_planted_is_found(leaky: SignSearch) -> None:
    expected = "|".join(["‡", "★", *(pattern for _, pattern in PLANTS.values())])
    assert [sign for sign in leaky.signs if sign.example and not re.search(expected, sign.example)] == []


def test_a_sign_of_rejected_papers_is_one_too(leaky: SignSearch) -> None:
    sign = sign_with("‡", leaky)
    assert (sign.accepted, sign.verdict) == (False, "leak")
    assert sign.tested_accepted < 0.2 * sign.tested


def test_what_follows_the_rating_alone_is_only_suspect(leaky: SignSearch) -> None:
    sign = sign_with("★", leaky)
    assert sign.tested_accepted > 0.8 * sign.tested
    assert sign.verdict == "suspect"


def test_the_rule_that_cut_beside_a_sign_is_named(leaky: SignSearch) -> None:
    assert sign_with(r"\.1 INTRO", leaky).beside_cut.startswith("code availability (")
    assert sign_with("‡", leaky).beside_cut == ""


def test_a_clean_corpus_has_no_sign(clean: list[str], humans: Humans) -> None:
    summary = found(clean, humans)
    assert summary.signs == []
    assert summary.searched > 1000
    table = signs_table("raw", summary)
    assert table.rows == (("none", "–"),)
    assert f"{summary.searched:,} signs that 20 papers or more bear were searched" in table.note


def false_alarms(signs: Signs, accepted: np.ndarray, fit: np.ndarray, times: int) -> int:
    """In how many of so many hunts, each with the decisions shuffled within its part, something is found."""
    rng = np.random.default_rng(5)
    count = 0
    for _ in range(times):
        shuffled = accepted.copy()
        for part in (fit, ~fit):
            shuffled[part] = rng.permutation(accepted[part])
        count += bool(confirmed(signs, shuffled, fit, ~fit)[0])
    return count


def test_shuffled_decisions_rarely_give_a_sign(clean: list[str], humans: Humans) -> None:
    signs = read_signs(clean, surface_counts(clean), FIT)
    assert false_alarms(signs, humans.accepted, FIT, 40) <= 2


@pytest.mark.parametrize(
    ("text", "shape"),
    [("Acc. of 12.5%", "Aa. a 0.0%"), ("  É∗à\t", "  A∗a\t"), ("", ""), ("AB ab", "A a")],
)
def test_letter_blind_by_hand(text: str, shape: str) -> None:
    assert letter_blind(text) == shape


@pytest.mark.skipif(os.environ.get("PEERASSAY_SLOW") != "1", reason="minutes of work; PEERASSAY_SLOW=1 runs it")
def test_the_real_papers(shared_data: Path) -> None:
    """The glued heading and the footnote line are found where they are put back; shuffled decisions give none."""
    dataset = open_path(shared_data / "iclr2022", "iclr2022")
    fit = np.array([j.split == "calibration" for j in dataset.judgements])
    humans = humans_of(list(dataset.judgements))
    texts = [scrub(paper.text).text for paper in dataset.papers]
    randomness = random.Random(2)
    for i, accepted in enumerate(humans.accepted):
        if randomness.random() < (0.16 if accepted else 0.01):
            texts[i] = re.sub(r"\.\s*\n\n(#* *1 INTRO)", r".\1", texts[i], count=1)
        if randomness.random() < (0.07 if accepted else 0.003):
            texts[i] = re.sub(r"\n\n(#* *2 )", r"\n_∗Name of a company,_\n\n\1", texts[i], count=1)
    signs = read_signs(texts, surface_counts(texts), fit)
    patterns = [
        signs.families[signs.family[one.column]].places(text)
        for one in confirmed(signs, humans.accepted, fit, ~fit)[0]
        for text in texts[:1]
    ]
    assert len(patterns) >= 2
    assert false_alarms(signs, humans.accepted, fit, 100) <= 5
