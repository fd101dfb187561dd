r"""The commands that put other files in: \input and its kin, listings, tables of CSV files, style files."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ...errors import InputError
from .project import TexProject
from .source_map import MappedText
from .stack import InputStack
from .verbatim import caption_in, escaped

PLAIN = {"input", "include", "subfile", "subfileinclude", "@input", "@@input", "loadfile", "includestandalone"}
IMPORTS = {"import": False, "subimport": True, "inputfrom": False, "subinputfrom": True, "includefrom": False,
           "subincludefrom": True}  # fmt: skip
"""Commands with folder and file, and whether the folder is counted from that of the file that asks."""
LISTINGS = {"lstinputlisting": 0, "verbatiminput": 0, "VerbatimInput": 0, "inputminted": 1, "BVerbatimInput": 0,
            "LVerbatimInput": 0}  # fmt: skip
"""Commands that print a file as it stands, and how many arguments come before its name."""
TABLES = {"csvautotabular", "csvautobooktabular", "csvautolongtable", "csvautobooklongtable", "pgfplotstabletypeset",
          "pgfplotstabletypesetfile"}  # fmt: skip
UNREAD_TABLES = {
    "csvreader": 1,
    "DTLloaddb": 2,
    "DTLloadrawdb": 2,
    "pgfplotstableread": 1,
    "includepdf": 0,
    "CatchFileDef": 2,
    "CatchFileEdef": 2,
}
EXISTS = {"InputIfFileExists", "IfFileExists"}
INPUTS = {*PLAIN, *IMPORTS, *LISTINGS, *TABLES, *UNREAD_TABLES, *EXISTS, "includeonly"}
ASKED = re.compile(
    r"\\(?:input|include|subfile|subfileinclude|@input|@@input)(?![A-Za-z@])\s*(?:\{([^{}]*)\}|([\w./-]+))"
    r"|\\(?:sub)?(?:import|inputfrom|includefrom)\*?\s*\{([^{}]*)\}\s*\{([^{}]*)\}"
)
BARE = re.compile(r"""\s*(?:"([^"\n]*)"|([^\s\\{}"]+))""")
PIPE = re.compile(r"\s*\|")
BEGIN = re.compile(r"\\begin\s*\{document\}")
END = re.compile(r"\\end\s*\{document\}")
FIRST, LAST = re.compile(r"firstline\s*=\s*(\d+)"), re.compile(r"lastline\s*=\s*(\d+)")


def asked_files(text: str) -> list[str]:
    """The names of the files that a source asks for, as far as it names them without commands."""
    return [
        f"{folder}/{name}" if folder else (braced or bare).strip() for braced, bare, folder, name in ASKED.findall(text)
    ]


@dataclass
class Inputs:
    """Reads what input commands name, and puts it on the stack or prints it."""

    stack: InputStack
    files: TexProject
    expanded: Callable[[str], str]
    add: Callable[[MappedText], None]
    only: set[str] | None = None

    def read(self, command: str) -> None:
        """Do what an input command says; reads its arguments."""
        if command in PLAIN:
            self._plain(command)
        elif command in IMPORTS:
            self._import(command)
        elif command in LISTINGS:
            self._listing(command)
        elif command in EXISTS:
            self._if_exists(command)
        elif command == "includeonly":
            self.only = {name.strip() for name in self._argument().split(",")}
        else:
            self._table(command)

    def _argument(self) -> str:
        argument = self.stack.argument()
        return self.expanded(argument.text).strip().strip('"') if argument is not None else ""

    @property
    def _folders(self) -> tuple[str, ...]:
        frame = self.stack.file
        return frame.folders if frame is not None else ()

    def _plain(self, command: str) -> None:
        self.stack.option()
        frame = self.stack.skip_space()
        if frame is not None and frame.text[frame.position] not in "{\\":
            found = BARE.match(frame.text, frame.position)
            name = (found[1] or found[2]) if found else ""
            frame.position = found.end() if found else frame.position
        else:
            name = self._argument()
        if not name:
            return
        if command == "include" and self.only is not None and name not in self.only:
            return
        shown = f"\\{command}{{{name}}}"
        if PIPE.match(name):
            self.files.problem(f"{shown} is the output of a program; not read")
            return
        folders = self._folders
        if command.startswith("subfile") and "/" in name:
            folders = (*folders, name.rpartition("/")[0])
        self._put_in(name, shown, self._folders, folders, quiet=command == "@input")

    def _import(self, command: str) -> None:
        self.stack.starts("*")
        folder, name = self._argument(), self._argument()
        if IMPORTS[command] and self._folders:
            folder = f"{self._folders[-1]}/{folder}"
        shown = f"\\{command}{{{folder}}}{{{name}}}"
        self._put_in(name, shown, (*self._folders, folder), (*self._folders, folder))

    def _put_in(
        self, name: str, shown: str, folders: tuple[str, ...], within: tuple[str, ...], *, quiet: bool = False
    ) -> bool:
        """Read a file next; `within` are the folders for the files that it asks for itself."""
        found = self._quietly(name, folders) if quiet else self.files.find_asked(name, folders, shown)
        if found is None:
            return False
        if any(frame.file is not None and frame.file == found for frame in self.stack.frames):
            self.files.problem(f"{shown} asks for itself; not read")
            return False
        if self.stack.spent:
            self.files.problem(f"{shown} is more than can be read; not read")
            return False
        text = self.files.text(found, shown)
        if text is None:
            return False
        source = self.files.source(found, text)
        if "\\documentclass" in source.text and (begin := BEGIN.search(source.text)) is not None:
            end = END.search(source.text, begin.end())
            source = source.cut(begin.end(), end.start() if end else len(source.text))
        self.stack.push(source, found, within)
        return True

    def _quietly(self, name: str, folders: tuple[str, ...]) -> Path | str | None:
        try:
            return self.files.find(name, folders)
        except InputError:
            return None

    def _if_exists(self, command: str) -> None:
        name = self._argument()
        yes, no = self.stack.argument(), self.stack.argument()
        found = self._quietly(name, self._folders)
        branch = yes if found is not None else no
        if (branch is not None and command == "IfFileExists") or (found is None and branch is not None):
            self.stack.push(branch)
        elif found is not None:
            self._put_in(name, f"\\{command}{{{name}}}", self._folders, self._folders)
            if branch is not None:
                self.stack.push(branch)

    def _listing(self, command: str) -> None:
        self.stack.starts("*")
        options = self.stack.option()
        for _ in range(LISTINGS[command]):
            self.stack.argument()
        name = self._argument()
        lines = self._lines(name, f"\\{command}{{{name}}}")
        given = options.text if options is not None else ""
        first, last = FIRST.search(given), LAST.search(given)
        lines = lines[int(first[1]) - 1 if first else 0 : int(last[1]) if last else len(lines)]
        place = self.stack.place
        self.add(MappedText.at(f"\n\\begin{{verbatim}}\n{caption_in(given)}", place))
        for line in lines:
            self.add(MappedText.joined([
                MappedText.at(escaped(line.text) + "\n", line.places[0] if line.places else place)
            ]))  # fmt: skip
        self.add(MappedText.at("\\end{verbatim}\n", place))

    def _lines(self, name: str, shown: str) -> list[MappedText]:
        """The lines of a file that is printed as it stands."""
        try:
            found = self.files.find(name, self._folders, ("", ".tex"))
        except InputError as error:
            self.files.problem(f"{shown} {error}")
            return []
        if found is None:
            self.files.problem(f"{shown} not found")
            return []
        text = self.files.text(found, shown)
        if text is None:
            return []
        if self.stack.spent:
            self.files.problem(f"{shown} is more than can be read; not read")
            return []
        self.stack.of_files += len(text)
        placed = self.files.lines.placed(text, self.files.name(found))
        lines: list[MappedText] = []
        start = 0
        for line in text.split("\n"):
            lines.append(placed.cut(start, start + len(line)))
            start += len(line) + 1
        return lines

    def _table(self, command: str) -> None:
        self.stack.option()
        name = self._argument()
        shown = f"\\{command}{{{name}}}"
        if command in UNREAD_TABLES:
            what = "the pages of a PDF" if command == "includepdf" else "cells of a file by a program"
            self.files.problem(f"{shown} prints {what}; not read")
            for _ in range(UNREAD_TABLES[command]):
                self.stack.argument()
            return
        lines = self._lines(name, shown)
        rows = [line.text for line in lines if line.text.strip()]
        separator = "," if any("," in row for row in rows) else None
        place = self.stack.place
        self.add(MappedText.at("\\begin{tabular}{l}\n", place))
        for row in csv.reader(rows) if separator else (row.split() for row in rows):
            self.add(MappedText.at(" & ".join(escaped(cell.strip()) for cell in row) + " \\\\\n", place))
        self.add(MappedText.at("\\end{tabular}\n", place))

    def style(self, name: str, ending: str, definitions: Callable[[MappedText, str], None]) -> None:
        """Take the definitions of a style file or class that lies beside the paper."""
        try:
            found = self.files.find(name, self._folders, (f".{ending}",)) if name else None
        except InputError:
            return
        if found is None or self.stack.spent or any(frame.file == found for frame in self.stack.frames if frame.file):
            return
        text = self.files.text(found, f"\\usepackage{{{name}}}")
        if text is not None:
            definitions(self.files.source(found, text), str(found))

    def preamble_of(self, name: str) -> None:
        """Read the preamble of the main file that a part of a paper (`subfiles`) names."""
        shown = f"\\documentclass[{name}]{{subfiles}}"
        found = self.files.find_asked(name, (), shown)
        text = self.files.text(found, shown) if found is not None else None
        if found is None or text is None:
            return
        source = self.files.source(found, text)
        begin = BEGIN.search(source.text)
        if begin is not None and "subfiles}" not in source.text[: source.text.find("\n")]:
            self.stack.push(source.cut(0, begin.start()), found)
