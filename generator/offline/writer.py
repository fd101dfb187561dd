"""The paper, put together from its parts."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ...data.errors import InputError
from ...data.files import read_text
from ...presentation.latex import escape
from ..evidence import metric_name
from ..figures import captioned_figures
from ..lab import Lab
from ..latex.document import Draft
from ..latex.words import code, listed, sentence
from ..latex.words import prose as latex
from ..literature.search import Literature
from ..result_tables import floats_of_paper
from ..template import Metric, Variant, assigned
from . import method, prose, results
from .code_changes import IN_COLUMN, LINE, listing
from .knob_study import KnobStudy
from .limitations import limitations
from .related import cited_as, related_work

NAME = "offline (rules, no language model)"
MEASURED = "cpu"
"""The preset for which the sentences on the set-up are true."""


async def write_paper(lab: Lab, literature: Literature) -> Draft:
    """The paper on the lab's runs; statistics.json is written on the way.

    Raises InputError where no run beside the baseline has results, or the idea is none of the template's knobs.
    """
    study = KnobStudy.of_lab(lab)
    if not study.variants:
        raise InputError(f"{lab.folder}: no run beside the baseline has results, so there is nothing to write about")
    study.write_statistics(lab.folder / "statistics.json")
    related, keys = await related_work(study, lab, literature)
    opening, *background = cited_as(study.background.get("background", ""), keys).split("\n\n")
    figures = captioned_figures(study.template.captions, lab.workspace)
    floats = floats_of_paper(study, figures, pages=lab.page_limit)
    return Draft(
        title=study.knob.title,
        abstract=prose.abstract(study),
        sections={
            "Introduction": prose.introduction(study, opening),
            "Related Work": related,
            "Background and Method": _method(study, background, keys, IN_COLUMN if lab.style == "two-column" else LINE),
            "Experimental Set-up": _set_up(study, lab),
            "Results": results.results(study, floats),
            "Discussion": prose.discussion(study),
            "Limitations": limitations(study),
            "Conclusion": prose.conclusion(study),
            "How This Paper Was Made": prose.how_made(study),
        },
        appendix=results.appendix(floats),
        writer=NAME,
        date=datetime.now(UTC).strftime("%-d %B %Y"),
    )


def _method(study: KnobStudy, background: list[str], keys: Mapping[str, str], width: int) -> str:
    method = cited_as(study.background.get("method", ""), keys)
    parts = [*background]
    if method:
        parts.append(f"\\subsection{{Baseline}}\n{method}")
    short = {full: name for name, full in study.full.items()}
    names = {v.label: f"{short[v.label]}: {v.label}" if v.label in short else v.label for v in _tried(study)}
    items = "\n".join(rf"\item[{escape(names[v.label])}.] {latex(v.description)}" for v in _tried(study))
    parts.append(
        "\\subsection{What Is Changed}\n"
        f"{_changes(study)}:\n\\begin{{description}}\n{items}\n\\end{{description}}\n"
        "These are the lines of code that differ; everything else is the same in all runs:\n"
        f"{listing(_tried(study), width)}"
    )
    return "\n\n".join(parts)


def _tried(study: KnobStudy) -> list[Variant]:
    """The settings of the template's knobs that have results, in the order of their runs."""
    return [study.settings.setting(node.parts) for node in study.variants if node.parts]


def _changes(study: KnobStudy) -> str:
    if any(len(node.parts) > 1 for node in study.variants):
        return "Each setting is the baseline with one change or, where that is said, with several"
    return "Each setting is the baseline with one change"


def _set_up(study: KnobStudy, lab: Lab) -> str:
    described = [
        code(name) + (f" ({latex(words)})" if (words := study.knobs.datasets.get(name)) else "")
        for name in study.datasets
    ]
    parts = [f"The results are for {listed(described)}."]
    if study.preset == MEASURED:
        parts.append(" ".join(sentence(latex(str(text))) for text in study.knobs.setting.values()))
    else:
        parts.append(_other_preset(study, lab))
    parts += [_measures(study), method.statistics(study)]
    return "\n\n".join(parts)


def _other_preset(study: KnobStudy, lab: Lab) -> str:
    """The sizes of a preset that the template's sentences do not describe, read from the code."""
    text = f"The runs use the preset {code(study.preset)} of the code"
    try:
        changed = _presets(read_text(lab.workspace / "experiment.py")).get(study.preset)
    except (InputError, SyntaxError):
        changed = None
    if not isinstance(changed, dict) or not changed:
        return f"{text}, in which the sizes stand."
    values = [f"{code(str(name))} {latex(str(value))}" for name, value in changed.items()]
    return f"{text}, which sets {listed(values)}."


def _presets(source: str) -> dict[str, Any]:
    """The dictionary PRESETS at the top level of the code, empty where there is none or it is no constant."""
    value = assigned(ast.parse(source).body, "PRESETS")
    try:
        found = ast.literal_eval(value) if value else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _measures(study: KnobStudy) -> str:
    def shown(metric: Metric) -> str:
        return f"{metric_name(metric)} ({metric.better} is better)"

    text = f"The study is judged by {listed([shown(metric) for metric in study.primary])}."
    if study.secondary:
        text += f" Further measures are {listed([shown(metric) for metric in study.secondary])}."
    return text
