"""Folders as AI scientists leave them: groups, ideas tried, papers, and which file is the paper.

Papers are pages of the bundled manuscripts as PDF, figures are plots, both by matplotlib.
"""

from __future__ import annotations

import functools
import io
import json
import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import matplotlib
import pytest
from peerassay.bench.scores.grouping import groups_of, told_apart
from peerassay.bench.scores.sources import find_entries
from peerassay.data.papers.find import is_lone_figure, papers_in
from peerassay.data.registry import load_dataset

V1 = "20240801_120000"
V2 = "2025-04-08_12-00-00"
LATEX = "\\documentclass{article}\n\\begin{document}\n\\section{Introduction}\nWords.\n\\end{document}\n"


@functools.cache
def paper_pdf(number: int) -> bytes:
    """Two pages of a bundled manuscript."""
    from matplotlib.backends.backend_pdf import PdfPages
    from matplotlib.figure import Figure

    lines = [line[:95] for line in load_dataset("sample").papers[number % 32].text.splitlines() if line.strip()]
    stream = io.BytesIO()
    with matplotlib.rc_context({"pdf.fonttype": 42}), PdfPages(stream) as pages:
        for page in range(2):
            figure = Figure(figsize=(8.5, 11))
            text = "\n".join([f"Paper {number}", "Abstract", *lines[page * 45 : page * 45 + 45]])
            figure.text(0.1, 0.05, text, fontsize=8, parse_math=False)
            pages.savefig(figure)
    return stream.getvalue()


@functools.cache
def figure_pdf(pages: int = 1) -> bytes:
    """Plots with a legend, labels and numbers, a page each."""
    from matplotlib.backends.backend_pdf import PdfPages
    from matplotlib.figure import Figure

    stream = io.BytesIO()
    with PdfPages(stream) as file:
        for _ in range(pages):
            figure = Figure()
            axes = figure.subplots()
            for run in range(6):
                axes.plot([run, 2, 3], label=f"run {run}: adaptive scaling")
            axes.set(title="Validation loss by step", xlabel="step", ylabel="loss")
            axes.legend()
            file.savefig(figure)
    return stream.getvalue()


FIGURE = figure_pdf
IDEA_OF_V1: dict[str, object] = {
    "latex/template.tex": LATEX,
    "run_0/final_info.json": "{}",
    "log.txt": "Aider started. We now write the introduction.",
    "notes.txt": "# Title: words\nRun 1: it works.",
    "ideas.json": "[]",
    "experiment.py": "print()",
    "loss.pdf": FIGURE,
}


def idea(folder: str, **files: object) -> dict[str, object]:
    """An idea's folder as AI-Scientist leaves it, with files more; `__` stands for a folder, the ending is .pdf."""
    more = {f"{folder}/{name.replace('__', '/')}.pdf": content for name, content in files.items()}
    return {**{f"{folder}/{name}": content for name, content in IDEA_OF_V1.items()}, **more}


@dataclass
class Layout:
    """Files below a folder, what is named of it, and what should be found."""

    files: dict[str, object]
    groups: dict[str, tuple[int, int]]
    """Ideas tried and papers by TEMPLATE/CONFIGURATION."""
    papers: tuple[str, ...] = ()
    """Files that are the papers, where that is not clear from the counts."""
    named: tuple[str, ...] = ("all",)
    notes: tuple[str, ...] = field(default=())
    """Words of notes that must be there."""


