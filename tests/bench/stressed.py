"""A stress run against the loopback server in this process, and what it found."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from peerassay.bench.stress.manipulation import Manipulation, NotApplicable
from peerassay.bench.stress.result import ReviewerStress, measured
from peerassay.bench.stress.run import StressRun
from peerassay.bench.stress.settings import StressSettings
from peerassay.bench.stress.stress import prepare_stress
from peerassay.data.dataset import Dataset, build
from peerassay.data.records import DatasetCard, Judgement, Paper
from peerassay.llm.budget import Budget
from peerassay.llm.ledger import Ledger
from peerassay.llm.model import Metering
from peerassay.llm.session import Session

WORDS = ("sequence", "model", "gradient", "sample", "graph", "kernel", "memory", "attention", "noise", "margin")
FILLER = "This part of the manuscript says the same again in other words. "


def no_baselines(paper: Paper, strength: float, rng: random.Random) -> Paper:  # noqa: ARG001
    if "baseline" not in paper.text:
        raise NotApplicable("no baselines in it")
    return paper.model_copy(update={"text": paper.text.replace("baseline", "thing")})


def padded(paper: Paper, strength: float, rng: random.Random) -> Paper:  # noqa: ARG001
    missing = round(strength * len(paper.text.split()) / len(FILLER.split()))
    return paper.model_copy(update={"text": f"{paper.text}\n\n{FILLER * missing}"})


def spaced(paper: Paper, strength: float, rng: random.Random) -> Paper:  # noqa: ARG001
    return paper.model_copy(update={"text": paper.text.replace(". ", ".  ")})


NO_BASELINES = Manipulation(
    "degradation:baselines", "degradation", "lower", (1.0,), "no baselines", "text", no_baselines
)
PADDED = Manipulation("laundering:padding", "laundering", "same", (1.0,), "twice the words", "text", padded)
SPACED = Manipulation("invariance:spaces", "invariance", "same", (1.0,), "wider spaces", "text", spaced)
THREE = ("injection:visible", NO_BASELINES, PADDED, SPACED)


def made_papers(count: int = 24, *, seed: int = 3) -> Dataset:
    """Papers of 100 to 2000 words, accepted and rejected ones in turn, every fourth without baselines."""
    rng = random.Random(seed)
    papers, judgements = [], []
    for number in range(count):
        body = " ".join(
            f"The {rng.choice(WORDS)} of the {rng.choice(WORDS)} is studied."
            for _ in range(round(15 * 2 ** rng.uniform(0, 4)))
        )
        compared = "" if number % 4 == 3 else "We compare with a baseline. " * 8
        title = f"Paper {number} on the {rng.choice(WORDS)}"
        front = f"# {title}\n\n## Abstract\n\nWe study {rng.choice(WORDS)} {number}."
        text = f"{front}\n\n## Introduction\n\n{body}\n\n{compared}"
        papers.append(Paper(id=f"p{number:02}", title=title, abstract="", text=text))
        judgements.append(Judgement(paper_id=f"p{number:02}", decision="reject" if number % 2 else "accept",
                                    ratings=(4.0 + number % 2, 5.0)))  # fmt: skip
    card = DatasetCard(name="made", labels="constructed", scale=tuple(float(i) for i in range(1, 11)))
    return build(card, papers, judgements)


def stressed(
    folder: Path, dataset: str | Dataset, spec: str, *, budget: float | None = None, **settings: Any
) -> tuple[ReviewerStress, StressRun]:
    """The figures of the one reviewer, and the run."""
    asked = StressSettings(**{"out": folder / "run", "split": "all", "raw": True, "manipulations": THREE, **settings})
    session = Session(Metering(None, Budget(budget), Ledger()), concurrency=16, cached=False)
    stress = prepare_stress(dataset, [spec], session, asked)
    run, _ = stress.review(["peerassay", "stress"])
    return measured(run)[0].stress, run
