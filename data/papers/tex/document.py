"""A LaTeX paper as its PDF prints it: one text of which every character knows its file and line.

Everything that reads LaTeX papers reads this: the reviewers' text, the search for hidden text, and the audit of
numbers, figures and citations.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ...errors import InputError
from ..source import decoded, read_content
from .expand import Expander
from .project import LINE_END, TexProject
from .source_map import LineTable, MappedText

BEGIN, END = "\\begin{document}", "\\end{document}"


@dataclass(frozen=True)
class TexDocument:
    r"""A paper with its files put in, its own commands replaced, and without what is not printed.

    `text[:start]` is the preamble up to and with \begin{document} (empty in a source without), `text[start:stop]` the
    body, `after` the source behind \end{document}. `files` were read, the main file first. `notes` are remarks;
    `problems` name what was asked for and could not be read, one line each.
    """

    main: Path
    text: str
    start: int
    stop: int
    after: str
    files: tuple[Path, ...]
    notes: tuple[str, ...]
    problems: tuple[str, ...]
    project: TexProject
    source: MappedText

    @property
    def preamble(self) -> str:
        r"""What stands before \begin{document}."""
        return self.text[: max(0, self.start - len(BEGIN))]

    @property
    def body(self) -> str:
        """What is printed, as LaTeX."""
        return self.text[self.start : self.stop]

    def where(self, offset: int) -> str:
        """File and line of a character of `text`, "main.tex:12"."""
        places = self.source.places
        return self.lines.shown(places[min(offset, len(places) - 1)]) if places else f"{self.main.name}:1"

    def asked(self, name: str, endings: tuple[str, ...], shown: str) -> tuple[str | None, str]:
        """The text of a file that the source carries or that lies with it; None, and why, where it cannot be read."""
        known = len(self.project.problems)
        try:
            found = self.project.find(name, (), endings)
        except InputError as error:
            return None, f"{shown} {error}"
        text = self.project.text(found, shown) if found is not None else None
        problems = self.project.problems[known:]
        del self.project.problems[known:]
        return text, problems[0] if problems else "" if text is not None else f"{shown} not found"

    @property
    def lines(self) -> LineTable:
        """The lines of all files."""
        return self.project.lines


def read_tex(main: Path, content: str | None = None, *, root: Path | None = None) -> TexDocument:
    """Read the paper whose main file is `main`.

    content: the main file's text where it is known; else the file is read.
    root: the folder outside of which no file is read; the main file's own without one.

    Raises InputError where the main file cannot be read.
    """
    notes: tuple[str, ...] = ()
    if content is None:
        content, notes = decoded(read_content(main), main.name)
    files = TexProject(main, root or main.parent)
    files.notes += notes
    files.read.append(main.resolve())
    expander = Expander(files)
    source = expander.run(files.cleaner.cleaned(files.lines.placed(LINE_END.sub("\n", content), main.name)))
    start = expander.environments.body or 0
    stop = len(source.text) - len(END) if source.text.endswith(END) else len(source.text)
    percents = [f"{files.lines.shown(place)}: a bare % behind a number begins a comment; write \\%"
                for place in dict.fromkeys(files.cleaner.percents)]  # fmt: skip
    return TexDocument(
        main=main,
        text=source.text,
        start=start,
        stop=max(start, stop),
        after=expander.environments.after,
        files=tuple(files.read),
        notes=(*files.notes, *percents),
        problems=tuple(files.problems),
        project=files,
        source=source,
    )
