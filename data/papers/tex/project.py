"""The files of a LaTeX project: where TeX would look for them, what may be read, and what could not be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ...errors import InputError
from ..source import decoded, read_content
from .source_map import LineTable, MappedText
from .verbatim import CommentStripper

MOST_FILES = 200
OUTSIDE = "lies outside of the paper's folder; not read"
LINE_END = re.compile(r"\r\n?")
OF_TEX = re.compile(
    r"(?:glyphtounicode|pdfcol|epsf|psfig|xy|xypic|tikz|pgf|pgfplots|kvmacros|random|insbox|binhex|texnansi|null|"
    r"lgrenc|t1enc|ulem|arrayjobx|fontmath|rotate|pstricks|pst-\w+|multido|fp|tikzlibrary[\w.]+)(?:\.\w+)?\Z"
)
"""Files that come with TeX itself."""


@dataclass
class TexProject:
    """The files of one project. Those that lie outside of `root` are not read."""

    main: Path
    root: Path
    lines: LineTable = field(default_factory=LineTable)
    cleaner: CommentStripper = field(default_factory=CommentStripper)
    read: list[Path] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    r"""Further folders that `\input@path` names."""
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    """What was asked for and could not be read, one line each."""

    def problem(self, line: str) -> None:
        """Enter a problem, once."""
        if line not in self.problems:
            self.problems.append(line)

    def find(self, name: str, folders: Sequence[str], endings: Sequence[str] = (".tex", "")) -> Path | str | None:
        """The file of this name: a path, the name of one that the source carries, or None where there is none.

        Raises InputError where the only such file lies outside of the root.
        """
        outside = False
        for folder in (*reversed(folders), "", *self.folders):
            for ending in endings:
                path = self._path(folder, f"{name}{ending}")
                if path is None or not is_file(path):
                    continue
                if f"{name}{ending}" in self.cleaner.overwriting:
                    return f"{name}{ending}"
                if self._is_inside(path):
                    return path
                outside = True
        carried = next((f"{name}{ending}" for ending in endings if f"{name}{ending}" in self.cleaner.carried), None)
        if carried is None and outside:
            raise InputError(OUTSIDE)
        return carried

    def find_asked(self, name: str, folders: Sequence[str], shown: str) -> Path | str | None:
        """The file, else None with a problem; files that come with TeX are passed over in silence."""
        try:
            found = self.find(name, folders)
        except InputError as error:
            self.problem(f"{shown} {error}")
            return None
        if found is None and not OF_TEX.match(name):
            outside = Path(name).is_absolute() or not self._may_exist(name)
            self.problem(
                f"{shown} {'lies outside of the paper' + chr(39) + 's folder; not read' if outside else 'not found'}"
            )
        return found

    def text(self, found: Path | str, shown: str) -> str | None:
        """The text of a file that was found, None with a problem where it is no text or one file too many."""
        if isinstance(found, str):
            return self.cleaner.carried[found]
        if len(self.read) >= MOST_FILES:
            self.problem(f"{shown} is one file too many (more than {MOST_FILES}); not read")
            return None
        try:
            text, notes = decoded(read_content(found), self.name(found))
        except InputError as error:
            if _is_blank(found):
                return ""
            self.problem(f"{shown} cannot be read: {error}")
            return None
        self.read.append(found)
        self.notes += [note for note in notes if note not in self.notes]
        return LINE_END.sub("\n", text)

    def source(self, found: Path | str, text: str) -> MappedText:
        """The text as source with places and without comments."""
        return self.cleaner.cleaned(self.lines.placed(text, self.name(found)))

    def name(self, found: Path | str) -> str:
        """A file's name relative to the main file's folder."""
        if isinstance(found, str):
            return found
        folder = self.main.parent.resolve()
        resolved = found.resolve()
        if resolved.is_relative_to(folder):
            return resolved.relative_to(folder).as_posix()
        root = self.root.resolve()
        return f"../{resolved.relative_to(root).as_posix()}" if resolved.is_relative_to(root) else found.name

    def _path(self, folder: str, name: str) -> Path | None:
        try:
            return (self.main.parent / folder / name).resolve()
        except (OSError, ValueError, RuntimeError):
            return None

    def _is_inside(self, path: Path) -> bool:
        return path.is_relative_to(self.root.resolve())

    def _may_exist(self, name: str) -> bool:
        path = self._path("", name)
        return path is not None and self._is_inside(path)


def is_file(path: Path) -> bool:
    """Whether there is such a file; a name that no file can have is none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _is_blank(path: Path) -> bool:
    try:
        return path.stat().st_size < 1000 and not path.read_bytes().strip()
    except OSError:
        return False
