"""What stands for a template where experiments were run by somebody else, and their results as runs of a lab."""

from __future__ import annotations

import json
import re
from pathlib import Path

from ...data.errors import InputError
from ...data.files import make_folder, write_atomic, write_json
from ..ideas import Idea
from ..lab import Lab
from ..latex.words import count, listed, number_word
from ..latex.words import prose as latex
from ..metrics import settle
from ..nodes import BASELINE, Journal, Node
from ..search_steps import write_notes
from ..short_names import with_short_names
from .record import GivenRun, GivenStudy

PLOT = Path(__file__).with_name("plot_results.py")
REFERENCES = Path(__file__).with_name("references.bib")
MOST_PANELS = 6
NO_CODE = '"""The experiments were run by somebody else, who gave their results without this file."""\n'
NOT_RUN = "The experiments were not run by this program: somebody else ran them and gave it their results."


def make_folder_of(study: GivenStudy, folder: Path) -> Path:
    """Write what stands for a template: the study, the plots, and what a language model is told. Returns the folder.

    Raises InputError where the folder has another study already.
    """
    if (folder / "given.json").is_file():
        if GivenStudy.read(folder) != study:
            raise InputError(f"{folder.parent}: has a paper on other results already; choose another --out, or go on "
                             f"with peerassay scientist resume {folder.parent}")  # fmt: skip
        return folder
    make_folder(folder)
    write_atomic(folder / "experiment.py", study.code or NO_CODE)
    write_atomic(folder / "plot.py", PLOT.read_text(encoding="utf-8"))
    metrics = [metric.model_dump(include={"name", "label", "better", "primary"}) for metric in study.metrics]
    write_json(folder / "prompt.json", {"system": "", "task_description": task_of(study), "metrics": metrics})
    write_atomic(folder / "seed_ideas.json", "[]\n")
    write_atomic(folder / "latex" / "references.bib", REFERENCES.read_bytes())
    write_json(folder / "captions.json", captions_of(study))
    study.write(folder)
    return folder


def task_of(study: GivenStudy) -> str:
    """What a language model has to know of the results."""
    lines = [
        NOT_RUN, "Say so in the paper, and describe of methods and set-up only what stands here or in the code.",
        f"The baseline is the configuration {study.runs[0].label!r}.",
        *(f"{line}." for line in study.lost),
        *([f"What the person who gave the results says of them: {study.notes}"] if study.notes else []),
    ]  # fmt: skip
    return "\n".join(lines)


def idea_of(study: GivenStudy) -> Idea:
    """The study as an idea, which names it in tables and prompts."""
    runs = listed([run.label for run in study.runs])
    text = f"Results of {count(len(study.runs), 'configuration')} that somebody else has run: {runs}."
    name = re.sub(r"[^a-z0-9]+", "_", study.title.lower()).strip("_")[:80]
    return Idea(name=name or "given_results", title=study.title, experiment=f"{text} {study.notes}".strip())


def captions_of(study: GivenStudy) -> dict[str, str]:
    """The captions of the figures, LaTeX, in the paper's order."""
    captions: dict[str, str] = {}
    datasets = max(len(run.results) for run in study.runs)
    few = "" if datasets <= MOST_PANELS else f" The first {number_word(MOST_PANELS)} datasets are shown."
    seeds = any(len(v.seeds) > 1 for run in study.runs for values in run.results.values() for v in values.values())
    for number, metric in enumerate((metric for metric in study.metrics if metric.primary), 1):
        name = latex(metric.label)
        marks = "Circles are single seeds, diamonds their means" if seeds else "Diamonds are the values"
        line = "" if len(study.runs) == 1 else "; the dashed line is at the baseline's"
        better = f"{metric.better.capitalize()} values are better."
        captions[f"values_{number}.png"] = f"Values of {name} by dataset. {marks}{line}. {better}{few}"
        captions[f"differences_{number}.png"] = (
            f"Differences in {name} from the baseline by dataset. Circles are pairs of values, diamonds the means of "
            f"their differences. {better}{few}"
        )
    return captions


def take_results(lab: Lab, study: GivenStudy) -> Journal:
    """Write the results into the lab's workspace as those of run_0, run_1, ..., and the journal of these runs.

    Many long names are shortened; a node's description has its full name.
    """
    lab.set_up()
    journal = Journal(done=True)
    nodes, _ = with_short_names([_node(number, run) for number, run in enumerate(study.runs)], lab.folder)
    for node, run in zip(nodes, study.runs, strict=True):
        write_json(lab.workspace / node.run / "final_info.json", info_of(run))
        lab.keep_code(node.run)
        journal.put(node)
    settle(lab, study.metrics)
    journal.write(lab.journal_path)
    write_notes(lab, journal)
    write_json(lab.workspace / "labels.json", {node.run: node.label for node in journal.nodes})
    return journal


def _node(number: int, run: GivenRun) -> Node:
    return Node(
        run=f"run_{number}", parent=BASELINE if number else "", label=run.label, status="ok", tries=1,
        description=f"Given as {json.dumps(run.name, ensure_ascii=False)}.", results=run.results,
    )  # fmt: skip


def info_of(run: GivenRun) -> dict[str, dict[str, object]]:
    """The results as final_info.json has them."""
    return {
        dataset: {
            "means": {name: value.mean for name, value in values.items()},
            "stderrs": {name: value.stderr for name, value in values.items() if value.stderr is not None},
            "final_info_dict": {name: list(value.seeds) for name, value in values.items() if value.seeds},
            "seed_names": {name: list(value.names) for name, value in values.items()},
        }
        for dataset, values in run.results.items()
    }
