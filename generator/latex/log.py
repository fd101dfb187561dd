"""What LaTeX and BibTeX say in their logs, as problems with a file and a line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Kind = Literal[
    "error", "missing file", "undefined command", "undefined reference", "undefined citation", "duplicate label",
    "unicode", "font", "overfull", "bibliography", "warning", "chktex", "text", "figure", "pages", "timeout",
    "outside file", "not installed",
]  # fmt: skip
Severity = Literal["error", "warning", "note"]
WRAPPED = 79
"""Bytes at which TeX breaks the lines of its log, unless told otherwise."""
OWN_LONG_LINES = 1
"""Lines that TeX does not break: an account of its memory at the end."""
LONGEST_CONTEXT = 200
START = re.compile(r"[!(\[)\\]|\S+\.\w+:\d+: |l\.\d+ |(?:LaTeX|Package|Class|pdfTeX|Overfull|Underfull|Missing) ?")
PLACED = re.compile(r"(?P<file>(?:\./|/|[A-Za-z]:)?[^:\s][^:]*\.\w+):(?P<line>\d+): (?P<message>.+)")
AT_LINE = re.compile(r"l\.(\d+) ?(.*)")
ON_LINE = re.compile(r"on input line (\d+)")
WARNING = re.compile(r"(?:LaTeX|Package|Class)(?: (?P<who>[\w.-]+))? Warning: (?P<message>.+)")
OVERFULL = re.compile(
    r"Overfull \\(?P<box>[hv])box \((?P<points>[\d.]+)pt too (?:wide|high)\)(?:.*?lines? (?P<line>\d+))?"
)
GLYPH = re.compile(r"Missing character: There is no (.+?) in font (\S+?)!?$")
LARGE_FLOAT = re.compile(r"Float too large for page by ([\d.]+)pt")
OPENED = re.compile(r"\((?P<path>(?:\./|/)?[^\s()\"]+\.\w+)|[()]")
UNDEFINED: dict[Kind, re.Pattern[str]] = {
    "undefined reference": re.compile(r"Reference `([^']*)' on page .* undefined"),
    "undefined citation": re.compile(r"Citation `([^']*)' (?:on page .* )?undefined"),
    "duplicate label": re.compile(r"Label `([^']*)' multiply defined"),
}
MISSING_FILE = re.compile(r"File [`'\"]([^'\"]+)['\"] not found|Unable to load picture or PDF file '([^']+)'")
NOISE = re.compile(
    r"[Rr]erun|Token not allowed|There were (?:undefined|multiply)|Unused global option|`?h'? float specifier"
    r"|Marginpar|Citation\(s\)|destination with the same|has changed|bookmark level|Empty bibliography"
)
DATABASE = re.compile(r"I couldn't open (?:database|style) file (\S+)")
NO_ENTRY = re.compile(r'Warning--I didn\'t find a database entry for "([^"]+)"')
BIB_LINE = re.compile(r"(?P<message>.+?)---line (?P<line>\d+) of file (?P<file>\S+)")


class Problem(BaseModel):
    """One thing that is wrong with a paper's source or PDF, or may be."""

    model_config = ConfigDict(frozen=True)

    kind: Kind
    severity: Severity = "error"
    file: str = Field(default="", description="relative to the paper's folder; empty where it is not known")
    line: int | None = Field(default=None, description="from 1")
    page: int | None = Field(default=None, description="from 1, for what is seen in the PDF")
    message: str
    subject: str = Field(default="", description="the label, key, file, command or character that it is about")
    points: float | None = Field(default=None, description="by how much a box is too large, in TeX points")
    context: str = Field(default="", description="the source line")

    def __str__(self) -> str:
        """The problem on one line, with its place first."""
        place = f"{self.file}:{self.line}" if self.line else self.file or (f"page {self.page}" if self.page else "")
        return f"{place}: {self.message}" if place else self.message


