r"""LaTeX source without comments, with verbatim text in escaped form, so that every later step may read it as LaTeX."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .source_map import MappedText

ENVIRONMENTS = ("verbatim", "Verbatim", "BVerbatim", "LVerbatim", "lstlisting", "minted", "alltt", "spverbatim")
FILE_CONTENTS = re.compile(
    r"\\begin\s*\{(filecontents\*?)\}\s*(?P<options>\[[^\]\n]*\])?\s*\{(?P<name>[^{}\n]*)\}[^\n]*\n?"
)
OWN_VERBATIM = re.compile(
    r"\\(?:lstnewenvironment|DefineVerbatimEnvironment|RecustomVerbatimEnvironment)\s*\{(\w+)\}"
    r"|\\newenvironment\s*\{(\w+)\}\s*\{\s*\\(?:verbatim|lstlisting|alltt)(?![A-Za-z])"
    r"|\\newminted\s*\[(\w+)\]"
)
OWN_INLINE = re.compile(r"\\(?:MakeShortVerb|lstMakeShortInline)\*?\s*(?:\[[^\]]*\])?\s*\{?\\?([^A-Za-z{}\s\[])\}?")
INLINE = r"\\(?P<inline>verb|Verb|lstinline|mintinline|spverb)\*?(?![A-Za-z@])"
URL = r"\\(?:url|path|href|nolinkurl|burl|urldef\s*\\\w+\s*\\url)\s*(?:\[[^\]\n]*\])?\s*\{(?:[^{}\n]|\\[{}])*\}"
OPTIONS = re.compile(r"[ \t]*(?:\[[^\]]{0,500}\]|\{[^{}\n]{0,100}\}(?=[ \t]*\n))*")
INLINE_OPTIONS = re.compile(r"\s*\[[^\]\n]{0,300}\]")
LANGUAGE = re.compile(r"\s*\{[^{}\n]*\}")
CAPTION = re.compile(r"\bcaption\s*=\s*(?:\{((?:[^{}]|\{[^{}]*\})*)\}|([^,\[\]{}]+))")
NEXT_LINE = re.compile(r"[ \t]*")
ESCAPES = str.maketrans({
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "%": r"\%", "&": r"\&", "#": r"\#", "_": r"\_", "$": r"\$",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "-": "-{}", "'": "'{}", "`": "`{}",
})  # fmt: skip
"""Signs that have a meaning in LaTeX, and those that join to others."""


def escaped(text: str) -> str:
    """Verbatim text as LaTeX that prints the same."""
    return text.translate(ESCAPES)


@dataclass
class CommentStripper:
    """Takes the comments out of one file after the other; what one file defines as verbatim counts in later ones."""

    environments: set[str] = field(default_factory=lambda: set(ENVIRONMENTS))
    inline: set[str] = field(default_factory=set)
    carried: dict[str, str] = field(default_factory=dict)
    overwriting: set[str] = field(default_factory=set)
    percents: list[int] = field(default_factory=list)
    """Places at which a bare percent sign stands right behind a digit."""

    def cleaned(self, source: MappedText) -> MappedText:
        """The source without comments; files that it carries go to `carried`, verbatim text is escaped."""
        source = self._without_files(source)
        self._note_definitions(source.text)
        pieces: list[MappedText] = []
        endless: set[str] = set()
        start = position = 0
        pattern = self._pattern()
        while found := pattern.search(source.text, position):
            position = found.end()
            if found["block"]:
                name = found["block"]
                closing = None
                if name not in endless:
                    closing = re.compile(rf"\\end\s*\{{{re.escape(name)}\}}").search(source.text, position)
                if closing is None:
                    endless.add(name)
                    continue
                body = OPTIONS.match(source.text, position)
                begin = body.end() if body else position
                place = source.places[found.start()]
                caption = MappedText.at(caption_in(source.text[position:begin]), place)
                pieces += [source.cut(start, found.end()), caption, _escaped(source, begin, closing.start())]
                start, position = closing.start(), closing.end()
            elif found["inline"] or found["short"]:
                spans = (
                    (position, found["short"]) if found["short"] else _opened(source.text, position, found["inline"])
                )
                end = source.text.find(_partner(spans[1]), spans[0]) if spans else -1
                if spans is None or end < 0 or "\n" in source.text[spans[0] : end]:
                    continue
                place = source.places[found.start()]
                pieces += [source.cut(start, found.start()), MappedText.at(r"\texttt{", place)]
                pieces += [_escaped(source, spans[0], end), MappedText.at("}", place)]
                start = position = end + 1
            elif found["comment"]:
                pieces.append(source.cut(start, found.start()))
                pieces.append(self._instead(source, found))
                start = position = _next_line(source.text, found.end())
        pieces.append(source.cut(start, len(source.text)))
        return MappedText.joined(pieces)

    def _instead(self, source: MappedText, found: re.Match[str]) -> MappedText:
        r"""What a comment leaves: nothing, "\n" before an empty line, or the percent sign that was meant.

        A percent sign right behind a digit begins a comment too, but was meant as a percent sign: "12.8% of" is read
        as 12.8 percent, although LaTeX prints a bare 12.8 and drops the rest of the line. At the end of a line it is
        a comment where the next line goes on with a digit, so that it joins the halves of a number, or with code.
        """
        text, place = source.text, source.places[found.start()]
        following = _next_line(text, found.end())
        next_sign = text[following : following + 1]
        joins = found[0].rstrip() == "%" and (next_sign.isdigit() or next_sign in "}{\\&$")
        left = ""
        if text[found.start() - 1 : found.start()].isdigit() and not joins:
            self.percents.append(place)
            left = "\\%\n"
        own_line = not text[text.rfind("\n", 0, found.start()) + 1 : found.start()].strip()
        if not left and not own_line and text[following : following + 1] == "\n":
            left = "\n"
        return MappedText.at(left, place)

    def _pattern(self) -> re.Pattern[str]:
        names = "|".join(sorted(map(re.escape, self.environments), key=len, reverse=True))
        short = "[" + "".join(map(re.escape, sorted(self.inline))) + "]" if self.inline else r"(?!)"
        return re.compile(
            rf"\\begin\s*\{{(?P<block>(?:{names})\*?)\}}|{INLINE}|{URL}|\\.|(?P<short>{short})|(?P<comment>%[^\n]*)",
            re.DOTALL,
        )

    def _note_definitions(self, text: str) -> None:
        for found in OWN_VERBATIM.finditer(text):
            self.environments.add(next(filter(None, found.groups())))
        self.inline |= {found[1] for found in OWN_INLINE.finditer(text)} - {"%"}

    def _without_files(self, source: MappedText) -> MappedText:
        pieces: list[MappedText] = []
        position = 0
        while found := FILE_CONTENTS.search(source.text, position):
            closing = f"\\end{{{found[1]}}}"
            end = source.text.find(closing, found.end())
            line = source.text.rfind("\n", 0, found.start()) + 1
            if end < 0:
                break
            pieces.append(source.cut(position, found.start()))
            position = end + len(closing)
            if "%" in re.sub(r"\\.", "", source.text[line : found.start()]):
                pieces.append(source.cut(found.start(), position))
                continue
            name = found["name"].strip()
            self.carried[name] = source.text[found.end() : end]
            if re.search(r"overwrite|force", found["options"] or ""):
                self.overwriting.add(name)
        pieces.append(source.cut(position, len(source.text)))
        return MappedText.joined(pieces)


def _next_line(text: str, end: int) -> int:
    """Where the text of the line behind the comment begins that ends at `end`."""
    if end >= len(text):
        return end
    blank = NEXT_LINE.match(text, end + 1)
    return blank.end() if blank else end + 1


def _opened(text: str, position: int, command: str) -> tuple[int, str] | None:
    """Where the text of a \\verb or its kin begins, and the sign that opened it."""
    if command in ("lstinline", "mintinline", "Verb"):
        options = INLINE_OPTIONS.match(text, position)
        position = options.end() if options else position
    if command == "mintinline":
        language = LANGUAGE.match(text, position)
        position = language.end() if language else position
    sign = text[position : position + 1]
    return (position + 1, sign) if sign and not sign.isspace() and not sign.isalnum() else None


def _partner(sign: str) -> str:
    return "}" if sign == "{" else sign


def _escaped(source: MappedText, start: int, end: int) -> MappedText:
    pieces: list[MappedText] = []
    for line in source.text[start:end].splitlines(keepends=True):
        pieces.append(MappedText.at(escaped(line), source.places[start]))
        start += len(line)
    return MappedText.joined(pieces)


def caption_in(options: str) -> str:
    """The caption among the options of a listing, as LaTeX; empty where there is none."""
    found = CAPTION.search(options)
    return f"\\caption{{{found[1] or found[2]}}}\n" if found else ""


def without_comments(text: str) -> str:
    """The source without its comments and with its verbatim text escaped."""
    return CommentStripper().cleaned(MappedText.at(text, 0)).text
