"""The scientist behind the loopback server: ideas, plans and LaTeX by rules, the same way every time.

It knows a request by the names of the properties that the answer is to have. An idea varies one constant that stands at
the top level of experiment.py; its experiments halve and double it, by the words `set NAME to VALUE`; numbers in its
texts are taken from the results shown, and citations from the keys given. Parts of the model's name make it err:

    forgetful    it proposes an earlier idea until it is told so
    copycat      it gives back the name of the first idea that it is shown as an example, until it is told so
    undecided    it never comes to a verdict on novelty
    fabricator   it writes a number that no run has measured, and cites a work that nobody has found
    lengthy      no error: its sections have as many words as they should have
    setter       no error: it sets its constant by a line and not by a block
    measurer     no error: it has one more metric measured before its first experiment
    grower       no error: in a tree it has as many values as are asked for
    clumsy       the second draft of a tree fails when it runs, until it is mended
    forgetter    it copies a passage wrongly when it changes a text, until it is told so
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from .calls import ModelCall

Fields = dict[str, Any]
FENCED = re.compile(r'^<(data-\w+) name="([^"\n]+)">\n(.*?)\n</\1>', re.MULTILINE | re.DOTALL)
CONSTANT = re.compile(r"^([A-Z][A-Z0-9_]*)\s*=\s*(\d[\d_.]*(?:e-?\d+)?)\s*(?:#.*)?$", re.MULTILINE)
EARLIER = re.compile(r"^- (vary_\w+)", re.MULTILINE)
THROWN = re.compile(r"you gave (\d+) ideas? that had to be thrown away")
ROUND = re.compile(r"Round (\d+) of")
SIMILARITY = re.compile(r"the nearest has similarity ([\d.]+)")
VARIED = re.compile(r"([A-Z][A-Z0-9_]*) is (\S+) here: take (\S+) and (\S+) in its place")
RUN = re.compile(r'^(run_\d+) "([^"\n]*)"')
RESULT = re.compile(r"\| (\S+) = (-?[\d.]+(?:e[-+]?\d+)?)")
SECTION = re.compile(r'^- "([^"]+)", about (\d+) words', re.MULTILINE)
STEP = re.compile(r"This is (draft|for tuning,|an ablation,) (\d+) of at most")
FACTORS = {
    "draft": (0.5, 2, 0.25, 4, 0.125, 8, 0.1),
    "for tuning,": (0.9, 1.1, 0.8, 1.2, 0.7, 1.3, 0.95),
    "an ablation,": (0.99, 1.01, 0.98, 1.02, 0.97, 1.03, 0.96),
}
FAILING = re.compile(r"\(([A-Z][A-Z0-9_]*) is 1 / 0 in place of (\S+)\.\) failed")
PLANNED = "Begin your answer with these lines:"
MEASURING = "METRIC: its name"
LABELS = re.compile(r"with their labels \(([^)]*)\)")
LOST = re.compile(r'^[^:\n]*: (\S+) in "', re.MULTILINE)
LESS = re.compile(r"loss|error|divergence|time|steps|perplexity")
OTHERWISE, HALVES_AND_DOUBLES = [("SEED", "1")], ('{"weight_decay":0.5}', '{"weight_decay":2.0}')
KNOWN_UP_TO = 0.45
PADDING = (
    "What is said here holds for the setting that was measured, and for no other one. Each run was made from the same "
    "code but for the constant that is named, with the same seeds and the same data, so that whatever differs between "
    "the runs has one cause. A reader who wants to see it again finds the code of each run beside its results."
)
MEASURED = """METRIC: steps_taken | steps taken | lower

The number of steps is written too.

experiment.py
<<<<<<< SEARCH
    "means": {"final_loss_mean": statistics.fmean(losses)},
=======
    "means": {"final_loss_mean": statistics.fmean(losses), "steps_taken": float(STEPS)},
>>>>>>> REPLACE
"""
"""The answer of a measurer, for the template of the tests."""
WIDE_ENOUGH, GROWTH = 400, 2
"""Pixels from which on a figure can be read, and by how much a narrow one is to grow."""
INVENTED, NOBODY = "7.77317", "nobody2099nothing"


def answer(schema: dict[str, Any], call: ModelCall) -> Fields | None:
    """The fields of the answer, None where the form is none of a scientist's."""
    task = TASKS.get(frozenset(schema.get("properties") or {}))
    return task(call) if task else None