def parse_log(text: str, folder: Path, main: str = "paper.tex") -> tuple[Problem, ...]:
    """The problems in a log of LaTeX, in order, each once; lines that TeX has wrapped are joined first.

    Files are named relative to `folder`; `context` is read from there. A warning's file is found by the brackets in
    the log, which is right unless a message has brackets without a partner.
    """
    lines = _unwrapped(text)
    files = [main]
    found: list[Problem] = []
    position = 0
    while position < len(lines):
        problem, used = _problem_at(lines, position, next(f for f in reversed(files) if f))
        if problem:
            found.append(problem)
        else:
            _follow(lines[position], files)
        position += used
    return tuple(dict.fromkeys(_with_context(found, folder)))


def _unwrapped(text: str) -> list[str]:
    """The lines of the log, joined where TeX broke them; a log with many longer lines was not broken."""
    raw = text.replace("\r\n", "\n").split("\n")
    sizes = [len(line.encode("utf-8", "replace")) for line in raw]
    if sizes.count(WRAPPED) <= sum(size > WRAPPED for size in sizes[1:]) - OWN_LONG_LINES:
        return raw
    lines: list[str] = []
    open_ended = False
    for line, size in zip(raw, sizes, strict=True):
        if open_ended and not START.match(line):
            lines[-1] += line
        else:
            lines.append(line)
        open_ended = size == WRAPPED
    return lines


def _problem_at(lines: list[str], position: int, file: str) -> tuple[Problem | None, int]:
    """The problem that begins at this line, and how many lines it takes."""
    line = lines[position]
    if (placed := PLACED.match(line)) or line.startswith("! "):
        return _error(lines, position, placed, file)
    if box := OVERFULL.match(line):
        points, at = float(box["points"]), int(box["line"]) if box["line"] else None
        message = f"overfull {'line' if box['box'] == 'h' else 'page'}, {points:.1f}pt too much"
        return Problem(kind="overfull", severity="warning", file=file, line=at, message=message, points=points), 2
    if glyph := GLYPH.match(line):
        message = f"the font {glyph[2]} has no {glyph[1]}: it is missing in the PDF"
        return Problem(kind="font", severity="warning", file=file, message=message, subject=glyph[1]), 1
    if warning := WARNING.match(line):
        message, used = _whole_message(lines, position, warning["message"], warning["who"] or "")
        return _warning(message, file), used
    return None, 1


def _error(lines: list[str], position: int, placed: re.Match[str] | None, file: str) -> tuple[Problem | None, int]:
    """An error; what TeX shows below it ends, in its first line, with the token that is wrong."""
    message = placed["message"] if placed else lines[position][2:]
    number = int(placed["line"]) if placed else None
    shown, used = "", 1
    for offset in range(1, 16):
        following = lines[position + offset] if position + offset < len(lines) else "! "
        if following.startswith("! ") or PLACED.match(following):
            break
        shown = shown or following
        if at := AT_LINE.match(following):
            number, used = number or int(at[1]), offset + 2
            break
        if offset == 1 and not message.endswith(".") and following.strip() and not following.startswith("<"):
            message += " " + following.removeprefix("(inputenc)").strip()
    if "Fatal error" in message:
        return None, used
    where = _relative(placed["file"]) if placed else file
    return _typed_error(" ".join(message.split()), where, number, shown), used


def _typed_error(message: str, file: str, line: int | None, shown: str) -> Problem:
    message = message.removeprefix("LaTeX Error: ")
    if missing := MISSING_FILE.search(message):
        name = missing[1] or missing[2]
        return Problem(kind="missing file", file=file, line=line, message=f"file {name} not found", subject=name)
    if message.startswith("Undefined control sequence"):
        name = (re.findall(r"\\(?:[A-Za-z@]+|.)", shown) or [""])[-1]
        message = f"undefined command {name}".strip()
        return Problem(kind="undefined command", file=file, line=line, message=message, subject=name)
    if environment := re.search(r"Environment (\S+) undefined", message):
        message = f"undefined environment {environment[1]}"
        return Problem(kind="undefined command", file=file, line=line, message=message, subject=environment[1])
    if character := re.search(r"Unicode character (.) ?\(U\+[0-9A-F]+\)", message):
        message = f"the character {character[1]} is not set up for LaTeX"
        return Problem(kind="unicode", file=file, line=line, message=message, subject=character[1])
    return Problem(kind="error", file=file, line=line, message=message.rstrip("."))


