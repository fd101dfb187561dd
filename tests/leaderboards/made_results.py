"""Runs and results made of real parts: reviewers that run on the bundled manuscripts, and papers with known scores."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from peerassay.bench.run import Run, run_dataset, start_run
from peerassay.bench.runner import review_all
from peerassay.bench.scores.batch import ScoreSettings, choose_scored, prepare_scores
from peerassay.bench.scores.records import Group, ScoreRecord, ScoreReviewer, TriedIdea
from peerassay.bench.scores.run import ScoreRun
from peerassay.data.dataset import Dataset, build
from peerassay.data.records import DatasetCard, Judgement, Paper
from peerassay.data.registry import load_dataset
from peerassay.leaderboards.adding import add_results
from peerassay.leaderboards.records import digest_of_body
from peerassay.leaderboards.selection import Selection
from peerassay.leaderboards.submission import results_of
from peerassay.llm.session import Session
from peerassay.reviewer.floors import make_floor
from peerassay.reviewer.function_reviewer import FunctionReviewer
from peerassay.reviewer.protocol import Reviewer, Traits
from peerassay.reviewer.review import Review
from peerassay.reviewer.scrub import rules_fingerprint

PRIVATE = "/home/somebody/secret project/reviews.csv"
COMMAND = ["peerassay", "bench", "-d", "sample", "-r", f"replay:{PRIVATE}?name=x", "--out", "a/b/private", "--seed=1"]
SCALE = Traits(scale=(1, 10), accept_at=6)
MEANS = {"strong": 6.0, "middle": 4.5, "weak": 3.0}


def careful(paper: Paper) -> Mapping[str, Any]:
    """A score by the text's length, with words; it fails on some papers, and tells where."""
    words = len(paper.text.split())
    if words % 7 == 0:
        raise FileNotFoundError(f"{PRIVATE}: no such file")
    score = 1 + words % 10
    fields = {"Summary": "s" * 5000, "Strengths": ["clear", "short"], "Soundness": 3, "panel": {"members": []}}
    return {"overall": score, "decision": "accept" if score >= 6 else "reject", "fields": fields}


def careful_reviewer(name: str = "careful") -> FunctionReviewer:
    return FunctionReviewer(name, careful, fingerprint="c" * 12, traits=SCALE)


def bench_run(folder: Path, dataset: Dataset, reviewers: list[Reviewer], **changes: Any) -> Run:
    """A run of the reviewers as `bench` makes it; those that are floors are automatic ones."""
    settings = {"source": dataset.card.name, "split": "all", "limit": None, "scrub_rules": rules_fingerprint()}
    run = start_run(folder, run_dataset(dataset, **{**settings, **changes}), dataset, COMMAND)
    for reviewer in reviewers:
        run.add_reviewer(reviewer, reviewer.name, automatic=reviewer.name.startswith("floor:"))
    run.save()
    asyncio.run(review_all(run, reviewers, dataset.papers))
    return run


def human_dataset(n: int = 40) -> Dataset:
    """Papers with human decisions and four ratings each."""
    rng = np.random.default_rng(3)
    papers = [Paper(id=f"p{i:02}", text=f"paper {i} " + "word " * (30 + 7 * i % 50)) for i in range(n)]
    judgements = [
        Judgement(
            paper_id=paper.id,
            decision="accept" if i % 3 == 0 else "reject",
            ratings=tuple(float(r) for r in rng.integers(2, 7, 4) + 2 * (i % 3 == 0)),
        )
        for i, paper in enumerate(papers)
    ]
    card = DatasetCard(name="made-up", title="Made-up venue", source="a table", scale=tuple(range(1, 11)))
    return build(card, papers, judgements)


