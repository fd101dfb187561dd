"""How many papers each manipulation applies to, how much it changes, and how much of that scrubbing leaves.

`python bench/studies/manipulation_reach.py [DATASET] [--limit N]` prints it; the sample without a name.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Sequence

from peerassay.bench.stress.manipulation import Manipulation, NotApplicable, manipulated, unplanted
from peerassay.bench.stress.manipulations import chosen
from peerassay.data.records import Paper
from peerassay.data.registry import load_dataset
from peerassay.reviewer.scrub import scrub_paper

SEED = 0


def main() -> None:
    """Read the arguments and print a line per manipulation."""
    parser = argparse.ArgumentParser()
    parser.add_argument("dataset", nargs="?", default="sample")
    parser.add_argument("--limit", type=int, help="papers; PDF is printed for a tenth of them")
    parser.add_argument("--manipulation", action="append", default=[])
    given = parser.parse_args()
    papers = load_dataset(given.dataset).subset(limit=given.limit).papers
    print(f"{len(papers)} papers of {given.dataset}; words changed as a share of the paper's, mean, per strength")
    for manipulation in chosen(given.manipulation or ["all"]):
        used = papers if manipulation.file is None else papers[: max(1, len(papers) // 10)]
        print(_line(manipulation, used), flush=True)


def _line(manipulation: Manipulation, papers: Sequence[Paper]) -> str:
    reasons: Counter[str] = Counter()
    shares: dict[float, list[float]] = {strength: [] for strength in manipulation.strengths}
    alike = 0
    start = time.perf_counter()
    for paper in papers:
        try:
            made = {strength: manipulated(paper, manipulation, strength, SEED) for strength in manipulation.strengths}
        except NotApplicable as reason:
            reasons[str(reason)] += 1
            continue
        plain = unplanted(paper, manipulation, SEED)
        for strength, other in made.items():
            shares[strength].append(_changed(plain.text, other.text))
        alike += scrub_paper(plain).text == scrub_paper(made[max(made)]).text
    applied = len(papers) - reasons.total()
    taken = (time.perf_counter() - start) / max(1, len(papers)) / len(shares)
    changes = " ".join(f"{sum(values) / max(1, len(values)):.3f}" for values in shares.values())
    why = "; ".join(f"{count} {reason}" for reason, count in reasons.most_common(2))
    return (
        f"{manipulation.name:36} {applied:5} of {len(papers)}  {changes:30}  {alike:4} the same when scrubbed  "
        f"{1000 * taken:5.0f} ms{f'  ({why})' if why else ''}"
    )


def _changed(before: str, after: str) -> float:
    """Words that one text has more often than the other, as a share of the first's words."""
    a, b = Counter(before.split()), Counter(after.split())
    return ((a - b) + (b - a)).total() / max(1, a.total())


if __name__ == "__main__":
    main()