def _whole_message(lines: list[str], position: int, message: str, who: str) -> tuple[str, int]:
    """A warning with the lines that continue it: those that begin with "(package)" or spaces."""
    used = 1
    while position + used < len(lines) and used < 8:
        following = lines[position + used]
        if not (following.startswith((f"({who})", "     ")) and following.strip()):
            break
        message += " " + following.removeprefix(f"({who})").strip()
        used += 1
    return message, used


def _warning(message: str, file: str) -> Problem | None:
    at = ON_LINE.search(message)
    line = int(at[1]) if at else None
    for name, pattern in UNDEFINED.items():
        if found := pattern.search(message):
            severity: Severity = "warning" if name == "duplicate label" else "error"
            text = f"{name} {found[1]}"
            return Problem(kind=name, severity=severity, file=file, line=line, message=text, subject=found[1])
    if NOISE.search(message):
        return None
    if missing := MISSING_FILE.search(message):
        name = missing[1] or missing[2]
        return Problem(kind="missing file", file=file, line=line, message=f"file {name} not found", subject=name)
    if large := LARGE_FLOAT.search(message):
        text = f"a figure or table is {large[1]}pt too high for the page"
        return Problem(kind="overfull", severity="warning", file=file, line=line, message=text, points=float(large[1]))
    kind: Kind = "font" if "Font" in message else "warning"
    return Problem(kind=kind, severity="note", file=file, line=line, message=" ".join(message.split()))


def _follow(line: str, files: list[str]) -> None:
    """Note which files the line opens and closes."""
    for found in OPENED.finditer(line):
        if found[0] != ")":
            files.append(_relative(found["path"]) if found["path"] else "")
        elif len(files) > 1:
            files.pop()


def _relative(name: str) -> str:
    return name.removeprefix("./")


def parse_blg(text: str) -> tuple[Problem, ...]:
    """The problems in a log of BibTeX: entries that it does not find, files that it cannot open, broken entries."""
    found: list[Problem] = []
    for line in text.splitlines():
        if entry := NO_ENTRY.match(line):
            message = f"no entry {entry[1]} in the bibliography"
            found.append(Problem(kind="undefined citation", message=message, subject=entry[1]))
        elif database := DATABASE.match(line):
            message = f"file {database[1]} not found"
            found.append(Problem(kind="missing file", message=message, subject=database[1]))
        elif broken := BIB_LINE.match(line):
            severity = "warning" if broken["message"].startswith("Warning") else "error"
            found.append(
                Problem(kind="bibliography", severity=severity, file=_relative(broken["file"]),
                        line=int(broken["line"]), message=broken["message"])
            )  # fmt: skip
    return tuple(dict.fromkeys(found))


def _with_context(problems: Iterable[Problem], folder: Path) -> Iterator[Problem]:
    sources: dict[str, list[str]] = {}
    for problem in problems:
        if problem.file not in sources:
            sources[problem.file] = source_lines(folder, problem.file)
        lines = sources[problem.file]
        shown = lines[problem.line - 1].strip() if problem.line and problem.line <= len(lines) else ""
        yield problem.model_copy(update={"context": shown[:LONGEST_CONTEXT]})


def source_lines(folder: Path, name: str) -> list[str]:
    """The lines of a source file in the folder; none for a file that lies elsewhere or cannot be read."""
    try:
        path = (folder / name).resolve()
        if not name or not path.is_relative_to(folder.resolve()):
            return []
        return path.read_text(encoding="utf-8", errors="replace").split("\n")
    except (OSError, ValueError):
        return []