LAYOUTS: dict[str, Layout] = {
    "v1, one idea": Layout(
        idea(f"all/nanogpt/{V1}_big", big=1, latex__template=2), {"nanogpt/all": (1, 1)}, ("nanogpt/*/big.pdf",)
    ),
    "v1, improved": Layout(
        idea(f"all/nanogpt/{V1}_big", big=1, big_improved=2), {"nanogpt/all": (1, 1)}, ("nanogpt/*/big_improved.pdf",)
    ),
    "v1, no PDF": Layout(
        {**idea(f"all/nanogpt/{V1}_big", big=1), **idea(f"all/nanogpt/{V1}_small")}, {"nanogpt/all": (2, 1)}
    ),
    "v1, only figures": Layout(
        {
            **idea(f"all/nanogpt/{V1}_big", big=1),
            **idea(f"all/nanogpt/{V1}_small", accuracy=FIGURE, run_1__loss=FIGURE),
        },
        {"nanogpt/all": (2, 1)},
        notes=("with a figure alone left out",),
    ),
    "v1, two templates": Layout(
        {**idea(f"all/nanogpt/{V1}_a", a=1), **idea(f"all/grokking/{V1}_a", a=2)},
        {"nanogpt/all": (1, 1), "grokking/all": (1, 1)},
    ),
    "v1, the chat beside the paper": Layout(
        {
            **idea(f"all/nanogpt/{V1}_a", a=1),
            f"all/nanogpt/{V1}_a/{V1}_a_aider.txt": "USER: write",
            "all/nanogpt/ideas.json": "[]",
            "all/nanogpt/README.md": "# Results",
        },
        {"nanogpt/all": (1, 1)},
    ),
    "v1, one idea named": Layout(
        idea(f"all/nanogpt/{V1}_a", a=1), {"nanogpt/all": (1, 1)}, named=(f"all/nanogpt/{V1}_a",)
    ),
    "v1, one idea named, without a paper": Layout(
        {**idea(f"all/nanogpt/{V1}_a"), **idea(f"all/nanogpt/{V1}_b", b=1)},
        {"nanogpt/all": (2, 1)},
        named=(f"all/nanogpt/{V1}_a", f"all/nanogpt/{V1}_b"),
    ),
    "v1, files by pattern": Layout(
        {**idea(f"all/nanogpt/{V1}_a", a=1, a_improved=2), **idea(f"all/nanogpt/{V1}_b", b=3)},
        {"nanogpt/all": (2, 2)},
        named=("all/nanogpt/*/[ab]*.pdf",),
    ),
    "v2, reflections": Layout(
        idea(
            f"experiments/{V2}_big_attempt_0",
            big=1,
            big_reflection1=2,
            big_reflection2=3,
            big_reflection_final_page_limit=4,
            figures__curve=FIGURE,
            logs__0_run__plot=FIGURE,
        ),
        {"experiments/*": (1, 1)},
        ("*/big_reflection_final_page_limit.pdf",),
        ("experiments",),
    ),
    "v2, the highest reflection": Layout(
        idea(f"experiments/{V2}_big_attempt_0", big_reflection2=1, big_reflection10=2, big_reflection9=3),
        {"experiments/*": (1, 1)},
        ("*/big_reflection10.pdf",),
        ("experiments",),
    ),
    "v2, two attempts": Layout(
        {
            f"experiments/{V2}_big_attempt_0/idea.md": "# An idea",
            f"experiments/{V2}_big_attempt_0/logs/0-run/journal.json": "[]",
            f"experiments/{V2}_big_attempt_1/big_reflection1.pdf": 1,
            f"experiments/{V2}_big_attempt_1/review_text.txt": "Strengths: many.",
        },
        {"experiments/*": (2, 1)},
        named=("experiments",),
    ),
    "v2, undated with its summaries": Layout(
        {
            **{f"v2/one/{name}_summary.json": "{}" for name in ("draft", "baseline", "research")},
            "v2/one/iclr2025_scope.pdf": 1,
            **{f"v2/two/{name}_summary.json": "{}" for name in ("draft", "baseline", "research")},
        },
        {"all/v2": (2, 1)},
        named=("v2",),
    ),
    "AutoResearchClaw": Layout(
        {
            "artifacts/rc-20260315-120000-abc123/checkpoint.json": "{}",
            "artifacts/rc-20260315-120000-abc123/stage-17/paper_draft.md": "# Draft\n\nAbstract\n\nWords of it.",
            "artifacts/rc-20260315-120000-abc123/stage-22/paper.pdf": 1,
            "artifacts/rc-20260315-120000-abc123/deliverables/paper_final.pdf": 2,
            "artifacts/rc-20260315-120000-abc123/deliverables/paper.tex": LATEX,
            "artifacts/rc-20260315-120000-abc123/deliverables/charts/curve.pdf": FIGURE,
            "artifacts/rc-20260315-120000-abc123/literature/1706.03762.pdf": 3,
            "artifacts/rc-20260316-120000-abc124/checkpoint.json": "{}",
            "artifacts/rc-20260316-120000-abc124/stage-08/notes.md": "Words.",
        },
        {"artifacts/*": (2, 1)},
        ("*/deliverables/paper_final.pdf",),
        ("artifacts",),
    ),
    "our ideas without their run": Layout(
        {
            "all/diffusion/mine/idea_1/state.json": "{}",
            "all/diffusion/mine/idea_1/idea.json": "{}",
            "all/diffusion/mine/idea_1/paper.pdf": 1,
            "all/diffusion/mine/idea_1/paper.tex": LATEX,
            "all/diffusion/mine/idea_1/figures/loss.pdf": FIGURE,
            "all/diffusion/mine/idea_2/state.json": "{}",
            "all/diffusion/mine/idea_2/idea.json": "{}",
            "all/diffusion/mine/idea_2/paper.tex": LATEX,
        },
        {"diffusion/mine": (2, 1)},
    ),
    "a figure beside papers": Layout(
        {"all/t/c/a.pdf": 1, "all/t/c/b.pdf": 2, "all/t/c/loss.pdf": FIGURE, "all/t/plots/curve.pdf": FIGURE},
        {"t/c": (2, 2)},
        notes=("2 PDF files with a figure alone left out",),
    ),
    "plots on several pages": Layout(
        {"all/t/c/a.pdf": 1, "all/t/c/all_plots.pdf": functools.partial(figure_pdf, 3)}, {"t/c": (1, 1)}
    ),
    "one file in two places": Layout(
        {"all/t/c/a.pdf": 1, "all/t/c/backup/a.pdf": 1, "all/t/d/a.pdf": 1, "all/t/c/b.pdf": 2},
        {"t/c": (2, 2), "t/d": (1, 1)},
        notes=("1 papers of the same content as another in their group are left out",),
    ),
    "results copied within": Layout(
        {**idea(f"all/nanogpt/{V1}_a", a=1), **idea(f"all/nanogpt/old/{V1}_a", a=1)},
        {"nanogpt/all": (1, 1), "nanogpt/old": (1, 1)},
    ),
    "texts that are no papers": Layout(
        {
            "all/t/c/one.md": "# One\n\nAbstract\n\nWords of the paper.",
            "all/t/c/one_review.txt": "Overall: 6",
            "all/t/c/notes.md": "Remember the milk.",
            "all/t/c/chat_3.txt": "USER: hello",
            "all/t/c/log-final.txt": "done",
            "all/t/c/template.txt": "TITLE HERE",
            "all/t/c/a-review-of-words.md": "# A review of words\n\nAbstract\n\nA survey of it.",
        },
        {"t/c": (2, 2)},
    ),
    "reviews and LaTeX beside the PDF": Layout(
        {
            "all/t/c/one/paper.pdf": 1,
            "all/t/c/one/paper.tex": LATEX,
            "all/t/c/one/references.bib": "",
            "all/t/c/one/review.txt": "Overall: 6",
        },
        {"t/c": (1, 1)},
    ),
    "the templates of the scientist": Layout(
        {
            **idea(f"all/results/nanogpt/{V1}_a", a=1),
            "all/templates/nanogpt/latex/template.tex": LATEX,
            "all/templates/nanogpt/experiment.py": "",
            "all/templates/nanogpt/ideas.json": "[]",
        },
        {"nanogpt/results": (1, 1)},
    ),
    "a venue's own documents": Layout(
        {
            **idea(f"all/nanogpt/{V1}_a", a=1, latex__iclr2025_conference=2, latex__template=3),
            **idea(f"all/nanogpt/{V1}_b", latex__iclr2025_conference=2),
        },
        {"nanogpt/all": (2, 1)},
        ("nanogpt/*/a.pdf",),
    ),
    "compiled, but not moved": Layout(
        idea(f"all/nanogpt/{V1}_a", latex__template=1), {"nanogpt/all": (1, 1)}, ("nanogpt/*/latex/template.pdf",)
    ),
    "scientists side by side": Layout(
        {
            **idea(f"all/v1/{V1}_a", a=1),
            f"all/v2/{V2}_a_attempt_0/a_reflection1.pdf": 2,
            f"all/v2/{V2}_b_attempt_0/idea.json": "{}",
        },
        {"v1/all": (1, 1), "v2/all": (2, 1)},
    ),
    "v2 within its repository": Layout(
        {
            **idea(f"all/experiments/{V2}_big_attempt_0", big_reflection1=1),
            f"all/experiments/{V2}_small_attempt_0/idea.md": "# An idea",
            "all/README.md": "# AI scientist",
            "all/docs/logo.pdf": FIGURE,
            "all/ai_scientist/ideas/words.md": "# Ideas",
        },
        {"experiments/all": (2, 1)},
    ),
    "marked folders without dates": Layout(
        {**idea("all/t/c/one", one=1), **idea("all/t/c/two"), **idea("all/t/c/three", draft_1=2, draft_2=3)},
        {"t/c": (3, 2)},
        ("t/c/one/one.pdf", "t/c/three/draft_2.pdf"),
    ),
}


