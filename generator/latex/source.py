r"""What is wrong with the source of a paper though it compiles: lost text, placeholders, Markdown, figures."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from ...data.files import read_text
from ...data.papers.tex.plain_text import plain
from .document import masked_source, section_spans
from .log import LONGEST_CONTEXT, Kind, Problem, Severity

PLACEHOLDERS = re.compile(
    r"\b(?:TODO|TBD|FIXME|PLACEHOLDER|XX+|[Ll]orem ipsum)\b|\[(?:citation needed|CITATION|REF|INSERT[^\]]*)\]"
    r"|\bINSERT(?: [A-Z]{2,})? (?:HERE|FIGURE|TABLE|TEXT|RESULTS?)\b|\b(?:TITLE|ABSTRACT|RESULTS?|METHOD|INTRO"
    r"|CONCLUSIONS?|BACKGROUND|RELATED WORK) HERE\b"
)
ADDRESS = re.compile(r"\\(?:url|href|path)\s*\{[^{}\n]*\}")
PERCENT = re.compile(r"(?<!\\)%")
FLOAT = re.compile(r"\\begin\{(figure|table)(\*?)\}(.*?)\\end\{\1\2\}", re.DOTALL)
LABEL = re.compile(r"\\label\s*\{([^{}]+)\}")
REFERENCE = re.compile(r"\\(?:[cC]|auto|eq|page|name|v)?ref\*?\s*\{([^{}]+)\}")
GRAPHICS = re.compile(r"\\includegraphics\*?\s*(?:\[[^\]]*\])?\s*\{([^{}]+)\}")
MARKDOWN = re.compile(
    r"(?<![\w\\*$)])\*\*(?=\w)[^*\n$]+?(?<=[\w.!?:)])\*\*(?![\w*])|^[ \t]{0,3}#{1,6} +[^\s#].*$", re.MULTILINE
)
FORMULA = re.compile(r"(?<!\\)(?:\$\$.*?\$\$|\$((?:\\.|[^$\\])+)\$)", re.DOTALL)
MONEY = re.compile(
    r"\d[\d.,]*\s+(?:[A-Za-z]{2,}\s+)*(?:and|or|to|per|for|each|in|of|with|at|the|instead|while|versus)\b"
)
"""What stands between two dollar signs that were meant as dollars."""
EMPTY_BELOW = 5
"""A section with fewer words is empty."""
SUFFIXES = ("", ".pdf", ".png", ".jpg", ".jpeg")


def check_source(tex: Path) -> tuple[Problem, ...]:
    r"""What can be seen in the main file: placeholders, lost text, Markdown, dollars, empty sections, figures.

    Figures and tables are looked at for labels that nothing refers to, captions that are missing, and images that occur
    twice, by name or by content. Raises InputError where the file cannot be read.
    """
    text = read_text(tex)
    checker = _Checker(tex, text, masked_source(text))
    return (*checker.placeholders(), *checker.lost_text(), *checker.markdown(), *checker.money(),
            *checker.empty_sections(), *checker.floats(), *checker.images())  # fmt: skip


def lost_percents(text: str) -> Iterator[int]:
    """Where a "%" behind a digit makes the rest of its line a comment, in the body of the paper."""
    body = max(0, text.find("\\begin{document}"))
    code = ADDRESS.sub(lambda found: " " * len(found[0]), masked_source(text, comments=False))
    position = body
    for line in code[body:].split("\n"):
        for found in PERCENT.finditer(line):
            if not line[: found.start()][-1:].isdigit():
                break
            yield position + found.start()
        position += len(line) + 1


class _Checker:
    def __init__(self, tex: Path, text: str, masked: str) -> None:
        self.tex, self.text, self.masked = tex, text, masked
        self.body = masked.find("\\begin{document}") if "\\begin{document}" in masked else 0

    def _problem(self, kind: Kind, at: int, message: str, subject: str = "", severity: Severity = "warning") -> Problem:
        line = self.text.count("\n", 0, at) + 1
        context = self.text.split("\n")[line - 1].strip()[:LONGEST_CONTEXT]
        return Problem(kind=kind, severity=severity, file=self.tex.name, line=line, message=message, subject=subject,
                       context=context)  # fmt: skip

    def placeholders(self) -> Iterator[Problem]:
        for found in PLACEHOLDERS.finditer(self.masked, self.body):
            yield self._problem("text", found.start(), f"placeholder {found[0]!r}", found[0], "error")

    def lost_text(self) -> Iterator[Problem]:
        message = 'the text behind "%" is a comment and lost; write "\\%"'
        for place in lost_percents(self.text):
            yield self._problem("text", place, message, "%", "error")

    def markdown(self) -> Iterator[Problem]:
        for found in MARKDOWN.finditer(self.masked, self.body):
            yield self._problem("text", found.start(), f"Markdown {found[0][:40]!r}; write LaTeX", "Markdown", "error")

    def money(self) -> Iterator[Problem]:
        message = 'the words between two dollar signs print as a formula; write "\\$" for dollars'
        for found in FORMULA.finditer(self.masked, self.body):
            if found[1] and MONEY.match(found[1]):
                yield self._problem("text", found.start(), message, "$", "error")

    def empty_sections(self) -> Iterator[Problem]:
        for name, start, end in section_spans(self.text, self.masked):
            if len(plain(self.masked[start:end]).split()) < EMPTY_BELOW:
                yield self._problem("text", max(0, start - 1), f"section {name} is empty", name, "error")

    def floats(self) -> Iterator[Problem]:
        referred = {key.strip() for found in REFERENCE.findall(self.masked) for key in found.split(",")}
        for found in FLOAT.finditer(self.masked, self.body):
            kind, labels = found[1], LABEL.findall(found[3])
            if "\\caption" not in found[3]:
                yield self._problem("figure", found.start(), f"{kind} without a caption")
            if not labels:
                yield self._problem("figure", found.start(), f"{kind} without a label: nothing can refer to it")
            elif not referred.intersection(label.strip() for label in labels):
                yield self._problem("figure", found.start(), f"nothing refers to {kind} {labels[-1]}", labels[-1])

    def images(self) -> Iterator[Problem]:
        seen: dict[str, str] = {}
        names = Counter[str]()
        for found in GRAPHICS.finditer(self.masked, self.body):
            name = found[1].strip()
            names[name] += 1
            digest = self._digest(name)
            if names[name] > 1:
                yield self._problem("figure", found.start(), f"image {name} occurs {names[name]} times", name)
            elif digest and digest in seen:
                yield self._problem("figure", found.start(), f"image {name} is the same as {seen[digest]}", name)
            if digest:
                seen.setdefault(digest, name)

    def _digest(self, name: str) -> str:
        """The hash of an image in the paper's folder, empty where there is none."""
        folder = self.tex.parent.resolve()
        for suffix in SUFFIXES:
            path = (folder / f"{name}{suffix}").resolve()
            if path.is_file() and path.is_relative_to(folder):
                return hashlib.sha256(path.read_bytes()).hexdigest()
        return ""
