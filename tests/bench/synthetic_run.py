"""A small run folder with made-up papers and reviewers of known skill, for the figures and the report."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from peerassay.bench.run import Run, run_dataset, start_run
from peerassay.data.dataset import Dataset, build
from peerassay.data.records import TIERS, DatasetCard, Judgement, Paper
from peerassay.reviewer.protocol import Reviewer, Traits
from peerassay.reviewer.review import Review, Usage, failed

HOSTILE = '<script>alert("x")</script>'


def made_dataset(n: int = 80, *, constructed: bool = False) -> tuple[Dataset, np.ndarray]:
    """Papers with ratings and tiers by a hidden quality, which is returned too; bare labels where `constructed`."""
    rng = np.random.default_rng(7)
    quality = np.sort(rng.normal(size=n))
    papers = [Paper(id=f"p{i:03}", title=HOSTILE, text=f"{HOSTILE} text {i}") for i in range(n)]
    judgements = []
    for i, q in enumerate(quality):
        level = int(np.searchsorted([0.6, 0.85, 0.95], (i + 0.5) / n))
        ratings = tuple(float(r) for r in np.clip(np.round(5.5 + 1.5 * q + rng.normal(0, 1, 4)), 1, 10))
        judgements.append(
            Judgement(
                paper_id=f"p{i:03}",
                decision="accept" if level else "reject",
                tier=None if constructed else TIERS[level],
                ratings=() if constructed else ratings,
            )
        )
    card = DatasetCard(
        name="made-up",
        title=f"Made up {HOSTILE}",
        source="https://example.org/made-up",
        labels="constructed" if constructed else "human",
        notes=[f"a note with {HOSTILE}", f"Not verified: the scale of {HOSTILE}."],
    )
    return build(card, papers, judgements), quality


def made_run(folder: Path, names: list[str], *, failures: int = 0, constructed: bool = False) -> Run:
    """A complete run: the reviewer at place i sees the quality through noise that grows with i.

    `failures` are the first one's. From the second on they give probabilities of their own.
    """
    dataset, quality = made_dataset(constructed=constructed)
    described = run_dataset(dataset, source="made-up", split="all", limit=None, scrub_rules="abc123")
    run = start_run(folder, described, dataset, ["peerassay", "bench", "-d", "made-up", "-r", f"python:a:{HOSTILE}"])
    rng = np.random.default_rng(1)
    appender = run.appender()
    for i, name in enumerate(names):
        kind = "floor" if name.startswith("floor:") else "reviewer"
        noise = rng.normal(0, 0.5 + 0.3 * i, len(quality))
        seen = noise if kind == "floor" else quality + noise
        run.add_reviewer(_Entry(name, Traits(kind=kind, scale=(1, 10), accept_at=6)), spec=name)
        for j, (paper, value) in enumerate(zip(dataset.papers, seen, strict=True)):
            fails = i == 0 and j % 9 == 0 and j // 9 < failures
            review = failed(paper.id, f"timeout {HOSTILE}") if fails else _review(paper, value, sure=i > 0)
            signed = review.model_copy(update={"reviewer": name, "fingerprint": "f" * 12})
            appender.add(signed)
    run.save()
    return run


def _review(paper: Paper, value: float, *, sure: bool) -> Review:
    score = float(np.clip(round(5.5 + 1.5 * value), 1, 10))
    decision = "accept" if score >= 6 else "reject"
    probability = float(1 / (1 + np.exp(-value))) if sure else None
    usage = Usage(usd=0.01, seconds=1.5)
    return Review(paper_id=paper.id, overall=score, decision=decision, p_accept=probability, usage=usage)


class _Entry(Reviewer):
    """What a run records of a reviewer whose reviews are there already."""

    fingerprint = "f" * 12

    def __init__(self, name: str, traits: Traits) -> None:
        self.name = name
        self.traits = traits

    async def review(self, paper: Paper) -> Review:  # noqa: ARG002
        raise AssertionError("its reviews are on disk")