def laid_out(base: Path, files: dict[str, object]) -> None:
    for name, content in files.items():
        path = base / name
        path.parent.mkdir(parents=True, exist_ok=True)
        made = content() if callable(content) else paper_pdf(content) if isinstance(content, int) else content
        path.write_bytes(made if isinstance(made, bytes) else str(made).encode())


def found_in(base: Path, layout: Layout) -> tuple[dict[str, tuple[int, int]], list[str], list[str]]:
    found = find_entries([str(base / name) for name in layout.named])
    entries, notes = told_apart(found.entries)
    groups, _ = groups_of(entries, {})
    finished = Counter(f"{e.idea.template}/{e.idea.configuration}" for e in entries if e.idea.finished)
    counts = {group.label: (group.tried, finished[group.label]) for group in groups}
    files = [str(e.file.relative_to(base)) for e in entries if e.file]
    return counts, files, [*found.notes, *notes]


@pytest.mark.parametrize("name", LAYOUTS)
def test_what_an_ai_scientist_leaves(tmp_path: Path, name: str) -> None:
    layout = LAYOUTS[name]
    base = tmp_path / "base"
    laid_out(base, layout.files)
    counts, files, notes = found_in(base, layout)
    expected = {label.replace("/*", f"/{base.name}"): count for label, count in layout.groups.items()}
    assert counts == expected
    for pattern in layout.papers:
        assert any(Path(file).match(pattern) for file in files), files
    assert len(files) == sum(papers for _, papers in layout.groups.values())
    assert all(any(words in note for note in notes) for words in layout.notes)