def propose(call: ModelCall) -> Fields:
    """The first constant that no earlier idea varies; the same again when asked to reflect."""
    constants = constants_in(blocks(call.prompt).get("experiment.py", "")) or OTHERWISE
    thrown = THROWN.search(call.prompt)
    taken = set() if "forgetful" in call.model else set(EARLIER.findall(call.prompt))
    left = [(name, value) for name, value in constants if f"vary_{name.lower()}" not in taken] or constants
    name, value = left[min(int(thrown[1]) if thrown else 0, len(left) - 1)]
    low, high = HALVES_AND_DOUBLES if value == "{}" else (scaled(value, 0.5), scaled(value, 2))
    shown = json.loads(blocks(call.prompt).get("seed idea 1", "{}")).get("Name")
    return {
        "thought": "One constant at a time is easy to read.",
        "name": shown if shown and "copycat" in call.model and not thrown else f"vary_{name.lower()}",
        "title": f"How Much Depends on the {words(name).title()}?",
        "experiment": f"{name} is {value} here: take {low} and {high} in its place.",
        "interestingness": 5,
        "feasibility": 9,
        "novelty": 4,
        "done": call.user_turns > 1,
    }


def constants_in(code: str) -> list[tuple[str, str]]:
    """Name and value of the constants that an idea can vary: numbers, else what a template has for changes."""
    return CONSTANT.findall(code) or re.findall(r"^(CHANGES)\b.*?= *(\{\})", code, re.MULTILINE)


def judge(call: ModelCall) -> Fields:
    """Undecided at first; then novel, unless the similarity by rule is high."""
    number = int(ROUND.findall(call.texts[-1])[-1])
    similarity = SIMILARITY.search(call.prompt)
    word = "undecided"
    if number > 1 and "undecided" not in call.model:
        word = "not novel" if similarity and float(similarity[1]) >= KNOWN_UP_TO else "novel"
    return {
        "thought": "The works found share the subject." if word != "undecided" else "One more search.",
        "verdict": word,
        "query": f"{title(call)} {'again ' * (number - 1)}".strip() if word == "undecided" else "",
        "nearest": list(blocks(call.texts[-1]))[:2],
    }


def next_step(call: ModelCall) -> tuple[str, str, str, str]:
    """The constant, its value, and label and value of the next experiment; no label where all are done."""
    found = VARIED.search(call.prompt)
    name, old, low, high = found.groups() if found else ("SEED", "1", "1", "2")
    if "grower" in call.model and (step := STEP.search(call.texts[-1])):
        factors = FACTORS[step[1]]
        value = scaled(old, factors[(int(step[2]) - 1) % len(factors)])
        value = "1 / 0" if "clumsy" in call.model and (step[1], step[2]) == ("draft", "2") else value
        return name, old, f"{words(name)} {value}", value
    steps = [(f"{words(name)} halved", low), (f"{words(name)} doubled", high)]
    label, value = next(((label, value) for label, value in steps if f'"{label}"' not in call.prompt), ("", old))
    return name, old, label, value


def mended(call: ModelCall) -> tuple[str, str] | None:
    """The constant that a clumsy answer has spoilt, with a value that works; None where nothing is to be mended."""
    failing = FAILING.search(call.prompt)
    return (failing[1], scaled(failing[2], 2)) if failing else None


def wants_plan(call: ModelCall) -> bool:
    """Whether an experiment is to be planned and made in one answer."""
    return PLANNED in call.prompt


def planned(call: ModelCall, edit: Callable[[ModelCall, tuple[str, str]], str]) -> str:
    """The plan's lines, with the change that `edit` makes of a constant and its value."""
    name, old, label, value = next_step(call)
    if "measurer" in call.model and MEASURING in call.prompt:
        return MEASURED
    if not label:
        return "DONE: both values have been tried"
    head = f"LABEL: {label}\nDESCRIPTION: {name} is {value} in place of {old}."
    if "setter" in call.model:
        return f"{head}\nSET: {name} = {value}"
    return f"{head}\n\n{edit(call, (name, value))}"


def measures(call: ModelCall) -> Fields:
    """All metrics, the first being what counts."""
    names = dict.fromkeys(metric for _, _, metric, _ in results(call.prompt))
    return {
        "metrics": [
            {
                "name": name,
                "label": words(name).capitalize(),
                "better": "lower" if LESS.search(name) else "higher",
                "primary": number == 0,
            }
            for number, name in enumerate(names)
        ]
    }


def cite(call: ModelCall) -> Fields:
    """One search, and the first two works that it finds."""
    found = list(blocks(call.texts[-1]))
    searched = 'The works found for "' in call.texts[-1]
    return {"chosen": found[:2], "done": searched, "query": "" if searched else title(call)}


