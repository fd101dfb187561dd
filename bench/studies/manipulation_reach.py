"""How many papers each manipulation applies to, how much it changes, and how much of that scrubbing leaves.

`python bench/studies/manipulation_reach.py [DATASET]` prints it; the sample without a name. What applies is counted on
all papers, how much is changed on the first 50.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence

from peerassay.bench.stress.manipulation import Manipulation, NotApplicable, manipulated, unplanted
from peerassay.bench.stress.manipulations import chosen
from peerassay.data.records import Paper
from peerassay.data.registry import load_dataset
from peerassay.reviewer.scrub import scrub_paper

SEED = 0
MEASURED = 50


def main() -> None:
    """Read the arguments and print a line per manipulation."""
    parser = argparse.ArgumentParser()
    parser.add_argument("dataset", nargs="?", default="sample")
    parser.add_argument("--manipulation", action="append", default=[])
    given = parser.parse_args()
    papers = load_dataset(given.dataset).papers
    print(f"{len(papers)} papers of {given.dataset}; words changed as a share of the paper's, mean, per strength")
    for manipulation in chosen(given.manipulation or ["all"]):
        print(_line(manipulation, papers if manipulation.file is None else papers[:MEASURED]), flush=True)


def _line(manipulation: Manipulation, papers: Sequence[Paper]) -> str:
    reasons: Counter[str] = Counter()
    shares: dict[float, list[float]] = {strength: [] for strength in manipulation.strengths}
    alike = 0
    for number, paper in enumerate(papers):
        strengths = manipulation.strengths if number < MEASURED else manipulation.strengths[-1:]
        try:
            made = {strength: manipulated(paper, manipulation, strength, SEED) for strength in strengths}
        except NotApplicable as reason:
            reasons[str(reason)] += 1
            continue
        if number >= MEASURED:
            continue
        plain = unplanted(paper, manipulation, SEED)
        for strength, other in made.items():
            shares[strength].append(_changed(plain.text, other.text))
        alike += scrub_paper(plain).text == scrub_paper(made[max(made)]).text
    applied = len(papers) - reasons.total()
    changes = " ".join(f"{sum(values) / max(1, len(values)):.3f}" for values in shares.values())
    why = "; ".join(f"{count} {reason}" for reason, count in reasons.most_common(2))
    return (
        f"{manipulation.name:36} {applied:5} of {len(papers)}  {changes:30}  "
        f"{alike:3} of {len(shares[1.0])} the same when scrubbed"
        f"{f'  ({why})' if why else ''}"
    )


def _changed(before: str, after: str) -> float:
    """Words that one text has more often than the other, as a share of the first's words."""
    a, b = Counter(before.split()), Counter(after.split())
    return ((a - b) + (b - a)).total() / max(1, a.total())


if __name__ == "__main__":
    main()