def test_ideas_without_a_paper_are_counted_as_tried(tmp_path: Path) -> None:
    layout = LAYOUTS["v1, no PDF"]
    laid_out(tmp_path, layout.files)
    entries = find_entries([str(tmp_path / "all")]).entries
    unfinished = next(entry for entry in entries if not entry.idea.finished)
    assert (unfinished.idea.name, unfinished.idea.ended) == ("small", "no PDF in its folder")
    (group,), _ = groups_of(entries, {})
    assert (group.tried, group.tried_from) == (2, "run")
    laid_out(tmp_path / "whole", idea(f"all/nanogpt/{V1}_big", big=1))
    (group,), _ = groups_of(find_entries([str(tmp_path / "whole" / "all")]).entries, {})
    assert group.tried_from == "papers"  # nothing says that failures were kept


@pytest.mark.parametrize("pages", [1, 3])
def test_a_figure_is_told_from_a_paper(tmp_path: Path, pages: int) -> None:
    (tmp_path / "loss.pdf").write_bytes(figure_pdf(pages))
    (tmp_path / "paper.pdf").write_bytes(paper_pdf(1))
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.4 and no more")
    assert [is_lone_figure(tmp_path / f"{name}.pdf") for name in ("loss", "paper", "broken")] == [True, False, False]
    assert [path.name for path in papers_in(tmp_path)] == ["broken.pdf", "paper.pdf"]


def test_generated_papers_that_were_published(shared_data: Path) -> None:
    for folder, count in (("papers", 4), ("mlrbench", 5)):
        if (shared_data / "generated_papers" / folder).is_dir():
            found = find_entries([os.fspath(shared_data / "generated_papers" / folder)])
            assert len(found.entries) == count
            assert all(entry.idea.finished for entry in found.entries), json.dumps([e.idea.id for e in found.entries])
