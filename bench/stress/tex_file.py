"""A paper as a LaTeX source, with room for a comment in it."""

from __future__ import annotations

import re

from ...data.records import Paper
from .parts import sections_of

SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
}  # fmt: skip
COMMANDS = ("section", "subsection", "subsubsection")
MARKS = re.compile(r"^[#*_ \t]+|[*_ \t]+$")


def tex_source(paper: Paper, comment: str = "") -> str:
    """The text as an article whose sections are commands, formulae as plain characters; the comment is at its head."""
    pieces = []
    done = 0
    for section in sections_of(paper):
        heading = paper.text[section.start :].split("\n", 1)[0]
        command = COMMANDS[min(section.level, len(COMMANDS)) - 1]
        pieces += [escaped(paper.text[done : section.start]), rf"\{command}*{{{escaped(MARKS.sub('', heading))}}}"]
        done = section.start + len(heading)
    body = "".join([*pieces, escaped(paper.text[done:])])
    head = "".join(f"% {line}\n" for line in comment.splitlines())
    return f"\\documentclass{{article}}\n\\begin{{document}}\n{head}{body}\n\\end{{document}}\n"


def escaped(text: str) -> str:
    """The text with LaTeX's special characters as they are printed."""
    return "".join(SPECIAL.get(character, character) for character in text)
