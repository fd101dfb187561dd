"""Sound sentences about logged results, and faults of eight kinds in them and in a paper's tables."""

# pyright: reportMissingImports=false
from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from peerassay.generator.provenance.logged import LoggedResults
from peerassay.generator.provenance.records import Audit, Supported
from peerassay.generator.provenance.results import read_logged

KINDS = (
    "invented number",
    "another run's value, in a sentence",
    "another data set's value, in a sentence",
    "another run's value, in a table",
    "wrong spread",
    "swapped pair in a sentence",
    "wrong change or p-value",
    "word of direction reversed",
)
VALUES = (
    r"On \texttt{{{d}}}, {l} has a {m} of ${v} \pm {s}$.",
    r"The {m} of {l} on \texttt{{{d}}} comes to {v}.",
    r"With {l} the {m} on \texttt{{{d}}} ends at {v}.",
    r"For {l}, the {m} is {v} on \texttt{{{d}}}.",
    r"Trained with {l}, the model reaches a {m} of ${v}$ on \texttt{{{d}}}.",
    r"{l} brings the {m} on \texttt{{{d}}} to ${v} \pm {s}$, which Table~\ref{{tab:results}} shows too.",
    r"We see {l} at a {m} of {v} on \texttt{{{d}}}.",
)
PAIRS = (
    r"On \texttt{{{d}}}, {l} and {b} reach a {m} of {v} and {w}, respectively.",
    r"The {m} on \texttt{{{d}}} is ${v}$ for {l} and ${w}$ for {b}.",
    r"On \texttt{{{d}}}, {l} ends at a {m} of {v}, against {w} for {b}.",
    r"On \texttt{{{d}}}, {l} has a {m} of {v}, and {b} has {w}.",
    r"The {m} on \texttt{{{d}}}: {v} ({l}) and {w} ({b}).",
)
DIRECTIONS = (
    (r"On \texttt{{{d}}}, {l} has a {x} {m} than {b}.", ("lower", "higher")),
    (r"Compared with {b}, {l} {x} the {m} on \texttt{{{d}}}.", ("lowers", "raises")),
    (r"The {m} of {l} on \texttt{{{d}}} is {x} than that of {b}.", ("smaller", "larger")),
    (r"{l} {x} the {m} on \texttt{{{d}}} against {b}.", ("reduces", "increases")),
)
HOW = re.compile(r"(?P<run>run_\d+) (?P<dataset>\S+) (?P<metric>\S+) mean\Z")
NUMBER = re.compile(r"(?<![\w.])\d[\d,]*\.?\d*(?![\d\w])")
MARK, END = "% further sentences", "% end of further sentences"


@dataclass(frozen=True)
class Planted:
    """A place in a paper's source, and what a fault there would print. A pair has two numbers."""

    kind: str
    paper: Path
    line: int
    right: tuple[str, ...]
    wrong: tuple[str, ...]

    def line_with_fault(self, line: str) -> str:
        """The line with the fault in it."""
        for index, text in enumerate(self.right):
            line = line.replace(text, f"\0{index}\0", 1)
        for index, text in enumerate(self.wrong):
            line = line.replace(f"\0{index}\0", text)
        return line

    def is_flagged(self, flagged: set[str], *, faulty: bool) -> bool:
        """Whether one of the numbers or words is among those flagged on the line."""
        shown = {re.sub(r"[^\w.]", "", text).lstrip("p") for text in flagged}
        return bool(shown & {text.rstrip("%") for text in (self.wrong if faulty else self.right)})


def further_sentences(source: str, results: Path, draw: random.Random, count: int = 60) -> str:
    """The paper with a section of further sound sentences, one to a line."""
    logged = _logged(results)
    means = {x.cell: x for x in logged.logged if x.kind == "mean"}
    errors = {x.cell: x.value for x in logged.logged if x.kind == "stderr"}
    cells = [x for x in means.values() if x.dataset and x.metric in logged.metric_labels]
    lines: list[str] = []
    for _ in range(count):
        x = draw.choice(cells)
        other = means.get((draw.choice([run for run in logged.runs if run != x.run]), x.dataset, x.metric))
        form = draw.randrange(3)
        words = {"d": x.dataset.replace("_", r"\_"), "l": _label(logged, x.run), "m": _metric(logged, x.metric)}
        digits = draw.choice((3, 4))
        value = f"{x.value:.{digits}f}"
        if other is None or f"{other.value:.{digits}f}" == value or "e" in value:
            continue
        words |= {"v": value, "w": f"{other.value:.{digits}f}", "b": _label(logged, other.run)}
        if form == 0:
            lines.append(draw.choice(VALUES).format(**words, s=f"{errors.get(x.cell, 0.0):.{digits}f}"))
        elif form == 1:
            lines.append(draw.choice(PAIRS).format(**words))
        else:
            text, (less, more) = draw.choice(DIRECTIONS)
            lines.append(text.format(**words, x=less if x.value < other.value else more))
    section = "\\section{Further Observations}\n" + "\n".join((MARK, *(f"{line}\n" for line in lines), END, ""))
    return source.replace("\\section{Discussion}", section + "\\section{Discussion}", 1)


