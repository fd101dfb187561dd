r"""How a printed number is to be read where it stands: whether it is one of the results, and as what it is printed.

Not checked: numbers of sections, figures, tables, equations, steps and runs ("Table 2", "Run 3"); years and days;
versions ("PyTorch 2.1", "version 1.4"); thresholds of significance ("p < 0.05"; p-values are, and so is what is said
of a comparison that has one, see `p_bounds`) and confidence levels ("95% confidence"); dimensions ("64 × 64", "2 ×
2"); numbers that belong to a metric's name ("steps to 99% accuracy" where the metric is step_val_acc_99); signs of
enumerations ("1. First"); single digits that count ("4 heads"), like the words that they stand for, except counts of
runs, seeds and data sets; whole numbers in listings of code; numbers of displayed formulae that do not name run, data
set and metric, with the sentence that they end; what a formula gives a symbol, as far as `symbols` has it for a
definition; and, in the introduction, numbers in a sentence that cites another work. What stands in formulae that
define or calculate, in \label, \ref, \cite, lengths and options never gets here.
"""

from __future__ import annotations

import re
from dataclasses import replace

from .names import Names, words_of
from .numbers import Printed
from .passages import CITED, PaperPassage
from .spreads import Candidate

NUMBERED = re.compile(
    r"(?:\b(?:tables?|tabs?\.?|figures?|figs?\.?|sections?|sec\.?|equations?|eqs?\.?|algorithms?|appendix|appendices"
    r"|chapters?|theorems?|lemmas?|steps?|runs?|lines?|pages?|panels?|phases?|stages?|hypothes[ie]s|columns?|rows?)"
    r"[\s_~(#]*|§\s?)(?:[\d.]+\s*(?:,|and|or|to|–|-|&|through)\s*)*\(?\Z",
    re.IGNORECASE,
)
COUNTED = re.compile(
    r"\s*(?:random |independent |different |training |experimental )*(runs?|seeds?|data\s?-?sets?)\b", re.I
)
MONTHS = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
MONTH_AFTER = re.compile(rf"(?:st|nd|rd|th)?\s(?:of\s)?{MONTHS}\b")
MONTH_BEFORE = re.compile(rf"\b{MONTHS}\s\Z")
YEAR_BEFORE = re.compile(
    r"(?:\b(?:in|since|by|of|from|until|between|year|early|late|before|after"
    r"|January|February|March|April|May|June|July|August|September|October|November|December)\s|[(,]\s?|et al\.,?\s)\Z"
)
YEAR_AFTER = re.compile(r"\s*(?:[.,;)–-]|and\b|$)")
VERSION = re.compile(
    r"(?:version|release|v\.?|Python|PyTorch|CUDA|cuDNN|NumPy|TensorFlow|JAX|Linux|Ubuntu|Debian)\s*\Z", re.I
)
LEVEL = re.compile(r"[\s-]*(?:confidence|credible|CIs?\b|interval|bootstrap|significance|percentile|quantile)", re.I)
LEVEL_OF = re.compile(r"\b(?:intervals?|CIs?|confidence(?: levels?)?)\s+(?:of|at)\s+(?:the\s+)?\Z", re.I)
TEST_LEVEL = re.compile(r"\s*level\b", re.I)
TEST_LEVELS = (0.1, 1.0, 5.0, 10.0)
LEVELS = (90.0, 95.0, 99.0, 99.9)
SIGNIFICANCE = {0.1, 0.05, 0.01, 0.005, 0.001, 0.0001}
SIGNIFICANT = re.compile(
    r"(?:significan\w*|level|α|alpha|threshold|p-values? (?:is|are) (?:below|under|at most|less than))\W[^.;]{0,25}\Z",
    re.I,
)
LARGEST_LABEL = 100
"""Numbers of sections, tables and runs are below; "total steps 7500" is none."""
LEFT, RIGHT = re.compile(r"\d\s?×\s?\Z"), re.compile(r"\s?×\s?(?!10\^)\d")
COMPARES = re.compile(
    r"\b(?:by|differ\w*|gap|margin|improv\w*|reduc\w*|increas\w*|decreas\w*|lower\w*|higher|gains?|gained|drop\w*|fewer|more|less"
    r"|delta|change\w*|faster|slower|rises?|rose|f[ae]ll\w*|better|worse|points?|decline\w*|loses?|lost|shrink\w*|grow\w*|grew|away|apart|ahead)\b|Δ|↑|↓",
    re.IGNORECASE,
)
PASSES = re.compile(r"\b(?:pass|reach|cross|exceed)(?:es|ed|ing|s)?\s+(?:the\s+)?\Z", re.IGNORECASE)
"""Before a percentage that a metric has in its name: "no seed passes 99%"."""
LEVEL_BEFORE = re.compile(r"\b(?:to|at|reach\w*|becomes?|is|are|was|were)\s+(?:about\s+|only\s+)?\Z", re.IGNORECASE)
P_HEAD = re.compile(r"(?<![A-Za-z])p(?:[-\s]?values?)?(?![A-Za-z])", re.IGNORECASE)
TIMES = {"s", "ms", "millisecond", "min", "minute", "h", "hour"}
"""Units of time that are read as part of a number."""
DURATION = re.compile(r"[\s~]?(?:s|secs?|seconds?)(?![\w-])", re.IGNORECASE)
OF_TIME = re.compile(
    r"time|sec|latenc|duration|elapsed|wall|clock|speed|hour|min|took|cost|(?:^|_)m?s\Z", re.IGNORECASE
)
"""In the names of measures that are durations."""
NO_SHARE = re.compile(
    r"(?:^|_)(?:(?:val|valid|validation|train|training|test|eval|log)_loss|r?mse|cross_entropy|nll|perplexity|ppl|kl_divergence"
    r"|time|seconds?|secs|latency|duration|elapsed|hours?|minutes?|steps?)(?:_|\Z)"
)
"""In the names of measures that nobody gives as a percentage."""
IN_PERCENT = re.compile(r"\bin\s+(?:%|per\s?cent\b|percentages?\b)|\(\s*%\s*\)", re.IGNORECASE)
"""In the caption of a table of percentages."""
POINTS = re.compile(r"\s?(?:percentage[\s-])?(?:points?\b|pp\b|p\.p\.)")
CALLED_SPREAD = re.compile(r"\bstandard (error|deviation)s?\b[^\d.;,]{0,80}\Z", re.IGNORECASE)
RELATIVE, ABSOLUTE = (
    re.compile(r"\brelative(?!\s+to)\b", re.IGNORECASE),
    re.compile(r"\babsolute\b|%\s?-?points", re.IGNORECASE),
)
BY = re.compile(r"\bby\s+(?:about\s+|nearly\s+|over\s+|more than\s+)?[\W]?\Z", re.IGNORECASE)
RATIO_WORDS = re.compile(r"\b(?:ratios?|factors?|speed-?ups?|times|fold)\b", re.IGNORECASE)


