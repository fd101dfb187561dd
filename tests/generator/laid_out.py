"""Papers laid out without experiments: the bundled templates with results and images that are made up."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev
from typing import Any, cast

from peerassay.data.files import read_json, write_json
from peerassay.generator.figures import captioned_figures
from peerassay.generator.ideas import Idea
from peerassay.generator.lab import Lab, LabSettings
from peerassay.generator.latex.check import PdfCheck
from peerassay.generator.latex.document import Draft
from peerassay.generator.latex.floats import Float
from peerassay.generator.latex.log import Problem, parse_log
from peerassay.generator.literature.search import Literature
from peerassay.generator.nodes import Journal, Node, Value
from peerassay.generator.offline.writer import write_paper
from peerassay.generator.project import PaperSettings, Project
from peerassay.generator.sandbox.find import find_sandbox
from peerassay.generator.scientist import Scientist
from peerassay.generator.stages.compiling import compile_paper
from peerassay.generator.template import Knob, Metric, load_template

SIZES = {
    "grokking": {"accuracy.png": (7, 5.2), "steps_to_99.png": (7, 3.4), "loss.png": (7, 5.2)},
    "diffusion": {"kl_divergence.png": (6.5, 3.1), "generated_images.png": (6.7, 0.0), "train_loss.png": (6.5, 4.9)},
    "nanogpt": {f"{kind}_loss_{name}.png": (5.2, 3.4) for kind in ("val", "train")
                for name in ("stdlib", "shakespeare_char", "enwik8", "text8")},
    "epidemic": {"prevalence.png": (7, 5), "attack_rate.png": (7, 3.2), "cost.png": (7, 2.9)},
    "tabular": {"log_loss.png": (7, 2.9), "learning_curves.png": (7, 5.2), "reliability.png": (7, 5.2)},
}  # fmt: skip
"""Inches of the figures that the templates draw; a height of 0 grows with the runs."""
DATASETS = {
    "grokking": ("x_div_y", "x_minus_y", "x_plus_y", "permutation"),
    "diffusion": ("circle", "dino", "line", "moons"),
    "nanogpt": ("stdlib", "shakespeare_char", "enwik8", "text8"),
    "epidemic": ("random", "small_world", "scale_free", "households"),
    "tabular": ("breast_cancer", "wine", "digits", "diabetes"),
}
LONG = "a setting whose name says all that it changes"


def made_up_lab(folder: Path, template: str, runs: int, *, knob: int = 0, pages: int = 8) -> Lab:
    """A lab with a baseline and so many runs on all data of a bundled template, odd ones above it, even ones below."""
    opened = load_template(template)
    assert opened.knobs
    lab = Lab(folder, opened, find_sandbox(), LabSettings(preset="cpu"), page_limit=pages)
    opened.copy_to(lab.workspace)
    chosen = opened.knobs.knobs[knob]
    lab.idea = Idea(name=chosen.name, title=chosen.title, experiment=chosen.question, details={"knob": chosen.name})
    nodes = [
        _node(number, label, opened.knobs.metrics, DATASETS[template])
        for number, label in enumerate(_labels(chosen, runs))
    ]
    known = {variant.label: f"{chosen.name}={variant.label}" for variant in chosen.variants}
    nodes = [of_setting(node, known) for node in nodes]
    Journal(nodes=nodes, done=True).write(lab.journal_path)
    for node in nodes:
        write_json(lab.workspace / node.run / "final_info.json", _final_info(node))
        lab.keep_code(node.run)
    for name, (width, height) in SIZES[template].items():
        _image(lab.workspace / name, width, height or 1.62 * (runs + 1) + 0.25)
    return lab


def _labels(knob: Knob, runs: int) -> list[str]:
    labels = ["Baseline", *(variant.label for variant in knob.variants)][: runs + 1]
    return labels + [f"Run {number}, {LONG}" for number in range(len(labels), runs + 1)]


def of_setting(node: Node, known: Mapping[str, str]) -> Node:
    """The node as the setting of its label, where the template has one."""
    return node.model_copy(update={"parts": (known[node.label],)}) if node.label in known else node


def _node(number: int, label: str, metrics: Sequence[Metric], datasets: Sequence[str]) -> Node:
    draw = random.Random(number)

    def value(metric: Metric, dataset: str) -> Value:
        unit = 10.0**-metric.digits
        level = 100.0 * len(dataset) + (80 if number % 2 else -80 if number else 0)
        seeds = tuple(unit * (level + draw.gauss(0, 3)) for _ in range(3))
        return Value(mean=fmean(seeds), stderr=stdev(seeds) / 3**0.5, seeds=seeds)

    results = {dataset: {metric.name: value(metric, dataset) for metric in metrics} for dataset in datasets}
    return Node(run=f"run_{number}", label=label, description=f"{label}.", status="ok", tries=1, results=results)


def _final_info(node: Node) -> dict[str, Any]:
    return {
        dataset: {
            "means": {name: value.mean for name, value in metrics.items()},
            "stderrs": {name: value.stderr for name, value in metrics.items()},
            "final_info_dict": {name: value.seeds for name, value in metrics.items()},
        }
        for dataset, metrics in node.results.items()
    }


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


class Reviser:
    """A scientist that mends nothing, and keeps what it is asked to mend; with `shorter`, it cuts that share of it."""

    def __init__(self, shorter: float = 0.0) -> None:
        self.asked: list[list[Problem]] = []
        self.shorter = shorter

    async def revise(self, _: Lab, draft: Draft, problems: Sequence[Problem]) -> Draft | None:
        self.asked.append(list(problems))
        if not self.shorter:
            return None
        cut = {name: _cut(body, self.shorter) for name, body in draft.sections.items()}
        return draft.model_copy(update={"sections": cut})


def _cut(body: str, share: float) -> str:
    paragraphs = body.split("\n\n")
    return "\n\n".join(paragraphs[: max(1, round(len(paragraphs) * (1 - share)))])


@dataclass(frozen=True)
class LaidOut:
    """A paper as the stage has made it: the draft in the end, the checks, and the text of the pages."""

    draft: Draft
    problems: list[Problem]
    main_pages: int
    pages: list[str]
    asked: list[list[Problem]]


def laid_out(lab: Lab, draft: Draft, scientist: Reviser | None = None) -> LaidOut:
    """The draft brought to its PDF by the stage that compiles, by default with a scientist that mends nothing."""
    lab.latex.mkdir(exist_ok=True)
    for image in lab.workspace.glob("*.png"):
        (lab.latex / image.name).write_bytes(image.read_bytes())
    scientist = scientist or Reviser()
    settings = PaperSettings(page_limit=lab.page_limit, revisions=2)
    project = Project(lab, cast(Scientist, scientist), Literature((), None), cast(Any, None), cast(Any, None), settings)
    project.keep_draft(draft)
    asyncio.run(compile_paper(project))
    record = read_json(lab.folder / "compile.json")
    check = PdfCheck.model_validate(record["check"])
    log = parse_log((lab.latex / "paper.log").read_text(encoding="utf-8", errors="replace"), lab.latex)
    problems = list(dict.fromkeys([*check.problems, *log]))
    pages = text_pages(lab.folder / "paper.pdf")
    return LaidOut(project.draft(), problems, check.main_pages, pages, scientist.asked)


def text_pages(pdf: Path) -> list[str]:
    """The text of each page."""
    import pypdfium2

    with pypdfium2.PdfDocument(pdf) as document:
        return [" ".join(page.get_textpage().get_text_range().split()) for page in document]


def float_numbers(page: str) -> list[str]:
    """The figures and tables that a page has, by their captions."""
    return re.findall(r"\b((?:Figure|Table) \d+)\. ", page)
