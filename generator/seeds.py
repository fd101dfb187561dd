"""How many seeds a run gets: what the template allows, and the plan that follows from what the baseline has."""

from __future__ import annotations

import ast

from ..data.errors import InputError
from .lab import Lab
from .metrics import settled_metrics
from .nodes import Node
from .plan import AnalysisPlan, planned, planned_search, read_plan, seeds_of, write_plan
from .template import SEEDS_OPTION, Template, primary_metrics


def takes_number(template: Template) -> bool:
    """Whether experiment.py has the option `--seeds N`."""
    return SEEDS_OPTION in _texts(template)


def takes_others(template: Template) -> bool:
    """Whether experiment.py can also run the seeds that come after those."""
    return takes_number(template) and template.takes_seeds


def check_seeds(template: Template, seeds: int | None) -> None:
    """Raises InputError where the template cannot be given this number of seeds."""
    if seeds is not None and not takes_number(template):
        raise InputError(
            f"{template.folder}: experiment.py has no option {SEEDS_OPTION}, so that the number of seeds cannot be "
            f"chosen; leave {SEEDS_OPTION} out, or let experiment.py take it"
        )


def runs_allowed(lab: Lab) -> int:
    """Runs beside the baseline that the settings and the plan allow."""
    plan = read_plan(lab.folder)
    return min(lab.settings.runs, plan.comparisons) if plan else lab.settings.runs


def declare(lab: Lab, baseline: Node, experiments: int, *, choosing: bool = False) -> AnalysisPlan:
    """The plan of the lab's idea, written now where there is none: after the baseline, before any experiment.

    `experiments` is the most that will be made; `choosing`: by their results one of them is chosen. Raises InputError
    where the baseline has another number of seeds than was asked for.
    """
    if (plan := read_plan(lab.folder)) is not None:
        return plan
    metrics = primary_metrics(settled_metrics(lab))
    every = {name for values in baseline.results.values() for name in values}
    seeds = seeds_of(baseline.results, [metric.name for metric in metrics] or sorted(every))
    asked = lab.settings.seeds
    if asked is not None and (wrong := next((name for name, count in seeds.items() if count != asked), None)):
        raise InputError(
            f"{lab.template.folder}: {SEEDS_OPTION} {asked} gave {seeds[wrong]} values per seed on {wrong}; "
            f"experiment.py has to write one value per seed to final_info_dict"
        )
    names = [metric.name for metric in metrics]
    if choosing:
        others, number = lab.template.takes_seeds, takes_number(lab.template)
        plan = planned_search(seeds, names, experiments, others=others, number=number)
    else:
        looks = lab.settings.looks if takes_others(lab.template) else 1
        plan = planned(seeds, names, _comparisons(lab, experiments), looks=looks)
    write_plan(lab.folder, plan)
    if not plan.can_resolve:
        most = plan.deciding.looks[-1].pairs
        lab.tell(
            f"{most} pair{'s' * (most != 1)} of dataset and seed cannot resolve any of {plan.deciding.tests} tests at "
            f"{plan.level:g}" + (f"; {SEEDS_OPTION} gives more" if takes_number(lab.template) else "")
        )
    return plan


def _comparisons(lab: Lab, experiments: int) -> int:
    """Settings that may be compared: as many as there are experiments or, where a knob is varied, variants."""
    name = lab.idea.details.get("knob") if lab.idea else None
    knobs = lab.template.knobs.knobs if lab.template.knobs else ()
    variants = next((len(knob.variants) for knob in knobs if knob.name == name), experiments)
    return min(variants, experiments)


def _texts(template: Template) -> set[str]:
    """All texts in experiment.py, as Python reads them."""
    try:
        code = ast.walk(ast.parse(template.code()))
    except SyntaxError:
        return set()
    return {node.value for node in code if isinstance(node, ast.Constant) and isinstance(node.value, str)}