def reason_not_to_check(number: Printed, passage: PaperPassage, names: Names) -> str:
    """Why a number is not checked; empty where it is to be."""
    text = passage.text
    before, after = text[max(0, number.start - 60) : number.start], text[number.end : number.end + 60]
    if number.whole and number.unit == "" and number.value < LARGEST_LABEL and NUMBERED.search(before):
        return "number of a section, table, figure, step or run"
    if _is_year(number, before, after):
        return "year"
    if number.whole and 1 <= number.value <= 31 and (MONTH_AFTER.match(after) or MONTH_BEFORE.search(before)):
        return "day of a month"
    if VERSION.search(before):
        return "version"
    if number.role == "p" and number.relation in ("<", ">", "≤", "≥") and abs(number.value) in SIGNIFICANCE:
        return "threshold of significance"
    if abs(number.value) in SIGNIFICANCE and SIGNIFICANT.search(before):
        return "threshold of significance"
    if number.percent and number.value in LEVELS and (LEVEL.match(after) or LEVEL_OF.search(before)):
        return "confidence level"
    if number.percent and number.value in TEST_LEVELS and TEST_LEVEL.match(after):
        return "confidence level"
    if number.whole and (LEFT.search(before) or RIGHT.match(after)):
        return "dimension"
    if _in_name(number, passage, names):
        return "part of a name"
    if passage.kind == "formula" and not _names_one_cell(passage, names):
        return "in a formula that names no run, data set and metric"
    if passage.kind == "code" and number.whole:
        return "whole number in a listing"
    if passage.kind == "text" and number.whole and re.fullmatch(r"[\s(]*", before) and re.match(r"[.)]\s", after):
        return "sign of an enumeration"
    if _small_count(number, passage, after):
        return "small count"
    if CITED in text and passage.kind == "text" and "introduction" in passage.section.lower():
        return "in a sentence that cites another work"
    return ""


def counted(number: Printed, passage: PaperPassage) -> str:
    """What a whole number counts, "run", "seed" or "dataset"; empty for anything else."""
    found = COUNTED.match(passage.text, number.end) if number.whole and not number.unit else None
    return re.sub(r"[\s-]", "", found[1].lower()).rstrip("s") if found else ""


def _is_year(number: Printed, before: str, after: str) -> bool:
    if not (number.whole and 1900 <= number.value < 2100 and re.fullmatch(r"\d{4}", number.text)):
        return False
    if not before.strip():
        return after.startswith(")")
    return bool(YEAR_BEFORE.search(before)) and bool(YEAR_AFTER.match(after))


def _in_name(number: Printed, passage: PaperPassage, names: Names) -> bool:
    """Whether the number is a word of the name of a metric or data set that the text names."""
    if names.within_label(passage.text, number.start, number.end):
        return True
    if number.percent and PASSES.search(passage.text[: number.start]):
        return any(f"{number.value:g}" in words_of(name) for name in names.metrics)
    if not number.whole:
        return False
    named = names.named(passage.names)
    return any(str(int(abs(number.value))) in words_of(name) for name in named.metrics | named.datasets)


