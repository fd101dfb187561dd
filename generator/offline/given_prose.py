"""What a paper on results that somebody else has brought argues: abstract to conclusion, by rules."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...presentation.latex import escape
from ..evidence import metric_name
from ..given.record import GivenStudy
from ..latex.words import code, count, inside, listed, number_word, prose, sentence
from . import method
from .findings import headline, settings_in_words
from .study import Study, named

MOST_NAMED = 8
OTHERS = "somebody else"
OPTION = re.compile(r" \(--[^()]*\)")
"""What a line says of options of the command line."""


def alone(study: Study) -> bool:
    """Whether there is one run, so that nothing is compared."""
    return not study.variants


def the_baseline(study: Study) -> str:
    """The baseline, with its name where that says more."""
    label = study.nodes[0].label
    return "the baseline" if "baseline" in label.lower() else f"the baseline {named(label)}"


def names_in_words(labels: list[str]) -> str:
    """The labels, or the first of many."""
    shown = [named(label) for label in labels[:MOST_NAMED]]
    left = len(labels) - len(shown)
    return listed([*shown, f"{number_word(left)} more"] if left else shown)


def _datasets(study: Study) -> str:
    names = [code(name) for name in study.datasets]
    shown = names[:MOST_NAMED]
    left = len(names) - len(shown)
    words = listed([*shown, f"{number_word(left)} more"] if left else shown)
    return f"{count(len(names), 'dataset')} ({words})"


def _seeds(study: Study) -> str:
    low, high = study.seeds[0], study.seeds[-1]
    return count(low, "seed") if low == high else f"{number_word(low)} to {count(high, 'seed')}"


def _metrics(study: Study) -> str:
    return listed([metric_name(metric) for metric in study.primary])


def abstract(study: Study) -> str:
    """What the results are, what was done with them here, the finding, and how far it goes."""
    if alone(study):
        return (
            f"Results of one configuration, {named(study.nodes[0].label)}, on {_datasets(study)} are reported: its "
            f"{_metrics(study)}, with {_seeds(study)}. The experiments were run by {OTHERS}. As there is no other "
            "configuration, nothing is compared and no hypothesis is tested."
        )
    baseline = the_baseline(study)
    test = (
        f" Differences in {_metrics(study)} are tested exactly over all pairs of dataset and seed, with Holm's "
        "correction."
        if study.outcome != "untested"
        else ""
    )
    closing = {
        "mixed": "Which way the difference goes depends on the configuration.",
        "better": "The gains hold for the data and settings of these runs.",
        "worse": f"No configuration improves on {baseline} by a resolved difference.",
        "nothing": "That is not evidence of there being none.",
        "untested": "The means are reported as they are.",
    }[study.outcome]
    return (
        f"We analyse experiments that {OTHERS} has run: {count(len(study.variants), 'configuration')} and "
        f"{baseline} on {_datasets(study)}, with {_seeds(study)} each.{test} {headline(study)} {closing}"
    )


def introduction(study: Study, given: GivenStudy) -> str:
    """What was given, and what the paper adds to it."""
    start = (
        f"Results of experiments are often kept as files of numbers. This paper takes such results, which {OTHERS} has "
        "produced, and asks what they show: "
    )
    if alone(study):
        question = f"{start}which values of {_metrics(study)} the one configuration reaches."
        bullets = ["A report of all values that were given, with their spread over seeds where there are several."]
    else:
        labels = names_in_words([node.label for node in study.variants])
        question = (
            f"{start}which of {count(len(study.variants), 'configuration')} ({labels}) differ from "
            f"{the_baseline(study)} in {_metrics(study)} by more than chance explains."
        )
        bullets = [
            "A report of all values that were given, with their spread over seeds where there are several.",
            "An exact test of each configuration over all pairs of dataset and seed, corrected for the number of "
            "tests, with intervals by dataset."
            if study.outcome != "untested"
            else "An account of why these results allow no test over all pairs of dataset and seed.",
        ]
    bullets.append("A record from which the paper can be checked: all numbers below are read from the files by a "
                   "program, and hashes of the files are kept.")  # fmt: skip
    items = "\n".join(rf"\item {bullet}" for bullet in bullets)
    noted = "\n\nWhat is known of the experiments is in the set-up." if given.notes else (
        "\n\nNothing beside the numbers was given: what was trained, on what and how, is not known here."
    )  # fmt: skip
    return f"{question}\n\nThe paper gives:\n\\begin{{itemize}}\n{items}\n\\end{{itemize}}{noted}"


def works_on_statistics(study: Study) -> list[dict[str, str]]:
    """What the works on comparing results say: key and sentence of those that matter here."""
    told = [{"key": "bouthillier2021accounting", "sentence": "shows that the choice of seeds, data splits and other "
             "settings moves results by as much as many reported gains, and single values say little."}]  # fmt: skip
    if not alone(study):
        told.append({"key": "demsar2006statistical", "sentence": "compares learning methods over several datasets by "
                     "tests that need no assumption on distributions."})  # fmt: skip
    if study.outcome != "untested":
        told += [
            {"key": "fisher1935design", "sentence": "introduces the randomisation test of paired differences that is "
             "used here."},
            {"key": "holm1979simple", "sentence": "gives the correction for several tests that is used here, which "
             "needs no assumption on how they depend on each other."},
        ]  # fmt: skip
    return told


def discussion(study: Study) -> str:
    """What the tests say of each configuration, and what else could explain it."""
    if alone(study):
        return (
            "One configuration by itself shows what values it reaches, and nothing about what they are due to. A "
            "baseline under the same seeds would make a comparison possible."
        )
    if study.outcome == "untested":
        return (
            f"The differences in {_metrics(study)} cannot be tested over all pairs of dataset and seed, so they may "
            "be chance, whatever single datasets show. Further seeds of each configuration, the same for all, would "
            "allow a test."
        )
    if study.outcome == "nothing":
        first = (
            f"No difference in {_metrics(study)} is resolved. Intervals that contain zero also contain other values: "
            "the results leave open whether there are effects of the size that they span."
        )
    else:
        first = f"In {_metrics(study)} the tests say: {' '.join(settings_in_words(study))}"
    return (
        f"{first}\n\n\\paragraph{{What else could explain it.}} Whether the configurations differ in one choice or in "
        "several, and whether each was tuned with the same care, cannot be seen from results. A resolved difference is "
        "one between the configurations as they were run, whatever it is due to."
    )


def limitations(study: Study, given: GivenStudy) -> str:
    """What the paper cannot show, point by point."""
    points = [
        ("Experiments of others.", f"The runs were made by {OTHERS}. Their code was not run again, and nothing here "
         "shows that the values are what they are said to be."),
    ]  # fmt: skip
    if given.lost:
        lines = " ".join(sentence(prose(line)) for line in given.lost[:MOST_NAMED])
        left = len(given.lost) - MOST_NAMED
        more = (
            f" {count(left, 'further case').capitalize()} {'is' if left == 1 else 'are'} kept on record."
            if left > 0
            else ""
        )
        points.append(("Missing values.", lines + more))
    if study.outcome != "untested":
        points.append(("Seeds.", method.smallest(study)))
        points.append((
            "Not planned.",
            "Which configurations and measures are compared was not written down before the results were known. If "
            "they are a selection, the correction does not cover what was left out.",
        ))  # fmt: skip
    if given.unnamed_seeds and study.outcome != "untested":
        points.append((
            "Pairs.",
            "The files do not name the seeds, so that values are paired by their place in a list, or by lot where rows "
            "may be sorted. Where those of a pair do not share a seed, the test is as valid, and less sensitive.",
        ))  # fmt: skip
    points.append(("Writing by rules.", "The text follows rules that know the outcome of each test and not the "
                   "experiments. What their authors would notice may go unmentioned."))  # fmt: skip
    items = "\n".join(rf"\item \textbf{{{head}}} {text}" for head, text in points)
    return f"\\begin{{itemize}}\n{items}\n\\end{{itemize}}"


def conclusion(study: Study) -> str:
    """The answer in short."""
    if alone(study):
        return "The values are on record. Whether they are good needs something to compare them with."
    metric = _metrics(study)
    return {
        "mixed": f"In {metric} some configurations are resolved as better than the baseline and some as worse.",
        "better": f"In {metric} every resolved difference is in favour of the changed configuration.",
        "worse": f"In {metric} every resolved difference is in favour of the baseline.",
        "nothing": f"In {metric} no difference is resolved, which leaves open whether there is one.",
        "untested": f"These results do not allow a test of the differences in {metric} over all datasets and seeds.",
    }[study.outcome]


def set_up(study: Study, given: GivenStudy) -> str:
    """What was given and how it is judged."""
    baseline = study.nodes[0].label
    what = "runs of one configuration" if alone(study) else f"runs of {count(len(study.nodes), 'configuration')}"
    is_said = alone(study) or "baseline" in baseline.lower()
    parts = [
        f"The experiments were run by {OTHERS}, who gave their results: {what} on {_datasets(study)}, with "
        f"{_seeds(study)} each." + ("" if is_said else f" {named(baseline)} is the baseline.")
    ]
    if given.notes:
        parts.append(f"\\paragraph{{What is said of the experiments.}} {_quoted(given.notes)}")
    shown = listed([f"{metric_name(metric)} ({metric.better} is better)" for metric in study.primary])
    text = f"The results are judged by {shown}."
    if study.secondary:
        text += (
            f" Further measures are {listed([f'{metric_name(m)} ({m.better} is better)' for m in study.secondary])}."
        )
    return "\n\n".join([*parts, text])


def key(full: Mapping[str, str]) -> list[str]:
    """What short names stand for, a paragraph; none where no name is shortened."""
    names = "; ".join(f"{named(short)}: {escape(name)}" for short, name in full.items())
    return [f"\\paragraph{{Names.}} In text and tables the configurations have short names. {names}."] if full else []


def _quoted(notes: str) -> str:
    """The notes in the words of whoever gave them."""
    paragraphs = [" ".join(part.split()) for part in notes.split("\n\n") if part.strip()]
    return (
        "In the words of those who gave the results:\n\\begin{quote}\n"
        + "\n\n".join(map(prose, paragraphs))
        + "\n\\end{quote}"
    )


def how_made(given: GivenStudy) -> str:
    """The statement on the origin of the paper."""
    lines = [OPTION.sub("", line) for line in given.said]
    said = "; ".join(inside(prose(line)) for line in lines[:MOST_NAMED])
    decided = f" What the program settled by rule when it read the files: {said}." if said else ""
    return (
        f"The experiments were run by {OTHERS}. A rule-based program read their results, computed the statistics, drew "
        "the figures, and filled sentence patterns according to the outcome of the tests. No experiment was run for "
        "this paper, and no language model took part. Every number in the results is a given value or computed from "
        f"given values.{decided}"
    )
