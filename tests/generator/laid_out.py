"""Papers laid out without experiments: the bundled templates with results and images that are made up."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Sequence
from pathlib import Path

from peerassay.generator.figures import captioned_figures
from peerassay.generator.ideas import Idea
from peerassay.generator.lab import Lab, LabSettings
from peerassay.generator.latex.check import PdfCheck, check_pdf
from peerassay.generator.latex.compile import Compiled, compile_tex
from peerassay.generator.latex.document import Draft, write_draft
from peerassay.generator.latex.floats import Float
from peerassay.generator.literature.bibtex import write_bib
from peerassay.generator.literature.search import Literature
from peerassay.generator.nodes import Journal, Node, Value
from peerassay.generator.offline.writer import write_paper
from peerassay.generator.sandbox.find import find_sandbox
from peerassay.generator.template import Knob, load_template

SIZES = {
    "grokking": {"accuracy.png": (7, 5.2), "steps_to_99.png": (7, 3.4), "loss.png": (7, 5.2)},
    "diffusion": {"kl_divergence.png": (6.5, 3.1), "generated_images.png": (6.7, 0.0), "train_loss.png": (6.5, 4.9)},
    "nanogpt": {f"{kind}_loss_{name}.png": (5.2, 3.4) for kind in ("val", "train")
                for name in ("stdlib", "shakespeare_char", "enwik8", "text8")},
}  # fmt: skip
"""Inches of the figures that the templates draw; a height of 0 grows with the runs."""
DATASETS = {
    "grokking": ("x_div_y", "x_minus_y", "x_plus_y", "permutation"),
    "diffusion": ("circle", "dino", "line", "moons"),
    "nanogpt": ("stdlib", "shakespeare_char", "enwik8", "text8"),
}
LONG = "a setting whose name says all that it changes"


def made_up_lab(folder: Path, template: str, runs: int, *, knob: int = 0, pages: int = 8) -> Lab:
    """A lab with a baseline and so many runs on all datasets of a bundled template; even runs differ from it."""
    opened = load_template(template)
    assert opened.knobs
    lab = Lab(folder, opened, find_sandbox(), LabSettings(preset="cpu"), page_limit=pages)
    lab.workspace.mkdir(parents=True)
    opened.copy_to(folder / "copy")
    (lab.workspace / "experiment.py").write_text((folder / "copy" / "experiment.py").read_text())
    chosen = opened.knobs.knobs[knob]
    lab.idea = Idea(name=chosen.name, title=chosen.title, experiment=chosen.question, details={"knob": chosen.name})
    metrics = [metric.name for metric in opened.knobs.metrics]
    nodes = [_node(number, label, metrics, DATASETS[template]) for number, label in enumerate(_labels(chosen, runs))]
    Journal(nodes=nodes, done=True).write(lab.journal_path)
    for name, (width, height) in SIZES[template].items():
        _image(lab.workspace / name, width, height or 1.62 * (runs + 1) + 0.25)
    return lab


def _labels(knob: Knob, runs: int) -> list[str]:
    labels = ["Baseline", *(variant.label for variant in knob.variants)][: runs + 1]
    return labels + [f"Run {number}, {LONG}" for number in range(len(labels), runs + 1)]


def _node(number: int, label: str, metrics: Sequence[str], datasets: Sequence[str]) -> Node:
    draw = random.Random(number)

    def value(dataset: str) -> Value:
        level = 100.0 * len(dataset) + (40 if number and number % 2 == 0 and "2" not in dataset else 0)
        seeds = tuple(level + draw.gauss(0, 3) for _ in range(3))
        return Value(mean=sum(seeds) / 3, stderr=draw.uniform(1, 3), seeds=seeds)

    results = {dataset: {name: value(dataset) for name in metrics} for dataset in datasets}
    return Node(run=f"run_{number}", label=label, description=f"{label}.", status="ok", tries=1, results=results)


def _image(path: Path, width: float, height: float) -> None:
    from PIL import Image

    shade = sum(path.name.encode()) % 200
    Image.new("RGB", (round(60 * width), round(60 * height)), (shade, 220, 200)).save(path)


def figures_of(lab: Lab) -> list[Float]:
    """The figures of the lab with the template's captions."""
    return captioned_figures(lab.template.captions, lab.workspace)


def offline_paper(lab: Lab) -> Draft:
    """The paper that rules write on the lab's runs."""
    return asyncio.run(write_paper(lab, Literature((), None)))


def laid_out(lab: Lab, draft: Draft) -> tuple[Compiled, PdfCheck]:
    """The draft compiled in the lab's folder, and looked through."""
    lab.latex.mkdir(exist_ok=True)
    for image in lab.workspace.glob("*.png"):
        (lab.latex / image.name).write_bytes(image.read_bytes())
    path = write_draft(draft, lab.latex)
    works = [work for work in lab.works() if work.key in draft.cited]
    (lab.latex / "references.bib").write_text(write_bib(works))
    compiled = compile_tex(lab.latex)
    assert compiled.pdf, compiled.problems
    return compiled, check_pdf(compiled.pdf, tex=path, compiled=compiled.problems, page_limit=lab.page_limit)


def text_pages(pdf: Path) -> list[str]:
    """The text of each page."""
    import pypdfium2

    with pypdfium2.PdfDocument(pdf) as document:
        return [" ".join(page.get_textpage().get_text_range().split()) for page in document]


def float_numbers(page: str) -> list[str]:
    """The figures and tables that a page has, by their captions."""
    return re.findall(r"\b((?:Figure|Table) \d+)\. ", page)