def _names_one_cell(passage: PaperPassage, names: Names) -> bool:
    """Whether a formula and the sentence that it ends name one run, one data set and one metric."""
    named = names.named(passage.names)
    datasets = named.datasets or {names.only_dataset} - {""}
    return len(named.runs) == 1 and len(datasets) == 1 and len(names.sure_metrics(passage.names)) == 1


def _small_count(number: Printed, passage: PaperPassage, after: str) -> bool:
    if passage.kind in ("cell", "row") or not number.whole or number.unit or abs(number.value) > 9:
        return False
    return number.role == "value" and "." not in number.text and not COUNTED.match(after)


def in_column(number: Printed, passage: PaperPassage) -> Printed:
    """The number with what its column says of it: under "p" or "p-value" it is one."""
    if passage.kind != "cell" or not P_HEAD.search(passage.names.rpartition("|")[2]):
        return number
    relation = re.search(r"([<>≤≥])\s*\Z", passage.text[: number.start])
    return replace(number, role="p", relation=relation[1] if relation else "")


def belongs_to(number: Printed, passage: PaperPassage, before: Printed) -> bool:
    """Whether a number is the spread of the one in front: behind ±, or in brackets right behind it in a table."""
    between = passage.text[before.end : number.start]
    if number.role == "spread" or re.fullmatch(r"[\s$%]*±[\s$]*", between):
        return True
    return passage.kind in ("cell", "row") and re.fullmatch(r"\s*\(", between) is not None


def printed_as(candidate: Candidate, number: Printed, passage: PaperPassage) -> list[float]:
    """The candidate in the units in which the number is printed; nothing where the number cannot be of that form."""
    value, form = candidate.value, candidate.form
    caption = "".join(passage.around[:1])
    in_table = passage.kind in ("cell", "row")
    heads_percent = in_table and ("%" in passage.names + passage.text or IN_PERCENT.search(caption) is not None)
    percent = number.percent or heads_percent
    near = passage.text[max(0, number.start - 30) : number.end + 15]
    if form == "part" and BY.search(passage.text[: number.start]):
        return []
    if (form == "points" and RELATIVE.search(near)) or (form == "share" and ABSOLUTE.search(near)):
        return []
    if form == "points" and not percent:
        return [value * 100] if POINTS.match(passage.text, number.end) else []
    if form in ("share", "part", "points"):
        return [value * 100] if percent else []
    if form == "ratio":
        return [value] if number.times or (not percent and RATIO_WORDS.search(passage.names)) else []
    if number.times or (form == "difference" and not is_comparison(number, passage)):
        return []
    names = re.split(r"[\s/,]+", " ".join([candidate.how, *(cell[2] for cell in candidate.cells)]))
    no_share = form == "difference" or (number.percent and any(map(NO_SHARE.search, names)))
    scales = {*number.scales, *((0.01,) if heads_percent else ())} - ({0.01} if no_share else set())
    return [value / scale for scale in sorted(scales) if scale != 1.0 or not number.percent or abs(value) > 1]


def is_other_spread(candidate: Candidate, number: Printed, passage: PaperPassage) -> bool:
    """Whether the words in front of a number call it a standard error, or a deviation, and it would be the other."""
    called = CALLED_SPREAD.search(passage.text[: number.start])
    if called is None or passage.kind not in ("text", "caption"):
        return False
    other = ("deviation", " std") if called[1].lower() == "error" else ("error", " stderr")
    return candidate.how.startswith(("1.96", "half of", f"standard {other[0]}")) or candidate.how.endswith(other[1])


def is_comparison(number: Printed, passage: PaperPassage) -> bool:
    """Whether the number may be a difference: it has a sign, or the text compares."""
    return number.text[:1] in "+-" or COMPARES.search(passage.names) is not None


def is_duration(number: Printed, passage: PaperPassage) -> bool:
    """Whether a number of a sentence is given in units of time."""
    told = number.unit in TIMES or DURATION.match(passage.text, number.end) is not None
    return told and passage.kind in ("text", "caption")


def is_level(number: Printed, passage: PaperPassage) -> bool:
    """Whether the number is what something comes to ("falls to 0.3", "ends at 0.3"), and no difference.

    A minus alone makes none: many metrics can be negative.
    """
    if LEVEL_BEFORE.search(passage.text[: number.start]):
        return True
    return number.text[:1] == "-" and COMPARES.search(passage.names) is None


def stands_for(number: Printed, value: float, candidate: Candidate) -> bool:
    """Whether the number is a rounding of the value; comparisons are printed with either sign."""
    if candidate.form == "value":
        return number.low <= value <= number.high
    low, high = sorted((abs(number.low), abs(number.high)))
    return low <= abs(value) <= high
