"""Papers per second of the learned reviewer: scrubbing, and features with score.

python bench/speed/learned.py [DATASET] [LIMIT]

DATASET (default: iclr2022) is looked for as by `peerassay bench -d`. One thread; the fastest of three rounds counts.
"""

# pyright: reportMissingImports=false
from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

from peerassay.data.errors import InputError
from peerassay.data.registry import load_dataset
from peerassay.reviewer.learned.model import load_learned
from peerassay.reviewer.scrub import scrub_paper

ROUNDS = 3


def main(name: str = "iclr2022", limit: str = "200") -> None:
    """Print the papers per second of each step and of both."""
    try:
        papers = load_dataset(name).subset("all", int(limit)).papers
    except InputError as error:
        if len(sys.argv) > 1:
            sys.exit(str(error))
        print(f"skipped: {error}")
        return
    reviewer = load_learned("iclr2022")
    scrubbed = [scrub_paper(paper) for paper in papers]
    scrubbing = fastest(lambda: [scrub_paper(paper) for paper in papers])
    reviewing = fastest(lambda: [reviewer.assess(paper) for paper in scrubbed])
    print(f"{len(papers)} papers of {name}, papers per second")
    for step, seconds in (("scrub", scrubbing), ("features + score", reviewing), ("both", scrubbing + reviewing)):
        print(f"{step:20}{len(papers) / seconds:8.1f}")


def fastest(work: Callable[[], Any]) -> float:
    """Seconds of the fastest of ROUNDS rounds."""
    seconds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


if __name__ == "__main__":
    main(*sys.argv[1:])