def planted_in(paper: Path, audit: Audit, draw: random.Random) -> Iterator[Planted]:
    """A fault for each place that can have one; of several kinds where more than one fits."""
    lines = (paper / "latex" / "paper.tex").read_text(encoding="utf-8").split("\n")
    further = range(lines.index(MARK) + 1, lines.index(END)) if MARK in lines else ()
    logged = _logged(paper / "workspace")
    for match in audit.matches:
        number = int(match.where.rpartition(":")[2])
        body = match.text.lstrip("+-").rstrip("% s×")
        if (
            match.kind not in ("setting", "count")
            and len(NUMBER.findall(body)) == 1
            and lines[number - 1].count(body) == 1
        ):
            table = "&" in lines[number - 1]
            yield from _of_number(match, body, Planted("", paper, number, (body,), ()), logged, table=table, draw=draw)
    for index in further:
        yield from _of_line(lines[index], Planted("", paper, index + 1, (), ()))


def _of_number(
    match: Supported, body: str, at: Planted, logged: LoggedResults, *, table: bool, draw: random.Random
) -> Iterator[Planted]:
    place = {"paper": at.paper, "line": at.line, "right": at.right}
    invented = _other_digits(body, draw)
    if len(body.replace(".", "").lstrip("0")) >= 3 and not match.context.count("±"):
        yield Planted("invented number", **place, wrong=(invented,))
    if "stderr" in match.how:
        if float(body):
            yield Planted("wrong spread", **place, wrong=(invented,))
    elif match.kind == "statistic" or match.how.startswith(("relative change", "difference")):
        if len(body.replace(".", "").lstrip("0")) >= 2:
            yield Planted("wrong change or p-value", **place, wrong=(invented,))
    elif found := HOW.match(match.how):
        run, dataset, metric = found.groups()
        means = {x.cell: x.value for x in logged.logged if x.kind == "mean"}
        others = {"run": [(r, dataset, metric) for r in logged.runs if r != run],
                  "data set": [(run, d, metric) for d in logged.datasets if d != dataset]}  # fmt: skip
        for what, cells in others.items():
            if what == "data set" and table:
                continue
            wrong = _printed_like(body, [abs(means[cell]) for cell in cells if cell in means], draw)
            kind = f"another {what}'s value, in a {'table' if table else 'sentence'}"
            if wrong and " and " not in match.context and "against" not in match.context:
                yield Planted(kind, **place, wrong=(wrong,))


def _of_line(line: str, at: Planted) -> Iterator[Planted]:
    """Pairs that can be swapped, and words of direction that can be reversed, among the further sentences."""
    numbers = [text for text in NUMBER.findall(re.sub(r"\\text(?:tt|it)\{[^}]*\}", "", line)) if "." in text]
    if len(numbers) == 2 and "±" not in line and "\\pm" not in line and all(line.count(n) == 1 for n in numbers):
        yield Planted(KINDS[5], at.paper, at.line, (numbers[0], numbers[1]), (numbers[1], numbers[0]))
    for _, (less, more) in DIRECTIONS:
        for word, other in ((less, more), (more, less)):
            if re.search(rf"\b{word}\b", line) and not numbers:
                yield Planted(KINDS[7], at.paper, at.line, (word,), (other,))


def _other_digits(text: str, draw: random.Random) -> str:
    """A number printed like this one with other digits."""
    while True:
        new = re.sub(r"[1-9]", lambda _: str(draw.randint(1, 9)), text)
        if new != text or not re.search(r"[1-9]", text):
            return new


def _printed_like(text: str, values: list[float], draw: random.Random) -> str:
    """One of the values with as many digits behind the point, other than the text; empty where there is none."""
    digits = len(text.partition(".")[2])
    printed = [shown for value in values if (shown := f"{value:.{digits}f}") != text and abs(value) < 1e6]
    return draw.choice(printed) if printed else ""


def _logged(results: Path) -> LoggedResults:
    logged = read_logged(results)
    names = json.loads((results / "metrics.json").read_text(encoding="utf-8"))
    logged.metric_labels = {name.removesuffix("_mean"): label for name, label in names.items()}
    return logged


def _label(logged: LoggedResults, run: str) -> str:
    label = logged.labels.get(run, run).replace("%", r"\%")
    return "the baseline" if label == "Baseline" else rf"\textit{{{label}}}"


def _metric(logged: LoggedResults, metric: str) -> str:
    label = logged.metric_labels[metric].partition(" (")[0].replace("%", r"\%")
    return label if label[:2].isupper() else label[0].lower() + label[1:]
