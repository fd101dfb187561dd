"""What a foreign template does not say: which metrics count, and what its figures show, as the model reads it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ...data.files import read_text
from ...llm.structured import UnusableAnswer
from ..drawn import DrawnFigures
from ..evidence import Evidence
from ..figures import captioned_figures, figure_of
from ..lab import Lab
from ..latex.figures import GOOD_PATH
from ..latex.floats import Float
from ..latex.tables import CellValue, decimals_of
from ..metrics import settle, settled_metrics
from ..nodes import BASELINE
from ..plan import read_plan
from ..template import Metric
from ..viewing import counted, read_viewings
from .calls import LATEX, ONE_LINE, AnswerForm, StructuredModel, rendered
from .experiments import stage, start_of
from .results_text import runs_text
from .section_text import tidied

MOST_FIGURES = 6


class MetricDescription(AnswerForm):
    """One metric."""

    name: str
    label: str = Field(description="for tables, a few words")
    better: Literal["lower", "higher"]
    primary: bool


class MetricDescriptions(AnswerForm):
    """The metrics that are reported."""

    metrics: list[MetricDescription]


class Caption(AnswerForm):
    """What a figure shows."""

    image: str = Field(description="the name of the file")
    caption: Annotated[str, ONE_LINE, LATEX] = Field(description="LaTeX, one to three sentences")


class Captions(AnswerForm):
    """The captions of all figures."""

    captions: list[Caption]


async def metrics_of(model: StructuredModel, lab: Lab) -> list[Metric]:
    """The metrics that count; the model is asked once for what the template does not say. Raises UnusableAnswer."""
    if settled := settled_metrics(lab):
        return settled
    nodes = lab.journal().nodes
    code = read_text(lab.snapshot(BASELINE) / "experiment.py")
    task = rendered("measures", runs=runs_text(nodes), code=code)
    said = await model.ask(MetricDescriptions, start_of(lab), task, stage(lab, "measures"))
    values: dict[str, list[CellValue | None]] = {}
    for node in nodes:
        for metrics in node.results.values():
            for name, value in metrics.items():
                values.setdefault(name, []).append(CellValue(mean=value.mean, stderr=value.stderr))
    found = {
        metric.name: Metric(**metric.model_dump(), digits=decimals_of(values[metric.name]))
        for metric in said.metrics
        if metric.name in values
    }
    if not found:
        raise UnusableAnswer(f"none of the metrics named is among the baseline's ({', '.join(values)})", [])
    settle(lab, list(found.values()))
    return list(found.values())


async def evidence_of(model: StructuredModel, lab: Lab) -> Evidence:
    """The evidence by the lab's metrics; statistics.json is written on the way. Raises UnusableAnswer."""
    evidence = Evidence.of(lab.journal().nodes, await metrics_of(model, lab), read_plan(lab.folder))
    evidence.write_statistics(lab.folder / "statistics.json")
    return evidence


async def figures_of(model: StructuredModel, lab: Lab) -> list[Float]:
    """The figures in the paper's folder, first those of the model with captions of its own.

    An image that the template's own plot.py draws just so has the template's caption.
    """
    drawn = DrawnFigures.read(lab.folder)
    canned = captioned_figures(lab.template.captions, lab.latex, drawn.as_template) if lab.template.captions else []
    taken = {image for item in canned for image in drawn.hashes if f"{{{image}}}" in item.tex}
    own = [image for image in sorted(drawn.hashes) if image not in taken]
    images = [image for image in own if GOOD_PATH.fullmatch(image)][:MOST_FIGURES]
    if len(images) < len(own):
        lab.tell(f"figures left out: {', '.join(sorted(set(own) - set(images)))}")
    captions = await _captions(model, lab, images)
    return [*(figure_of(lab.latex / image, captions.get(image, "")) for image in images), *canned]


async def _captions(model: StructuredModel, lab: Lab, images: list[str]) -> dict[str, str]:
    if not images:
        return {}
    viewings = read_viewings(lab.folder, "figures")
    shows = {image: words for image, words in counted(viewings).shows.items() if image in images} if viewings else {}
    task = rendered("captions", images=images, code=read_text(lab.workspace / "plot.py"), shows=shows)
    try:
        said = await model.ask(Captions, start_of(lab), task, stage(lab, "captions"))
    except UnusableAnswer as problem:
        lab.tell(f"the figures have plain captions: {problem}")
        return {}
    return {caption.image: tidied(caption.caption, (), ())[0] for caption in said.captions}
