"""The parts of the paper that are argued: abstract, introduction, discussion, conclusion."""

from __future__ import annotations

from ..evidence import metric_name
from ..latex.words import code, count, inside, listed, number_word, prose, sentence
from . import search_words
from .findings import headline, settings_in_words
from .knob_study import KnobStudy
from .study import named


def seeds_in_words(study: KnobStudy) -> str:
    """ "three seeds", or the range where settings differ."""
    low, high = study.seeds[0], study.seeds[-1]
    return count(low, "seed") if low == high else f"{number_word(low)} to {count(high, 'seed')}"


def primary_names(study: KnobStudy) -> str:
    """The primary metrics inside a sentence."""
    return listed([metric_name(metric) for metric in study.primary])


def abstract(study: KnobStudy) -> str:
    """Question, what was done, finding with numbers, and how far it goes."""
    datasets = count(len(study.datasets), "dataset")
    names = listed([code(dataset) for dataset in study.datasets])
    compared = f"{count(len(study.variants), 'setting')} with a fixed baseline on {datasets} ({names}), with"
    done = f"We compare {compared} {seeds_in_words(study)} each"
    if study.confirmed:
        done = (
            f"A search compares {compared} {seeds_in_words(study)} each. The setting that it chooses we compare with "
            "the baseline on seeds that no choice has seen"
        )
    test = (
        f", and test differences in {primary_names(study)} exactly over all pairs of dataset and seed, with Holm's "
        "correction."
        if study.outcome != "untested"
        else "."
    )
    closing = {
        "mixed": "Which way the effect goes depends on the setting.",
        "better": "The gains hold for the model, data and settings of these runs; others were not tried.",
        "worse": "No setting improves on the baseline by a resolved difference.",
        "nothing": "That is not evidence of there being none.",
        "untested": "The means are reported as they are.",
    }[study.outcome]
    return f"{prose(study.knob.question)} {done}{test} {headline(study)} {closing}"


def introduction(study: KnobStudy, opening: str) -> str:
    """Topic, question with reasons, hypothesis, contributions. `opening` is LaTeX on the topic, or empty."""
    question = (
        f"This paper asks one question. {prose(study.knob.question)} {prose(study.knob.why)} Our hypothesis, written "
        f"down before these runs, is this: \\emph{{{prose(study.knob.hypothesis)}}}"
    )
    found = {
        "mixed": "Some are resolved, in both directions.",
        "better": "Those that are resolved are all gains.",
        "worse": "Those that are resolved are all losses.",
        "nothing": "None is resolved, and intervals by dataset show how large an effect may have been missed.",
        "untested": "The runs turn out to allow none.",
    }[study.outcome]
    bullets = [
        _compared(study),
        f"{_tested(study)}, with intervals by dataset. {found}",
        "A record from which the paper can be checked: the code of every run, its log and its results are kept, and "
        "all numbers below are read from them by a program.",
    ]
    items = "\n".join(rf"\item {bullet}" for bullet in bullets)
    outline = f"The contributions are:\n\\begin{{itemize}}\n{items}\n\\end{{itemize}}"
    return "\n\n".join(part for part in (opening, question, outline) if part)


def _compared(study: KnobStudy) -> str:
    number = count(len(study.variants), "setting")
    if study.searched:
        return (
            f"A search over {number} that starts from a common baseline: variants of the one choice under study, then "
            "neighbouring and combined settings, then parts of them alone. The code that evaluates is locked."
        )
    settings = listed([named(node.label) for node in study.variants])
    return (
        f"A comparison of {number} ({settings}) with a common baseline, in which nothing but the one choice under "
        "study is changed, and the code that evaluates is locked."
    )


def _tested(study: KnobStudy) -> str:
    if study.confirmed:
        return (
            "An exact test of the setting that the search chose, over all pairs of dataset and seed, on seeds that no "
            "choice has seen, planned before the runs"
        )
    return (
        "An exact test of each setting over all pairs of dataset and seed, planned before the runs and corrected for "
        "the number of tests"
    )


def discussion(study: KnobStudy) -> str:
    """What becomes of the hypothesis, why that may be, and what else could explain it."""
    return "\n\n".join((_hypothesis(study), _mechanism(study), _otherwise(study)))


