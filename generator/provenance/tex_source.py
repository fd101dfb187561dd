r"""LaTeX source as one text of which every character still knows its file and line.

Comments, `comment`, `verbatim` and `filecontents` environments and \iffalse branches are blanked out in place; files
that \input and \include ask for are put in, and the paper's own commands are replaced by what they stand for.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path

from ...data.files import read_text
from ...data.papers.latex_syntax import Macro, definitions, expanded

MOST_FILES = 100
COMMENT = re.compile(r"\\[^\n]|(?P<digit>(?<=\d))?%[^\n]*")
HIDDEN = re.compile(
    r"\\begin\{(comment|verbatim|Verbatim|lstlisting|minted|filecontents)(\*?)\}.*?\\end\{\1\2\}"
    r"|\\iffalse(?![A-Za-z@]).*?\\(?:fi|else)(?![A-Za-z@])",
    re.DOTALL,
)
INPUT = re.compile(r"\\(?:input|include|subfile)\s*\{([^{}]*)\}")
BEGIN, END = "\\begin{document}", "\\end{document}"


@dataclass(frozen=True)
class Line:
    """One line with its file's name and its number from 1."""

    text: str
    file: str
    number: int


class Source:
    """The body of a LaTeX paper. `preamble` is what stands before it; `files` were read, the main file first."""

    def __init__(self, main: Path) -> None:
        self.main = main
        self.files: list[Path] = []
        self.notes: list[str] = []
        self._bare: list[str] = []
        lines = self._lines(main)
        begin = next((i for i, line in enumerate(lines) if BEGIN in line.text), -1)
        self.preamble = "\n".join(line.text for line in lines[: begin + 1]).partition(BEGIN)[0]
        self.carried = read_text(main)
        macros, _ = definitions(self.preamble)
        body = [_expanded(line, macros) for line in lines[max(begin, 0) :]]
        text = "\n".join(line.text for line in body)
        start = text.find(BEGIN) + len(BEGIN) if begin >= 0 else 0
        stop = text.find(END)
        self.start, self.text = start, text[: stop if stop >= 0 else len(text)]
        self._body = body
        inside = {f"{line.file}:{line.number}" for line in body}
        self.notes += [f"{place}: a bare % behind a number begins a comment; write \\%"
                       for place in self._bare if place in inside]  # fmt: skip
        self._starts = [0]
        for line in body:
            self._starts.append(self._starts[-1] + len(line.text) + 1)

    def where(self, offset: int) -> str:
        """File and line of a character of `text`."""
        line = self._body[min(len(self._body), bisect_right(self._starts, offset)) - 1]
        return f"{line.file}:{line.number}"

    def _lines(self, path: Path) -> list[Line]:
        """The lines of a file with those of the files that it asks for in place."""
        self.files.append(path)
        name = path.relative_to(self.main.parent).as_posix() if path != self.main else path.name
        found: list[Line] = []
        content = read_text(path)
        self._bare += [f"{name}:{content.count(chr(10), 0, found.start()) + 1}"
                       for found in COMMENT.finditer(content) if found["digit"] is not None]  # fmt: skip
        for number, text in enumerate(_visible(content).split("\n"), start=1):
            position = 0
            for wanted in INPUT.finditer(text):
                part = self._beside(wanted[1].strip())
                if part is None:
                    continue
                found.append(Line(text[position : wanted.start()], name, number))
                found += self._lines(part)
                position = wanted.end()
            found.append(Line(text[position:], name, number))
        return found

    def _beside(self, name: str) -> Path | None:
        """The file that is asked for, in the paper's own folder; None, with a note, where it is not to be read."""
        root = self.main.parent.resolve()
        for wanted in (f"{name}.tex", name):
            path = (root / wanted).resolve()
            if path.is_file() and path.is_relative_to(root) and len(self.files) < MOST_FILES:
                inside = self.main.parent / path.relative_to(root)
                if inside.resolve() not in [file.resolve() for file in self.files]:
                    return inside
        self.notes.append(f"\\input{{{name}}} was not read (absent, outside of the paper's folder, or read before)")
        return None


def _visible(text: str) -> str:
    r"""The text with everything that is not printed blanked out, line for line.

    A percent sign right behind a digit begins a comment too, but was meant as a percent sign: "12.8% of" is read as
    12.8 percent, although LaTeX prints a bare 12.8 and drops the rest of the line.
    """
    text = COMMENT.sub(
        lambda m: m[0] if m[0][0] == "\\" else _blank(m[0], r"\%" if m["digit"] is not None else ""), text
    )
    return HIDDEN.sub(lambda found: _blank(found[0]), text)


def _blank(text: str, instead: str = "") -> str:
    return instead + re.sub(r"[^\n]", " ", text)[len(instead) :] if len(text) > len(instead) else instead or " "


def _expanded(line: Line, macros: dict[str, Macro]) -> Line:
    return Line(expanded(line.text, macros), line.file, line.number) if "\\" in line.text else line