def captions(call: ModelCall) -> Fields:
    """One sentence for each figure."""
    named = re.search(r"made these figures: (.*)\.$", call.texts[-1], re.MULTILINE)
    images = named[1].split(", ") if named else []
    return {"captions": [{"image": image, "caption": "Measured values of all settings."} for image in images]}


def see_figures(call: ModelCall) -> Fields:
    """The size of each figure as it came, and of one that is narrow that its letters are too small."""
    found = re.findall(r"(?:^|(?<=\]))(\S+):\n\[image (\d+)x(\d+)\]", call.prompt, re.MULTILINE)
    narrow = [(name, int(width)) for name, width, _ in found if int(width) < WIDE_ENOUGH]
    return {
        "figures": [{"image": name, "shows": f"Bars, {width} by {height} pixels."} for name, width, height in found],
        "findings": [
            finding(name, f"it is {width} pixels wide, so that nobody can read it", f"set WIDTH to {GROWTH * width}")
            for name, width in narrow
        ],
    }


def see_pages(call: ModelCall) -> Fields:
    """That the text says too little of a figure, until it was changed for it; the pages are counted."""
    pages = re.findall(r"(?:^|(?<=\]))Page (\d+):\n\[image \d+x\d+\]", call.prompt, re.MULTILINE)
    said = finding(f"page {pages[-1]}, Figure 1", f"{len(pages)} pages, and no word on the bars", "say what they are")
    return {"findings": [] if "because the last time this was found" in call.prompt or not pages else [said]}


def finding(where: str, problem: str, remedy: str) -> Fields:
    """One thing that is wrong."""
    return {"where": where, "kind": "legibility", "severity": "major", "problem": problem, "remedy": remedy}


def part(call: ModelCall) -> Fields:
    """The sections asked for."""
    asked = SECTION.findall(call.texts[-1])
    return {"sections": [{"name": name, "body": section(name, int(count), call)} for name, count in asked]}


def section(name: str, count: int, call: ModelCall) -> str:
    """A section, at the length asked for where the author is lengthy."""
    text = new_section(name, call)
    while "lengthy" in call.model and len(text.split()) + len(PADDING.split()) <= count:
        text += f"\n\n{PADDING}"
    return text


def last_part(call: ModelCall) -> Fields:
    """Sections, the idea's title, and an abstract with one result."""
    said = sentences_of_results(call)
    return part(call) | {
        "title": title(call),
        "abstract": "We vary one constant of a small experiment and compare with the baseline by tests that are "
        f"corrected for their number. {said[0] if said else ''} What is not resolved is reported as such.",
    }


def change_text(call: ModelCall) -> Fields:
    """Sentences with lost numbers go, open points come into the discussion, and what is too long loses its padding."""
    task = next(text for text in reversed(call.texts) if "Answer with edits" in text)
    shown = blocks(task)
    edits = [taken_out(name, sentence) for name, text in shown.items() for sentence in lost_sentences(text, shown)]
    if "A review of it" in task:
        said = "The points of the review that need further runs stay open."
        edits.append({"section": "Discussion and Limitations", "passage": "", "replacement": said})
    if "seen" in shown:
        said = "The bars stand for the mean of the loss."
        edits.append({"section": "Results", "passage": "", "replacement": said})
        edits += [
            {"section": name, "passage": "", "replacement": "Bars are means."} for name in shown if "fig:" in name
        ]
    if "The paper is too long" in task:
        edits += [taken_out(name, rest) for name, text in shown.items() if (rest := later_half(name, text))]
    if "forgetter" in call.model and call.user_turns == 1:
        edits.append({"section": "Results", "passage": "words that stand nowhere", "replacement": ""})
    return {"thought": "As asked.", "edits": edits}


def taken_out(name: str, passage: str) -> Fields:
    """An edit that leaves a passage out."""
    return {"section": name, "passage": passage, "replacement": ""}


def lost_sentences(text: str, shown: dict[str, str]) -> list[str]:
    """The sentences of a text that hold a number which the audit has lost."""
    lost = [re.escape(number.rstrip("%")) for number in LOST.findall(shown.get("audit", ""))]
    return [
        found[0].strip() for number in lost for found in re.finditer(rf"[^.\n]*(?<![\d.]){number}(?!\d)[^.\n]*\.", text)
    ]


