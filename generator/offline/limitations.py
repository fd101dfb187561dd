"""What a study cannot show, point by point."""

from __future__ import annotations

from . import method, search_words
from .knob_study import KnobStudy
from .prose import primary_names, seeds_in_words
from .study import opening

FEW_SEEDS = 10


def limitations(study: KnobStudy) -> str:
    """What the study cannot show, point by point."""
    few = study.seeds[0] < FEW_SEEDS
    normal = (
        f" With {seeds_in_words(study)} per setting, standard errors are themselves uncertain, and the tests on single "
        "datasets rely on differences that are nearly normal."
    )
    variance = f"{method.smallest(study)}{normal if few else ''}"
    lost = method.failed_seeds(study)
    points = [("Failed seeds.", lost)] if lost else []
    points += [
        ("Few seeds." if few else "Seeds.", variance),
        (
            "Small scale.",
            "Models and datasets are small, so that all runs fit on one machine. Whether the findings carry over to "
            "larger ones is open.",
        ),
        _choices(study),
        (
            "Multiple tests.",
            f"Holm's correction covers the tests of {primary_names(study)}, and, apart from them, those on single "
            "datasets and those of all other measures. It does not cover other studies made with the same code.",
        ),
        (
            "Writing by rules.",
            "The text follows rules that know the outcome of each test but cannot see the unexpected. What a reader "
            "would notice in the curves and samples may go unmentioned.",
        ),
    ]
    if study.searched and not study.confirmed:
        points.insert(0, ("Not confirmed.", search_words.seeds(study)))
    if study.failed:
        names = opening([node.label for node in study.failed])
        points.insert(
            0,
            ("Missing runs.", f"{names} did not run to the end and {_has(len(study.failed))} no results."),
        )
    items = "\n".join(rf"\item \textbf{{{head}}} {text}" for head, text in points)
    return f"\\begin{{itemize}}\n{items}\n\\end{{itemize}}"


def _choices(study: KnobStudy) -> tuple[str, str]:
    if study.searched:
        return (
            "A short search.",
            "The search took the better settings further, and left others after one run. A few combinations were "
            "tried out of many, and a setting that came out badly on the seeds that chose was not looked at again.",
        )
    return (
        "One choice at a time.",
        "Interactions with other settings were not studied, and the settings tried are a few points on a scale.",
    )


def _has(number: int) -> str:
    return "has" if number == 1 else "have"