def score_run(
    folder: Path,
    templates: tuple[str, ...] = ("diffusion", "grokking"),
    *,
    change: Callable[[ScoreRecord], ScoreRecord] = lambda record: record,
) -> None:
    """Three configurations on each template; on `diffusion` all try the same ideas, and some never finish."""
    rng = np.random.default_rng(5)
    groups: list[Group] = []
    ideas: list[TriedIdea] = []
    reviews: dict[str, Review] = {}
    for template in templates:
        for name, mean in MEANS.items():
            label = f"{template}/{name}"
            settings = {"template": f"{Path.home()}/templates/{template}"}
            groups.append(Group(template=template, configuration=name, tried=14, usd=28.0 * mean, settings=settings))
            for number in range(12):
                idea = f"idea_{number}" if template == "diffusion" else f"{name}_{number}"
                done = number < 10
                ideas.append(
                    TriedIdea(id=f"{label}/{idea}", template=template, configuration=name, name=idea, finished=done)
                )
                if done:
                    score = float(np.clip(round(mean + rng.normal()), 1, 10))
                    fields = {"Summary": f"of {idea}"}
                    reviews[f"{label}/{idea}"] = Review(paper_id="any", overall=score, fields=fields)
    record = ScoreRecord(
        created="2026-11-20T10:00:00+00:00",
        peerassay="0.1.0",
        command=["peerassay", "score", str(folder)],
        reviewer=ScoreReviewer(name="careful", fingerprint="c" * 12, traits=SCALE),
        groups=groups,
        ideas=ideas,
    )
    ScoreRun.start(folder, change(record)).take_over(reviews)


def scored_folder(path: Path, out: Path, humans: Path | None = None) -> Path:
    """The run of `score` on a table of earlier reviews, with human scores of a file."""
    asked, session = ScoreSettings(out=out, humans=humans), Session()
    prepare_scores(choose_scored([str(path)], None, session, asked), session, asked, ["peerassay", "score"]).review()
    return out


def one_generator_run(folder: Path, groups: Mapping[str, tuple[list[int], list[float]]], by: tuple[str, ...]) -> Path:
    """A run on one template: each group's papers with the first scores by a judge, the second by each human."""
    judged = [
        f"{name}-p{i:02},{score},{name}" for name, (scores, _) in groups.items() for i, score in enumerate(scores)
    ]
    said = [
        f"{name}-p{i:02},{score + number * (-1) ** (i // 2)},{human}"
        for name, (_, scores) in groups.items()
        for i, score in enumerate(scores)
        for number, human in enumerate(by)
    ]
    (folder / "judge.csv").write_text("\n".join(["paper_id,score,configuration", *judged]))
    (folder / "humans.csv").write_text("\n".join(["paper,score,reviewer", *said]))
    return scored_folder(folder / "judge.csv", folder / "run", folder / "humans.csv")


def add(run: Path, results: Path, **selection: Any) -> list[Path]:
    """The files that the run became."""
    dataset, made = results_of(run, Selection(**selection))
    return [added.path for added in add_results(results, dataset, made)]


def make_results(folder: Path) -> Path:
    """A folder of results of all kinds; the runs stand beside it."""
    sample = load_dataset("sample")
    bench_run(folder / "sample", sample, [make_floor("length"), make_floor("always-reject"), careful_reviewer()])
    bench_run(folder / "human", human_dataset(), [make_floor("length"), careful_reviewer()])
    score_run(folder / "score")
    for run in ("sample", "human", "score"):
        add(folder / run, folder / "results", floors=True)
    return folder / "results"


def changed(path: Path, change: Callable[[dict[str, Any]], None], *, seal: bool = True) -> Path:
    """Change the JSON of a file, by default with a digest that fits again."""
    body = json.loads(path.read_text(encoding="utf-8"))
    change(body)
    if seal and "digest" in body:
        body["digest"] = digest_of_body(body)
    path.write_text(json.dumps(body), encoding="utf-8")
    return path


def only(made: Path, folder: Path, *patterns: str) -> Path:
    """A folder of results with the files of these patterns alone; returns the last one's."""
    path = folder
    for pattern in patterns:
        (source,) = made.glob(pattern)
        path = folder / source.relative_to(made)
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, path)
    return path
