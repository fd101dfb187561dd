"""A LaTeX project as one source: parts put in, comments and switched-off text taken out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import InputError
from .source import decoded, read_content

MOST_FILES = 200
COMMENT = re.compile(
    r"\\begin\{(?P<block>(?:comment|verbatim|Verbatim|lstlisting|minted|alltt)\*?)\}|\\(?:url|path)\s*\{[^{}\n]*\}|\\."
    r"|(?P<gone>^[ \t]*%[^\n]*(?:\n|\Z)|%[^\n]*)",
    re.DOTALL | re.MULTILINE,
)
CONDITION = re.compile(r"\\(if(?!f\b|thenelse\b|defined\b)[a-zA-Z@]*|else|fi)(?![a-zA-Z@])")
FILE_CONTENTS = re.compile(r"\\begin\{(filecontents\*?)\}\s*(?:\[[^\]\n]*\])?\s*\{([^{}\n]*)\}")
INPUT = re.compile(
    r"\\(?P<command>input|include|subfile|subfileinclude|import|subimport)(?![a-zA-Z@])\s*"
    r"(?:\{(?P<first>[^{}]*)\}(?:\s*\{(?P<second>[^{}]*)\})?|(?P<bare>[\w./-]+))"
)
BEGIN, END = "\\begin{document}", "\\end{document}"


@dataclass
class TexSource:
    """A main file with its parts in place; `files` are those that the source itself carries, by name."""

    main: Path
    text: str = ""
    files: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    read: int = 0

    @property
    def parts(self) -> tuple[str, str, str]:
        """Preamble, body, and what stands behind the end of the document."""
        head, begun, rest = self.text.partition(BEGIN)
        if not begun:
            head, rest = "", self.text
        body, _, after = rest.partition(END)
        return head, body, after

    def beside(self, name: str) -> str | None:
        """The text of a file that the source carries or that lies in its folder; None where it is neither."""
        if name in self.files:
            return self.files[name]
        path = self._inside(name)
        if path is None or not path.is_file():
            return None
        try:
            return decoded(read_content(path), name)[0]
        except InputError:
            return None

    def put_in(self, text: str, open_files: tuple[Path, ...]) -> str:
        """The text without comments, with the files that it asks for in place."""
        text = without_comments(self._without_files(text)).partition("\\endinput")[0]
        return INPUT.sub(lambda found: self._part(found, open_files), text)

    def _without_files(self, text: str) -> str:
        """The text without the files that it carries, which are kept in `files`."""
        pieces: list[str] = []
        position = 0
        while found := FILE_CONTENTS.search(text, position):
            closing = f"\\end{{{found[1]}}}"
            end = text.find(closing, found.end())
            if end < 0:
                break
            self.files.setdefault(found[2].strip(), text[found.end() : end])
            pieces.append(text[position : found.start()])
            position = end + len(closing)
        return "".join(pieces) + text[position:]

    def _part(self, found: re.Match[str], open_files: tuple[Path, ...]) -> str:
        folder = (found["first"] or "") if found["command"] in ("import", "subimport") else ""
        name = (found["second"] if folder else found["first"] or found["bare"]) or ""
        rest = "" if folder or found["second"] is None else f"{{{found['second']}}}"
        wanted = f"{folder}/{name}" if folder else name.strip()
        shown = f"\\{found['command']}{{{wanted}}}"
        paths = [path for path in (self._inside(f"{wanted}.tex"), self._inside(wanted)) if path]
        if len(paths) < 2:
            self.notes.append(f"{shown} lies outside of the paper's folder; not read")
            return rest
        path = next((p for p in paths if p.is_file()), paths[0])
        if wanted in self.files or f"{wanted}.tex" in self.files:
            return without_comments(self.files.get(wanted) or self.files[f"{wanted}.tex"]) + rest
        if path in open_files or self.read >= MOST_FILES:
            self.notes.append(
                f"{shown} {'asks for itself' if path in open_files else 'is one file too many'}; not read"
            )
            return rest
        self.read += 1
        try:
            text, notes = decoded(read_content(path), path.name)
        except InputError:
            self.notes.append(f"{shown} not found")
            return rest
        self.notes += notes
        part = self.put_in(text, (*open_files, path))
        return part.partition(BEGIN)[2].partition(END)[0] + rest if BEGIN in part else part + rest

    def _inside(self, name: str) -> Path | None:
        """The path in the main file's folder, None for one elsewhere."""
        root = self.main.parent.resolve()
        try:
            path = (root / name).resolve()
        except (OSError, ValueError, RuntimeError):
            return None
        return path if path.is_relative_to(root) else None


def read_tex(main: Path, text: str) -> TexSource:
    """The project of a main file whose text is given."""
    source = TexSource(main)
    source.text = source.put_in(text, (main.resolve(),))
    return source


def without_comments(text: str) -> str:
    r"""The source without comments, `comment` environments and \iffalse branches; verbatim text stays as it is."""
    pieces: list[str] = []
    open_ended: set[str] = set()
    start = position = 0
    while found := COMMENT.search(text, position):
        position = found.end()
        if found["gone"] is not None:
            pieces.append(text[start : found.start()])
            start = position
        elif found["block"] and found["block"] not in open_ended:
            closing = f"\\end{{{found['block']}}}"
            end = text.find(closing, position)
            if end < 0:
                open_ended.add(found["block"])
                continue
            position = end + len(closing)
            if found["block"].startswith("comment"):
                pieces.append(text[start : found.start()])
                start = position
    return _without_false("".join(pieces) + text[start:])


def _without_false(text: str) -> str:
    pieces: list[str] = []
    position, depth = 0, 0
    for found in CONDITION.finditer(text):
        word = found[1]
        if depth == 0:
            if word == "iffalse":
                pieces.append(text[position : found.start()])
                depth = 1
        elif word.startswith("if"):
            depth += 1
        elif word == "fi" or depth == 1:
            depth -= 1
            position = found.end()
    return "".join(pieces) + ("" if depth else text[position:])
