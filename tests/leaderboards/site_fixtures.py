"""Boards of a realistic size made of simulated reviews and papers, and boards whose every name is hostile."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
from peerassay.bench.evaluate import evaluate
from peerassay.bench.load_outcomes import humans_of, machine_of
from peerassay.bench.outcomes import Humans
from peerassay.bench.resampled import Bootstrap
from peerassay.bench.scores.metrics import GroupMetrics
from peerassay.bench.scores.records import Group, ScoreReviewer
from peerassay.bench.summary import CeilingRow
from peerassay.data.records import Judgement
from peerassay.leaderboards.boards import (
    Bar,
    Boards,
    GeneratorBoard,
    GeneratorEntry,
    Histogram,
    HumanReference,
    RankInterval,
    Refused,
    ReviewerBoard,
    ReviewerEntry,
    Strength,
)
from peerassay.leaderboards.records import (
    BoardDataset,
    BoardPaper,
    GeneratorResult,
    IdeaScore,
    Made,
    PaperScore,
    ReviewerResult,
    SampleReview,
)
from peerassay.reviewer.protocol import Traits, paper_key
from peerassay.reviewer.review import Review, Usage, failed
from peerassay.statistics.calibration import ReliabilityBin
from peerassay.statistics.estimate import Estimate

HOSTILE = (
    "<script>window.hacked=1;alert(1)</script>",
    '"><img src=x onerror="window.hacked=1">',
    "javascript:window.hacked=1",
    "{{7*7}}{% raw %}${7*7}",
    "\u202eright to left\u202c \u2066isolated \u200bname",
    "&lt;b&gt;&amp;amp;&#x3c;",
    "👩‍🔬🏳️‍🌈 ünï čødé 中文 עברית العربية",
    "W" * 190,
    "</title></style></svg><svg onload=window.hacked=1>",
    "' onmouseover='window.hacked=1",
)
REVIEWERS = (
    ("openai/gpt-5?ensemble=5", "llm", 0.9, 0.031),
    ("anthropic/claude-opus-4", "llm", 1.0, 0.082),
    ("openai/gpt-4o?reflections=5", "llm", 1.5, 0.0146),
    ("learned:iclr2022", "learned", 1.6, 0.0),
    ("replay:gpt-4o-2024-05-13", "replay", 2.0, None),
    ("vllm/llama-3.1-405b", "llm", 3.0, 0.0009),
    ("floor:length", "floor", 6.0, 0.0),
    ("floor:always-reject", "floor", 0.0, 0.0),
)
CONFIGURATIONS = (("sonnet-3.5", 3.8, 9.4), ("gpt-4o", 3.4, 13.2), ("deepseek-coder", 3.2, 0.62), ("offline", 2.6, 0.0))
TEMPLATES = ("diffusion", "grokking", "nanogpt")


def made() -> Made:
    return Made(
        created="2026-11-20T10:00:00Z",
        peerassay="0.1.0",
        command=("peerassay", "bench", "-d", "iclr2022", "-r", "openai/gpt-5?ensemble=5", "--split", "test"),
    )


def simulated_humans(n: int, seed: int) -> tuple[Humans, np.ndarray]:
    rng = np.random.default_rng(seed)
    quality = rng.normal(size=n)
    accepted = quality + rng.normal(0, 0.6, n) > 0.5
    judgements = [
        Judgement(
            paper_id=f"p{i}",
            decision="accept" if a else "reject",
            ratings=tuple(float(r) for r in np.clip(np.round(5 + 1.5 * q + rng.normal(0, 1, 4)), 1, 10)),
        )
        for i, (q, a) in enumerate(zip(quality, accepted, strict=True))
    ]
    return humans_of(judgements, scale=(1, 10)), quality


def reviews_of(humans: Humans, quality: np.ndarray, kind: str, noise: float, rng: np.random.Generator) -> list[Review]:
    if noise == 0:
        return [Review(paper_id=i, decision="reject") for i in humans.ids]
    scores = 5 + 1.5 * quality + rng.normal(0, noise, len(humans))
    found = []
    for paper_id, score in zip(humans.ids, scores, strict=True):
        if kind == "llm" and rng.random() < 0.03:
            reason = "timeout after 600 s" if rng.random() < 0.6 else "the answer does not fit the form"
            found.append(failed(paper_id, reason))
            continue
        overall = float(np.clip(round(score), 1, 10)) if kind != "learned" else float(score)
        usage = Usage(usd=0.01, seconds=4.0)
        decision = "accept" if overall >= 6 else "reject"
        chance = float(1 / (1 + np.exp(6 - overall)))
        found.append(Review(paper_id=paper_id, overall=overall, decision=decision, p_accept=chance, usage=usage))
    return found


def reviewer_board(
    name: str,
    *,
    n: int = 160,
    text: str = "scrubbed",
    labels: str = "human",
    names: tuple[str, ...] = (),
    seed: int = 1,
) -> ReviewerBoard:
    humans, quality = simulated_humans(n, seed)
    bootstrap = Bootstrap(humans, 200)
    dataset = BoardDataset(
        id=f"{name.lower()}-test",
        name=name,
        split="test",
        title=f"{name}: submissions with decisions" if not names else HOSTILE[0],
        source="https://example.org/papers" if not names else HOSTILE[1],
        revision="2024-08-12" if not names else HOSTILE[4],
        licence="CC BY 4.0",
        labels=labels,  # pyright: ignore[reportArgumentType]
        text_version="submission",
        hash=hashlib.sha256(name.encode()).hexdigest(),
        papers=tuple(
            BoardPaper(key=paper_key(i), accepted=bool(a)) for i, a in zip(humans.ids, humans.accepted, strict=True)
        ),
        ceilings=ceilings(n) if labels == "human" else (),
        notes=("Withdrawn papers are left out.",) if not names else HOSTILE,
    )
    entries = [
        reviewer_entry(place, dataset, humans, quality, bootstrap, text, hostile=names[place] if names else "")
        for place in range(min(len(REVIEWERS), len(names) or 99))
    ]
    entries.sort(key=lambda e: -(e.result.figures.scores["auc"].value or 0) if e.place else 0)
    placed = [
        replace(entry, place=RankInterval(rank=max(i, 1), low=max(i, 1), high=min(i + 2, 7), tied=i < 2))
        if entry.place
        else entry
        for i, entry in enumerate(entries)
    ]
    return ReviewerBoard(dataset=dataset, text=text, entries=tuple(placed))


def ceilings(n: int) -> tuple[CeilingRow, ...]:
    def estimate(value: float) -> Estimate:
        return Estimate(value=value, low=value - 0.03, high=value + 0.03, n=n)

    halves = {"auc": estimate(0.746), "balanced_accuracy": estimate(0.652)}
    return (
        CeilingRow(
            name="human halves, 2 vs 2", note="two reviewers against two", n=n, contaminated=False, metrics=halves
        ),
        CeilingRow(
            name="single human vs decision",
            note="this reviewer helped to decide",
            n=n,
            contaminated=True,
            metrics={"auc": estimate(0.815)},
        ),
    )


def reviewer_entry(
    place: int,
    dataset: BoardDataset,
    humans: Humans,
    quality: np.ndarray,
    bootstrap: Bootstrap,
    text: str,
    *,
    hostile: str,
) -> ReviewerEntry:
    name, kind, noise, usd = REVIEWERS[place]
    name = hostile or name
    traits = Traits(kind=kind, scale=(1, 10) if kind == "llm" else None, accept_at=6 if kind == "llm" else None)
    reviews = reviews_of(humans, quality, kind, noise, np.random.default_rng(place + 50))
    machine = machine_of(name, traits, reviews, humans)
    if hostile and machine.reasons:
        machine.reasons[hostile] = machine.reasons.pop(next(iter(machine.reasons)))
    figures = evaluate(humans, machine, bootstrap)
    scored = machine.score is not None
    result = ReviewerResult(
        id=f"{dataset.id}-{text}-{place}",
        name=name,
        spec=name,
        fingerprint=hashlib.sha256(name.encode()).hexdigest()[:12],
        traits=traits,
        dataset=dataset.id,
        dataset_hash=dataset.hash,
        text=text,  # pyright: ignore[reportArgumentType]
        scrub_rules="3f9a" if text == "scrubbed" else "",
        status="verified" if kind in ("floor", "learned") else "self-reported",
        made=made() if not hostile else made().model_copy(update={"command": ("peerassay", hostile)}),
        papers=tuple(
            PaperScore(key=paper_key(r.paper_id), score=r.overall, decision=r.decision, failed=r.reason)
            for r in reviews
        ),
        usd_per_review=usd,
        seconds_per_review=4.2,
        figures=figures,
        samples=samples(hostile) if kind == "llm" else (),
        notes=(hostile,) if hostile else (),
        digest="d" * 64,
    )
    shown = RankInterval(rank=1, low=1, high=1, tied=False) if scored else None
    return ReviewerEntry(
        result=result,
        place=shown,
        reliability=bins() if scored and kind != "floor" else (),
        histogram=two_series(reviews, humans) if scored else None,
    )


def samples(hostile: str) -> tuple[SampleReview, ...]:
    fields = {
        "Summary": "The paper proposes a dual-scale denoiser and reports lower KL divergence on four toy datasets.",
        "Strengths": "- clear idea\n- ablations on all four sets",
        "Weaknesses": "- gains within noise on two sets\n- cost doubles",
    }
    if hostile:
        fields = {hostile: hostile}
    return (
        SampleReview(paper=hostile or "a paper the reviewer liked", score=7, decision="accept", fields=fields),
        SampleReview(paper=hostile or "a paper it did not like", score=3, decision="reject", fields=fields),
    )


def bins() -> tuple[ReliabilityBin, ...]:
    rows = ((0.05, 40, 0.04), (0.15, 32, 0.2), (0.25, 24, 0.21), (0.37, 21, 0.33), (0.52, 18, 0.6), (0.83, 10, 0.9))
    return tuple(
        ReliabilityBin(
            low=int(p * 10) / 10,
            high=int(p * 10) / 10 + 0.1,
            n=n,
            predicted=p,
            accepted=share,
            accepted_low=max(share - 0.9 / n**0.5, 0),
            accepted_high=min(share + 0.9 / n**0.5, 1),
        )
        for p, n, share in rows
    )


def two_series(reviews: list[Review], humans: Humans) -> Histogram:
    scores = np.array([np.nan if r.overall is None else r.overall for r in reviews])
    edges = np.arange(0.5, 11, 1)
    counts = [np.histogram(scores[where], edges)[0] for where in (~humans.accepted, humans.accepted)]
    bars = tuple(
        Bar(float(edges[i]), float(edges[i + 1]), (int(counts[0][i]), int(counts[1][i]))) for i in range(len(edges) - 1)
    )
    return Histogram(series=("rejected", "accepted"), bars=bars, missing=int(np.isnan(scores).sum()))


def generator_entry(place: int, template: str, *, hostile: str = "", tried: int = 40) -> GeneratorEntry:
    name, mean, usd = CONFIGURATIONS[place % len(CONFIGURATIONS)]
    name = hostile or name
    unknown = place == 1 and template == TEMPLATES[-1]
    rng = np.random.default_rng(place * 10 + len(template))
    ideas = tuple(idea(i, mean, usd, rng, hostile) for i in range(tried))
    scores = np.array([i.score for i in ideas if i.score is not None])
    figures = group_figures(name, template, ideas, scores, None if unknown else usd)
    counts, edges = np.histogram(scores, np.arange(0.5, 8, 1))
    bars = tuple(Bar(float(edges[i]), float(edges[i + 1]), (int(c),)) for i, c in enumerate(counts))
    result = GeneratorResult(
        id=f"{TEMPLATES.index(template) if template in TEMPLATES else 9}-{place}",
        name=name,
        template=template,
        group=Group(template=template, configuration=name, tried=tried, settings={"model": name}),
        reviewer=ScoreReviewer(name="openai/gpt-4o?reflections=5", fingerprint="ab12cd34ef56"),
        text="scrubbed",
        rule="score >= 6",
        threshold=6,
        probability="platt, fitted on iclr2022 calibration",
        calibrated=True,
        made=made(),
        ideas=ideas,
        figures=figures,
        samples=samples(hostile),
        notes=(hostile,) if hostile else ("The machine was restarted once.",),
    )
    return GeneratorEntry(
        result=result,
        place=RankInterval(rank=place + 1 if place else 1, low=max(place, 1), high=place + 2, tied=place < 1),
        histogram=Histogram(series=("papers",), bars=bars, missing=tried - len(scores)),
        efficient=place in (0, 2),
    )


def idea(number: int, mean: float, usd: float, rng: np.random.Generator, hostile: str) -> IdeaScore:
    name = hostile or f"adaptive_dual_scale_{number}"
    spent = round(usd * float(rng.uniform(0.5, 1.2)), 4)
    if rng.random() < 0.25:
        ended = hostile or "experiments: run 3 failed four times"
        return IdeaScore(name=name, stage="unfinished", reason=ended, usd=spent, seconds=900)
    score = float(np.clip(round(mean + rng.normal(0, 0.9)), 1, 10))
    return IdeaScore(
        name=name,
        stage="reviewed",
        score=score,
        p_accept=round(float(1 / (1 + np.exp(6 - score))), 4),
        accepted=score >= 6,
        usd=spent,
        seconds=float(rng.uniform(1500, 4000)),
        numbers_checked=40,
        violations=int(rng.poisson(0.8)),
        problems=int(rng.poisson(0.4)),
        hidden=0,
        injections=0,
    )


def group_figures(
    name: str, template: str, ideas: tuple[IdeaScore, ...], scores: np.ndarray, usd: float | None
) -> GroupMetrics:
    def estimate(value: float, n: int, margin: float) -> Estimate:
        return Estimate(value=value, low=value - margin, high=value + margin, n=n)

    n, tried = len(scores), len(ideas)
    accepted = int((scores >= 6).sum())
    chances = [i.p_accept or 0 for i in ideas]
    violations = [i.violations for i in ideas if i.violations is not None]
    return GroupMetrics(
        template=template,
        configuration=name,
        tried=tried,
        tried_from="run",
        finished=n,
        reviewed=n,
        mean=estimate(float(scores.mean()), n, 0.3),
        median=estimate(float(np.median(scores)), n, 0.5),
        sd=float(scores.std(ddof=1)),
        highest=float(scores.max()),
        mean_tried=estimate(float((scores.sum() + tried - n) / tried), tried, 0.3),
        accepted=accepted,
        accepted_share=estimate(accepted / tried, tried, 0.05),
        p_accept=estimate(sum(chances) / n, n, 0.02),
        p_tried=estimate(sum(chances) / tried, tried, 0.02),
        usd=None if usd is None else usd * n,
        usd_per_paper=usd,
        seconds_per_paper=3000,
        audited=n,
        numbers_checked=40 * n,
        violations=sum(violations),
        with_violations=sum(v > 0 for v in violations),
        examined=n,
        with_problems=sum(bool(i.problems) for i in ideas),
        searched=n,
    )


def strength(place: int, name: str) -> Strength:
    value = 0.9 - 0.6 * place
    return Strength(
        configuration=name,
        strength=Estimate(value=value, low=value - 0.4, high=value + 0.4, n=120),
        beats_average=Estimate(value=1 / (1 + np.exp(-value)), low=0.2, high=0.8, n=120),
        place=RankInterval(rank=place + 1, low=place + 1, high=place + 1, tied=False),
        templates=TEMPLATES,
        tried=120,
        matched=900,
        unmatched=4200,
        usd_per_paper=CONFIGURATIONS[place % 4][2],
    )


def reference(name: str, mean: float) -> HumanReference:
    counts = (1, 4, 9, 30, 52, 21, 6)
    bars = tuple(Bar(i + 0.5, i + 1.5, (count,)) for i, count in enumerate(counts))
    return HumanReference(
        name=name,
        mean=Estimate(value=mean, low=mean - 0.1, high=mean + 0.1, n=123),
        histogram=Histogram(series=("papers",), bars=bars, missing=0),
        accepted_share=Estimate(value=0.4, low=0.31, high=0.49, n=123),
    )


@cache
def realistic_boards() -> Boards:
    """Eight reviewers on two datasets, one in two forms of text; four configurations on three templates."""
    entries = tuple(generator_entry(place, template) for template in TEMPLATES for place in range(4))
    return Boards(
        reviewers=(
            reviewer_board("ICLR2022"),
            reviewer_board("ICLR2022", text="raw", seed=1),
            reviewer_board("sample", labels="constructed", n=80, seed=3),
        ),
        generators=(
            GeneratorBoard(
                reviewer="openai/gpt-4o?reflections=5",
                fingerprint="ab12cd34ef56",
                unsigned=False,
                rule="score >= 6, the form's threshold",
                entries=entries,
                strengths=tuple(strength(i, name) for i, (name, _, _) in enumerate(CONFIGURATIONS)),
                references=(reference("ICLR 2022, accepted", 5.4), reference("ICLR 2022, rejected", 4.6)),
                text="scrubbed",
                probability="platt, fitted on iclr2022 calibration",
            ),
        ),
        refused=(
            Refused(
                Path("/home/me/results/reviewers/iclr2022-test/other.json"), "the score of paper 3f9a12bc was changed"
            ),
            Refused(Path("/home/me/results/generators/grokking/x.json"), "not JSON (Expecting value)"),
        ),
        sources=("the results that come with peerassay",),
    )


@cache
def hostile_boards() -> Boards:
    """Every name, reason, note, field and template is an attack or an accident."""
    template = HOSTILE[4]
    entries = tuple(generator_entry(i, template, hostile=name, tried=12) for i, name in enumerate(HOSTILE))
    board = GeneratorBoard(
        reviewer=HOSTILE[0],
        fingerprint=HOSTILE[1],
        unsigned=True,
        rule=HOSTILE[2],
        entries=entries,
        strengths=tuple(strength(i, name) for i, name in enumerate(HOSTILE)),
        references=tuple(reference(name, 5.0) for name in HOSTILE[:3]),
    )
    return Boards(
        reviewers=(reviewer_board("evil", n=60, names=HOSTILE),),
        generators=(board,),
        refused=tuple(Refused(Path("/x") / name.replace("/", "_"), f"{name}\u2028{name}") for name in HOSTILE),
        sources=HOSTILE,
    )