def _hypothesis(study: KnobStudy) -> str:
    stated = f"\\paragraph{{The hypothesis.}} We expected the following: \\emph{{{prose(study.knob.hypothesis)}}}"
    if study.outcome == "untested":
        return f"{stated} The runs cannot decide this, since their differences cannot be tested."
    if study.outcome == "nothing":
        whom = "the setting that was chosen" if study.confirmed else "any setting"
        return (
            f"{stated} No difference in {primary_names(study)} is resolved for {whom}. Where the hypothesis "
            "predicts an effect, these runs do not support it; where it predicts none, they do not contradict it, but "
            "they do not confirm it either: an interval that contains zero also contains other values."
        )
    closing = {
        "mixed": "The choice matters, in both directions.",
        "better": "The choice matters, and each resolved change is a gain over the baseline.",
        "worse": "The choice matters, and each resolved change is a loss against the baseline.",
        "nothing": "", "untested": "",
    }[study.outcome]  # fmt: skip
    return (
        f"{stated} In {primary_names(study)} the tests say: {' '.join(settings_in_words(study))} {closing} A part of "
        "the hypothesis that speaks of one of these settings is supported where it names the resolved direction, and "
        "contradicted where it names the other; on parts that speak of anything else, these runs are silent."
    )


def _mechanism(study: KnobStudy) -> str:
    if study.outcome == "untested":
        return (
            "\\paragraph{Why this may be.} The runs may be too short or too small for the measure to move, or too few. "
            "They do not speak for or against the reasoning in the introduction."
        )
    if study.outcome == "nothing":
        return (
            "\\paragraph{Why this may be.} The reasoning in the introduction may be wrong, or its effect may be too "
            "small at this scale to stand out from the spread between seeds. The runs do not tell the two apart."
        )
    return (
        "\\paragraph{Why this may be.} The introduction gives a mechanism that could produce effects of this kind. The "
        "runs measure its consequence and not the mechanism itself, so agreement makes it more plausible and no more."
    )


def _otherwise(study: KnobStudy) -> str:
    lost = any(item.effect == "worse" for item in study.resolved)
    gained = any(item.effect == "better" for item in study.resolved)
    changed = (
        "The settings differ from the baseline in one choice or a few" if study.searched else "One choice was changed"
    )
    parts = [
        f"\\paragraph{{What else could explain it.}} {changed}, and everything else was left at the values of the "
        "baseline."
    ]
    if lost:
        parts.append(
            "A setting may do worse only because those values were chosen for the baseline, and could catch up if it "
            "were tuned or given longer runs."
        )
    if gained:
        parts.append(
            "A setting may do better only because the baseline is not tuned as well as it could be, and a tuned "
            "baseline might close the gap."
        )
    if not (lost or gained):
        parts.append("An effect may show only in combination with other values, or in longer runs.")
    return " ".join(parts)


def conclusion(study: KnobStudy) -> str:
    """The question again, and the answer."""
    metric = primary_names(study)
    answer = {
        "mixed": f"For {metric} the choice matters, for the better or the worse according to the setting.",
        "better": f"For {metric} the choice matters: every resolved difference is in favour of the changed setting.",
        "worse": f"For {metric} the choice matters: every resolved difference is in favour of the baseline.",
        "nothing": f"In {metric} no difference is resolved, which leaves open whether there is one.",
        "untested": f"The runs do not allow a test of the differences in {metric}.",
    }[study.outcome]
    following = {
        "mixed": "A next step is to repeat the resolved cases with more seeds and with the other settings tuned anew.",
        "better": "A next step is to tune the baseline as carefully and to see whether the gain remains.",
        "worse": "A next step is to tune the other settings for each variant and to see whether the loss remains.",
        "nothing": "More seeds, or a larger change, would be needed to say more.",
        "untested": "Runs whose values vary over several seeds would be needed to say more.",
    }[study.outcome]
    return f"We asked: {_lowered_question(study)} {answer} {following}"


def _lowered_question(study: KnobStudy) -> str:
    return prose(inside(study.knob.question))


def how_made(study: KnobStudy) -> str:
    """The statement on the origin of the paper."""
    made = (
        "A rule-based program chose the question from a list that comes with the experiment's code, made the changes "
        "shown above, ran every setting in a sandbox, drew the figures with the script that belongs to the code, "
        "computed the statistics, and filled sentence patterns according to the outcome of the tests. People wrote "
        "the list, the patterns, and the description of background and baseline. No language model took part. Every "
        "number in the results is a logged value or computed from logged values."
    )
    searched = search_words.seeds(study) if study.searched else ""
    return " ".join(part for part in (made, searched, _violations(study)) if part)


def _violations(study: KnobStudy) -> str:
    marked = [node for node in study.nodes if node.violations]
    if not marked:
        return ""
    names = listed([named(node.label) for node in marked])
    return sentence(f"Attention: the runs of {names} tried to change protected files, which were restored")
