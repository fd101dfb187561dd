"""LaTeX source to text that reads well: formulae stay LaTeX, headings get "#", formatting goes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from . import known_commands as known
from .commands import argument, is_citation, option, read_citation

DEEPEST = 8
"""Titles, captions and notes within one another that are followed."""
TOKEN = re.compile(
    r"\\begin\s*\{(?P<begin>[^{}\n]*)\}|\\end\s*\{(?P<end>[^{}\n]*)\}|\\(?P<command>[A-Za-z@]+)\*?|\\(?P<sign>.)"
    r"|(?P<math>\$\$?)|(?P<mark>[{}~&])|(?P<dash>---?|``|'')",
    re.DOTALL,
)
LABEL = re.compile(r"\\label\s*\{[^{}]*\}[ \t]*")
DASHES = {"--": "–", "---": "—", "``": "“", "''": "”"}
SIGNS = {"\\": "\n", "[": "[", "]": "]", "(": "(", ")": ")", ",": " ", ";": " ", ":": " ", " ": " ", "\n": " ",
         "!": "", "-": "", "/": "", ">": " "}  # fmt: skip

Cite = Callable[[str, str], str]
"""Command and keys of a citation to its text."""


def bare_cite(command: str, keys: str) -> str:
    """A citation as its keys in brackets."""
    return "" if command == "nocite" else f"[{keys}]"


def to_text(source: str, cite: Cite = bare_cite, references: str = "", *, depth: int = 0) -> str:
    r"""The text of a LaTeX body without comments.

    `cite` writes citations; `references` stands where \bibliography is (or `thebibliography` speaks for itself).
    """
    return _tidy(_Writer(source, cite, references, depth).written())


def _tidy(text: str) -> str:
    text = re.sub(r"[ \t]*\n[ \t]*", "\n", text)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]{2,}", " ", text)).strip()


@dataclass
class _Writer:
    """One pass over a source from left to right; each handler returns where to go on."""

    source: str
    cite: Cite
    references: str
    depth: int
    out: list[str] = field(default_factory=list)

    def written(self) -> str:
        """The text of the whole source."""
        position = 0
        while found := TOKEN.search(self.source, position):
            self.out.append(self.source[position : found.start()])
            position = self._token(found)
        self.out.append(self.source[position:])
        return "".join(self.out)

    def _token(self, found: re.Match[str]) -> int:
        after = found.end()
        if found["begin"] is not None:
            return self._begin(found["begin"].strip(), found.start(), after)
        if found["end"] is not None:
            self.out.append("\n")
        elif found["command"]:
            return self._command(found["command"], after)
        elif found["sign"]:
            return self._sign(found["sign"], found.start(), after)
        elif found["math"]:
            return self._raw(found.start(), found["math"], after)
        elif found["mark"]:
            self.out.append({"~": " ", "&": " | "}.get(found["mark"], ""))
        else:
            self.out.append(DASHES[found["dash"]])
        return after

    def _inner(self, source: str) -> str:
        """The text of an argument, on one line."""
        if self.depth >= DEEPEST:
            return " ".join(source.split())
        return " ".join(to_text(source, self.cite, depth=self.depth + 1).split())

    def _raw(self, start: int, closing: str, after: int) -> int:
        """Copy a formula up to its closing sign; a sign without a partner stands for itself."""
        position = self.source.find(closing, after)
        while position > 0 and self.source[position - 1] == "\\" and closing[0] == "$":
            position = self.source.find(closing, position + 1)
        if position < 0:
            self.out.append(self.source[start:after])
            return after
        end = position + len(closing)
        self.out.append(LABEL.sub("", self.source[start:end]))
        return end

    def _begin(self, name: str, start: int, after: int) -> int:
        plain = name.rstrip("*")
        if plain in known.MATH or plain in known.SILENT:
            closing = self.source.find(f"\\end{{{name}}}", after)
            if closing < 0:
                return after
            end = closing + len(f"\\end{{{name}}}")
            if plain in known.MATH:
                self.out.append(f"\n{LABEL.sub('', self.source[start:end])}\n")
            return end
        if plain == "thebibliography":
            self.out.append("\n\n## References\n\n")
        elif plain == "abstract":
            self.out.append("\n\n## Abstract\n\n")
        else:
            self.out.append(f"\n\n{known.STATEMENTS[plain]}. " if plain in known.STATEMENTS else "\n")
        after = after if plain in known.KEPT_ENVIRONMENTS else option(self.source, after)
        return self._skip(after, known.TABLES.get(name, known.TABLES.get(plain, 0)))

    def _skip(self, position: int, count: int) -> int:
        """Where `count` arguments, with the options between them, end."""
        for _ in range(count):
            found = argument(self.source, option(self.source, position))
            if found is None:
                break
            position = found[1]
        return position

    def _sign(self, sign: str, start: int, after: int) -> int:
        if sign in "([":
            return self._raw(start, {"(": "\\)", "[": "\\]"}[sign], after)
        if sign in known.ACCENTS:
            return self._accent(sign, after)
        if sign == "\\":
            after = option(self.source, after)
        self.out.append(SIGNS.get(sign, sign))
        return after

    def _accent(self, sign: str, after: int) -> int:
        found = argument(self.source, after)
        if found is None:
            return after
        letter = {"\\i": "i", "\\j": "j"}.get(found[0].strip(), found[0])[:1]
        self.out.append(unicodedata.normalize("NFC", letter + known.ACCENTS[sign]) if letter.isalpha() else letter)
        return found[1]

    def _command(self, name: str, after: int) -> int:
        if name in known.HEADINGS:
            return self._heading(name, after)
        if name in known.LETTERS:
            self.out.append(known.LETTERS[name])
            return after + 1 if self.source[after : after + 1] == " " else after
        if name in known.BREAKS:
            self.out.append(known.BREAKS[name])
            return option(self.source, after)
        if name in known.DIMENSION:
            found = known.DIMENSION[name].match(self.source, after)
            return found.end() if found else after
        if name in known.ACCENTS and len(name) == 1:
            return self._accent(name, after)
        if name in known.ALGORITHM:
            self.out.append(f"\n{known.ALGORITHM[name]} ")
            return option(self.source, after)
        if name in known.DROPPED:
            return self._skip(option(self.source, after), known.DROPPED[name])
        return self._with_argument(name, option(self.source, after), after)

    def _heading(self, name: str, after: int) -> int:
        found = argument(self.source, option(self.source, after))
        if found is None:
            return after
        title = self._inner(found[0])
        self.out.append(
            f"\n\n{known.HEADINGS[name]} {title}\n\n" if known.HEADINGS[name] else f"\n\n{title.rstrip('.')}. "
        )
        return found[1]

    def _with_argument(self, name: str, after: int, bare: int) -> int:
        """Commands whose argument is read; of any other command only the name goes."""
        if name == "item" or name == "bibitem":
            self.out.append("\n- " + (self._inner(self.source[bare:after].strip(" []")) if name == "item" else ""))
            return self._skip(after, name == "bibitem")
        if name in known.REFERENCES:
            self.out.append(f"\n\n{self.references}\n\n")
            return self._skip(after, known.REFERENCES[name])
        if is_citation(name):
            cited = read_citation(self.source, name, bare)
            if cited is None:
                return after
            self.out.append(self.cite(name, ",".join(cited[0])))
            return cited[1]
        found = argument(self.source, after)
        if found is None:
            return after
        if name in ("ref", "eqref", "cref", "Cref", "autoref", "nameref", "pageref"):
            self.out.append(f"[{found[0].strip()}]")
        elif name in ("url", "path", "nolinkurl"):
            self.out.append(found[0].strip())
        elif name == "footnote":
            self.out.append(f" (Footnote: {self._inner(found[0])}) ")
        elif name in ("caption", "captionof", "subcaption"):
            words = argument(self.source, found[1]) if name == "captionof" else found
            self.out.append(f"\n\nCaption: {self._inner((words or found)[0])}\n\n")
            return (words or found)[1]
        else:
            return after
        return found[1]


def plain(source: str) -> str:
    """A short source, as a title or a name, as text on one line."""
    return " ".join(to_text(source.replace("\\\\", " ")).split())


def reference_list(lines: Mapping[str, str]) -> str:
    """The references as a section with one marked line each."""
    return "## References\n\n" + "\n".join(f"- {line}" for line in lines.values()) if lines else ""