def later_half(name: str, text: str) -> str:
    """The second half of a section's paragraphs, which stands there once; nothing of a section that has one."""
    paragraphs = text.split("\n\n")
    return "\n\n".join(paragraphs[len(paragraphs) // 2 :]) if name != "problems" and len(paragraphs) > 1 else ""


def new_section(name: str, call: ModelCall) -> str:
    """A few sentences on what belongs into the section, with paragraphs."""
    keys = cited(call)
    references = re.findall(r"[\w:.-]+:[\w.-]+", (LABELS.findall(call.texts[-1]) or [""])[-1])
    if name == "Results":
        parts = [" ".join(sentences_of_results(call))]
        parts += [rf"{'Figure' if label.startswith('fig') else 'Table'}~\ref{{{label}}} shows this for all settings."
                  for label in references]  # fmt: skip
        invented = f"Over all, the gain comes to {INVENTED}." if "fabricator" in call.model else ""
        return "\n\n".join(part for part in (*parts, invented) if part)
    if name == "Related Work":
        invented = rf"\citet{{{NOBODY}}} have shown the same. " if "fabricator" in call.model else ""
        found = " ".join(rf"\citet{{{key}}} study a question near ours." for key in keys)
        return f"{invented}{found} We differ in that one constant is varied alone."
    support = rf" Earlier work has used such settings \citep{{{keys[0]}}}." if keys and name == "Introduction" else ""
    return (
        f"This section is on the {name.lower()} of a study that asks: {title(call)}{support} A single constant of the "
        "code is halved and doubled, and all else stays as it is, so that a difference has one cause.\n\n"
        "The runs share their seeds and their data. What the tests do not resolve is reported as not resolved, and "
        "nothing is claimed beyond the setting that was measured."
    )


def sentences_of_results(call: ModelCall) -> list[str]:
    """A sentence for each result of the first metric."""
    found = results(call.texts[1] if len(call.texts) > 1 else call.prompt)
    first = found[0][2] if found else ""
    said = {(label, dataset): value for label, dataset, metric, value in found if metric == first}
    return [
        rf"On \texttt{{{tex(dataset)}}}, the setting \emph{{{tex(label)}}} has a {tex(words(first))} of {value}."
        for (label, dataset), value in said.items()
    ]


def results(text: str) -> list[tuple[str, str, str, str]]:
    """Label of the run, dataset, metric and value of all results shown."""
    found: list[tuple[str, str, str, str]] = []
    label = ""
    for line in text.split("\n"):
        if run := RUN.match(line):
            label = run[2]
        elif label and line.startswith("  ") and " | " in line:
            dataset = line.split(" | ")[0].strip()
            found += [(label, dataset, metric, value) for metric, value in RESULT.findall(line)]
    return found


def blocks(text: str) -> dict[str, str]:
    """The fenced texts by name; the last of a name counts."""
    return {name: inner for _, name, inner in FENCED.findall(text)}


def cited(call: ModelCall) -> list[str]:
    """The keys that may be cited, three at most."""
    works = call.prompt.partition("Works that may be cited, by their keys:")[2].partition("Write these sections")[0]
    return [name for name in blocks(works) if re.search(r"\d", name)][:3]


def title(call: ModelCall) -> str:
    """The idea's title, as far as it is shown."""
    found = re.search(r"^The idea: (.*?)(?: \(vary_\w+\))?$", call.prompt, re.MULTILINE)
    return found[1] if found else "What Does One Constant Decide?"


def words(name: str) -> str:
    """A name of the code as words."""
    return name.lower().replace("_", " ")


def tex(text: str) -> str:
    """The text with the signs escaped that names have."""
    return re.sub(r"([_%&#])", r"\\\1", text)


def scaled(value: str, factor: float) -> str:
    """The number as the code would write it, times the factor; whole numbers stay whole."""
    number = float(value.replace("_", "")) * factor
    return str(max(1, int(number))) if value.replace("_", "").isdigit() else f"{number:g}"


TASKS: dict[frozenset[str], Callable[[ModelCall], Fields]] = {
    frozenset({"thought", "name", "title", "experiment", "interestingness", "feasibility", "novelty", "done"}): propose,
    frozenset({"thought", "verdict", "query", "nearest"}): judge,
    frozenset({"metrics"}): measures,
    frozenset({"chosen", "done", "query"}): cite,
    frozenset({"captions"}): captions,
    frozenset({"sections"}): part,
    frozenset({"sections", "title", "abstract"}): last_part,
    frozenset({"thought", "edits"}): change_text,
    frozenset({"figures", "findings"}): see_figures,
    frozenset({"findings"}): see_pages,
}
"""By the names of the properties."""
