"""What the scrubbed text of ICLR 2022 shows and hides; exit 1 where it hides conclusions.

PEERASSAY_DATA=FOLDER python bench/studies/scrubbed_text.py

Conclusions are looked for in all papers. The rest is by split, since rules of scrubbing are chosen on the calibration
papers: what could a cheater do with the years of citations if those after the submission's own were set back to it, and
with the number of times that an appendix is mentioned?
"""

# pyright: reportMissingImports=false
from __future__ import annotations

import re
import sys

import numpy as np
from peerassay.data.dataset import Dataset
from peerassay.data.registry import load_dataset
from peerassay.reviewer.scrub import Scrubbed, scrub
from peerassay.reviewer.shorten import CONCLUSION
from peerassay.statistics.bootstrap import stratified_counts
from peerassay.statistics.metrics import balanced_accuracy_score, roc_auc_score
from peerassay.statistics.rating_matched import rating_matched_auc, stratified_rank_test

SUBMITTED = 2021
LEAST_VISIBLE = 0.95
OPENING = 30
"""Words of a conclusion that have to be there for it to be visible."""
YEAR = re.compile(r"(?:19|20)\d\d")


def main() -> int:
    """Print the figures; 1 where too few conclusions are visible."""
    dataset = load_dataset("iclr2022")
    have, visible = conclusions(dataset)
    print(
        f"conclusions: {have} of {len(dataset)} texts have a heading of one; visible in {visible}, {visible / have:.1%}"
    )
    for split in ("calibration", "test"):
        counted(dataset.subset(split), split)
    return int(visible < LEAST_VISIBLE * have)


def counted(dataset: Dataset, split: str) -> None:
    """Print what the counts of one split tell of its decisions."""
    scrubbed = [scrub(paper.text) for paper in dataset.papers]
    accepted = np.array([judgement.accepted for judgement in dataset.judgements])
    ratings = np.array([np.mean(judgement.ratings) for judgement in dataset.judgements])
    counts = stratified_counts(accepted, 2000)
    years = [citation_years(one) for one in scrubbed]
    late = np.array([bool((of > SUBMITTED).any()) for of in years])
    print(f"\n{split}: {len(accepted)} papers, {accepted.sum()} accepted")
    print(f"cite a year after {SUBMITTED}: accepted {late[accepted].mean():.1%}, rejected {late[~accepted].mean():.1%}")
    own = [np.minimum(of, SUBMITTED) == SUBMITTED for of in years]
    figures = {
        "citations with a year": [len(of) for of in years],
        f"citations of {SUBMITTED}": [of.sum() for of in own],
        f"share of {SUBMITTED}": [of.mean() if len(of) else 0.0 for of in own],
        f"any of {SUBMITTED}": [of.any() for of in own],
        "mentions of the appendix": [one.text.count("the appendix") for one in scrubbed],
    }
    for name, values in figures.items():
        print(f"{name}: {described(accepted, np.array(values, dtype=np.float64), ratings, counts)}")


def conclusions(dataset: Dataset) -> tuple[int, int]:
    """How many bodies have a heading of a conclusion in their last two thirds, and in how many it can be read."""
    have = visible = 0
    for paper in dataset.papers:
        whole, short = scrub(paper.text, max_words=None).text, scrub(paper.text).text
        found = list(CONCLUSION.finditer(whole, len(whole) // 3))
        if found:
            have += 1
            begin = found[-1].start()
            visible += " ".join(whole[begin:].split()[:OPENING]) in " ".join(short.split())
    return have, visible


def citation_years(scrubbed: Scrubbed) -> np.ndarray:
    """The years of citations that were taken out of a text."""
    spans = (span for span in scrubbed.removed if span.rule == "citation year")
    return np.array([int(year) for s in spans for year in YEAR.findall(scrubbed.original[s.start : s.end])])


def described(accepted: np.ndarray, values: np.ndarray, ratings: np.ndarray, counts: np.ndarray) -> str:
    """AUC with interval and the AUC among papers of equal rating; of yes or no the balanced accuracy too."""
    low, high = np.quantile(roc_auc_score(accepted, values, sample_weight=counts), [0.025, 0.975])
    p_value = stratified_rank_test(accepted, values, ratings)[0]
    text = f"AUC {roc_auc_score(accepted, values):.3f} [{low:.3f}, {high:.3f}], "
    text += f"rating-matched {rating_matched_auc(accepted, values, ratings):.3f} (p {p_value:.3f})"
    if set(np.unique(values)) <= {0.0, 1.0}:
        low, high = np.quantile(balanced_accuracy_score(accepted, values, sample_weight=counts), [0.025, 0.975])
        text += f", balanced accuracy {balanced_accuracy_score(accepted, values):.3f} [{low:.3f}, {high:.3f}]"
    return text


if __name__ == "__main__":
    sys.exit(main())
