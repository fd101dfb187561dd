r"""A paper from its LaTeX source: title, abstract, text with references, and what the source hides.

Hidden is what is printed so that nobody sees it: white or transparent, far too small, or as a phantom. White text on a
coloured ground (a table's head, a coloured box, a drawing) can be read and stays.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ..invisible import HiddenKind, HiddenText
from ..source import Extracted
from .bibliography import Bibliography, bibliography_of, cited_as
from .commands import argument, citations, command_argument, option
from .document import read_tex
from .plain_text import plain, reference_list, to_text

WORDS_AFTER = 5
"""Words behind the end of the document from which on they are set aside as hidden."""
TITLE = "title|icmltitle|papertitle|inlinetitle"
LIGHT = 235 / 255
"""A colour whose channels all reach this is white to the eye."""
SMALLEST = 3.0
"""Points, as in PDF."""
SMALLEST_SCALE, LEAST_OPACITY = 0.25, 0.1
LETTERS = 3
"""Phantoms of fewer letters align figures in tables."""
WHOLE_LINE = 4000
"""Characters back in which the ground of a text is looked for."""
TRIGGER = re.compile(
    r"\\(?P<name>textcolor|color|phantom|hphantom|vphantom|fontsize|scalebox|texttransparent|transparent)\*?(?![A-Za-z@])"
)
MODEL = re.compile(r"\s*\[\s*(\w+)\s*\]")
NAMED = re.compile(r"\\definecolor\s*\{([^{}]+)\}\s*\{(\w+)\}\s*\{([^{}]*)\}|\\colorlet\s*\{([^{}]+)\}\s*\{([^{}]*)\}")
MIX = re.compile(r"(\w+)!(\d+(?:\.\d+)?)(?:!(\w+))?\Z")
GROUND = re.compile(r"\\(?:cellcolor|rowcolor|colorbox|columncolor|fcolorbox\s*\{[^{}]*\})\s*(\[\w+\])?\s*\{([^{}]*)\}")
ROW_START = re.compile(r"\\\\|\n[ \t]*\n|\\begin\{tabular|\\hline|\\toprule")
DRAWING = re.compile(r"\\(begin|end)\{(?:tikzpicture|tcolorbox|mdframed|pspicture|axis)\}")
SCOPE = re.compile(
    r"\\begin\s*\{[^{}]*\}|\\end\s*\{[^{}]*\}|\\(?:color|fontsize|normalsize|normalcolor|small|large|transparent)\b"
    r"|\\.|[{}]",
    re.DOTALL,
)
ENDS_COLOUR = ("\\color", "\\normalcolor")
ENDS_SIZE = ("\\fontsize", "\\normalsize", "\\small", "\\large")


@dataclass
class Citations:
    """What a source cites, by key, and what of it is found."""

    bibliography: Bibliography
    cited: list[str]

    @property
    def missing(self) -> list[str]:
        """The keys without an entry."""
        return [key for key in self.cited if self.bibliography.entry(key) is None]

    def write(self, command: str, keys: str) -> str:
        """The text of one citation; a key without an entry stands in brackets."""
        entries = {key: self.bibliography.entry(key) for key in keys.split(",") if key}
        found = [entry for entry in entries.values() if entry is not None]
        lost = [f"[{key}]" for key, entry in entries.items() if entry is None and command != "nocite"]
        return " ".join(part for part in (cited_as(command, found) if found else "", *lost) if part)

    def listed(self) -> dict[str, str]:
        """The lines of the cited works, by key, in alphabetical order."""
        found = {key: entry.line for key in self.cited if (entry := self.bibliography.entry(key)) is not None}
        return dict(sorted(found.items(), key=lambda item: item[1].lower()))


def tex_text(path: Path, content: str) -> Extracted:
    """The paper whose main file is at `path` and holds `content`; its title heads the text."""
    document = read_tex(path, content)
    preamble = document.preamble
    body, hidden = without_hidden(document.body, preamble)
    bibliography = bibliography_of(document)
    written = Citations(bibliography, _keys(body, bibliography))
    title = plain(without_hidden(command_argument(preamble + body, TITLE) or "")[0])
    abstract = command_argument(preamble, "abstract")
    text = to_text(body, written.write, reference_list(written.listed()))
    if abstract and "## Abstract" not in text:
        text = f"## Abstract\n\n{to_text(without_hidden(abstract, preamble)[0], written.write)}\n\n{text}"
    notes = [*document.problems, *document.notes, *bibliography.notes]
    if written.cited:
        notes += bibliography.problems
    if written.missing:
        notes.append(f"{len(written.missing)} citations without entry ({', '.join(written.missing[:5])})")
    if not bibliography.named and written.cited:
        notes.append("no bibliography in the source")
    left = plain(document.after)
    if len(left.split()) >= WORDS_AFTER:
        hidden = (*hidden, HiddenText(kind="after-end", text=left))
    text = f"# {title}\n\n{text}" if title else text
    return Extracted(text, title, hidden, tuple(notes), references=len(written.listed()))


def _keys(body: str, bibliography: Bibliography) -> list[str]:
    """The keys that the body cites, each once; \nocite{*} cites all."""
    keys = [key for citation in citations(body) for key in citation.keys]
    if "*" in keys:
        keys += bibliography.entries
    return [key for key in dict.fromkeys(keys) if key != "*"]


def without_hidden(body: str, preamble: str = "") -> tuple[str, tuple[HiddenText, ...]]:
    """The body without what it hides, and that. Colours are defined in either part; macros have to be expanded."""
    white = _white_names(preamble + body)
    pieces: list[str] = []
    found: list[HiddenText] = []
    position = 0
    while trigger := TRIGGER.search(body, position):
        hidden = _hidden(body, trigger, white)
        if hidden is None:
            pieces.append(body[position : trigger.end()])
            position = trigger.end()
            continue
        kind, start, end = hidden
        pieces.append(body[position : trigger.start()])
        position = max(end, trigger.end())
        text = plain(body[start:end])
        if sum(character.isalpha() for character in text) >= LETTERS:
            found.append(HiddenText(kind=kind, text=text))
    return "".join(pieces) + body[position:], tuple(found)


def _hidden(body: str, trigger: re.Match[str], white: set[str]) -> tuple[HiddenKind, int, int] | None:
    """Kind, start and end of what the command hides; None where it hides nothing."""
    name, after = trigger["name"], trigger.end()
    if name.endswith("phantom"):
        return _hidden_group("phantom", body, after)
    if name in ("textcolor", "color"):
        model = MODEL.match(body, after)
        colour = argument(body, model.end() if model else after)
        if colour is None or not _is_white(model[1] if model else None, colour[0], white):
            return None
        if _on_ground(body, trigger.start(), white):
            return None
        if name == "textcolor":
            return _hidden_group("white", body, colour[1])
        return "white", colour[1], _scope_end(body, colour[1], ENDS_COLOUR)
    value = argument(body, option(body, after))
    number = _number(value[0]) if value else None
    if value is None or number is None:
        return None
    if name == "fontsize" and number < SMALLEST:
        leading = argument(body, value[1])
        start = leading[1] if leading else value[1]
        return "tiny", start, _scope_end(body, start, ENDS_SIZE)
    if name == "scalebox" and abs(number) < SMALLEST_SCALE:
        return _hidden_group("tiny", body, option(body, value[1]))
    if name == "texttransparent" and number < LEAST_OPACITY:
        return _hidden_group("invisible", body, value[1])
    if name == "transparent" and number < LEAST_OPACITY:
        return "invisible", value[1], _scope_end(body, value[1], ("\\transparent",))
    return None


def _hidden_group(kind: HiddenKind, body: str, position: int) -> tuple[HiddenKind, int, int] | None:
    found = argument(body, position)
    return (kind, found[1] - len(found[0]) - 1, found[1]) if found else None


def _scope_end(body: str, start: int, closers: tuple[str, ...]) -> int:
    """Where the group or environment ends that the position stands in, or a later command replaces the setting."""
    depth = 0
    for found in SCOPE.finditer(body, start):
        token = found[0]
        if token == "{" or token.startswith("\\begin"):
            depth += 1
        elif token == "}" or token.startswith("\\end"):
            depth -= 1
        if depth < 0 or (depth == 0 and token in closers):
            return found.start()
    return len(body)


def _number(text: str) -> float | None:
    found = re.match(r"\s*(-?\d*\.?\d+)", text)
    return float(found[1]) if found else None


def _white_names(source: str) -> set[str]:
    names = {"white"}
    for found in NAMED.finditer(source):
        name, model, value, other, mix = found.groups()
        if _is_white(model, value or mix or "", names):
            names.add((name or other).strip())
        else:
            names.discard((name or other).strip())
    return names


def _is_white(model: str | None, value: str, white: set[str]) -> bool:
    """Whether a colour, by name, mixture or channels, is white to the eye."""
    value = value.strip()
    if model is None:
        mixed = MIX.match(value)
        if mixed is None:
            return value in white
        share = float(mixed[2]) / 100
        rest_white = mixed[3] is None or mixed[3] in white
        return (share if mixed[1] in white else 0.0) + (1 - share if rest_white else 0.0) >= LIGHT
    if model == "HTML":
        return len(value) == 6 and all(part.lower() >= "eb" for part in (value[:2], value[2:4], value[4:]))
    channels = [_number(part) for part in value.split(",")]
    numbers = [number for number in channels if number is not None]
    if not numbers or len(numbers) < len(channels):
        return False
    if model == "cmyk":
        return max(numbers) <= 1 - LIGHT
    return min(numbers) >= LIGHT * (255 if model == "RGB" else 1)


def _on_ground(body: str, start: int, white: set[str]) -> bool:
    """Whether the text before the position, in the same row or paragraph, sets a ground that is not white."""
    before = body[max(0, start - WHOLE_LINE) : start]
    rows = [found.end() for found in ROW_START.finditer(before)]
    grounds = GROUND.findall(before[rows[-1] if rows else 0 :])
    if any(not _is_white(model.strip("[]") or None, colour, white) for model, colour in grounds):
        return True
    drawings = [found[1] for found in DRAWING.finditer(before)]
    return bool(drawings) and drawings[-1] == "begin"
