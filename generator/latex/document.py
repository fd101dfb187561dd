r"""The paper as a draft of sections, as LaTeX in our own style; the sections of a LaTeX file."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from ...data.files import read_text, write_atomic
from ...data.papers.tex.commands import argument, option
from ...presentation.latex import escape, plain_ascii
from ...presentation.pages import environment
from .columns import in_columns
from .styles import StyleName

if TYPE_CHECKING:
    from jinja2 import Environment

STYLE = Path(__file__).with_name("style")
STYLE_FILE = "peerassay.sty"
ABSTRACT = "Abstract"
LONGEST_HEAD = 75
UNCHECKED = "no person has checked them"
NOTICE = "This paper was written by a program, the peerassay scientist{model}{date}. {share} come from it; {checked}."
CITED = re.compile(r"\\[cC]ite[a-zA-Z]*\*?(?:\s*\[[^\]]*\]){0,2}\s*\{([^{}]*)\}")
SKIPPED = re.compile(
    r"(?P<gone>\\begin\{(?P<name>verbatim\*?|Verbatim|lstlisting|comment|filecontents\*?)\}.*?\\end\{(?P=name)\}"
    r"|\\verb(?P<mark>[^a-zA-Z\s])[^\n]*?(?P=mark))|\\(?:url|path|href)\s*\{[^{}\n]*\}|\\.|(?P<comment>%[^\n]*)",
    re.DOTALL,
)
SECTION = re.compile(r"\\section\*?(?![A-Za-z@])")
END = re.compile(
    r"\\(?:bibliography(?:style)?\s*\{|appendix(?![A-Za-z])|begin\s*\{thebibliography\}|end\s*\{document\})"
)


class Draft(BaseModel):
    """A paper before it is typeset. Bodies, section names and preamble are LaTeX; the other fields are plain text."""

    model_config = ConfigDict(frozen=True)

    title: str
    abstract: str
    sections: dict[str, str] = Field(description="name -> body, in order")
    appendix: dict[str, str] = Field(default_factory=dict, description="name -> body, behind the references")
    bibliography: str = Field(default="references", description="the .bib file without its ending; empty for none")
    authors: str = "peerassay scientist (automatically written)"
    writer: str = Field(default="", description="the model that wrote it")
    date: str = ""
    share: str = Field(default="Ideas, experiments, figures and text", description="what the program has made")
    people: tuple[str, ...] = Field(default=(), description="what people had to do with it, a sentence each")
    remarks: tuple[str, ...] = Field(default=(), description="sentences on how it came about, behind the notice")
    preamble: str = ""

    @property
    def cited(self) -> tuple[str, ...]:
        """The keys that the paper cites, each once, in order."""
        bodies = "\n".join((self.abstract, *self.sections.values(), *self.appendix.values()))
        return cited_keys(bodies)


def render(draft: Draft, style: StyleName = "single-column") -> str:
    """The LaTeX file of the draft, to stand in a folder with the style file (see `write_draft`)."""
    title = escape(draft.title)
    if style == "two-column":
        sections = {name: in_columns(body) for name, body in draft.sections.items()}
        draft = draft.model_copy(update={"sections": sections})
    notice = NOTICE.format(
        model=f" with the model {draft.writer}" if draft.writer else "",
        date=f" on {draft.date}" if draft.date else "",
        share=draft.share,
        checked=f"people had a part in it: {_one_sentence(draft.people)}" if draft.people else UNCHECKED,
    )
    return (
        _templates()
        .get_template("paper.tex.j2")
        .render(
            draft=draft,
            style=style,
            title=title,
            authors=escape(draft.authors),
            writer=escape(draft.writer),
            date=escape(draft.date),
            running_head=title if len(draft.title) <= LONGEST_HEAD else escape(_shortened(draft.title)),
            notice=escape(" ".join((notice, *draft.remarks))),
            pdf_title=plain_ascii(draft.title),
            pdf_author=plain_ascii(draft.authors),
        )
    )


def _one_sentence(sentences: Sequence[str]) -> str:
    """Sentences as the end of another one: a reviewer's text is scrubbed of what people said with the rest of it."""
    return "; ".join(re.sub(r"[.!?]+(?=\s|$)", "", sentence) for sentence in sentences)


def _shortened(title: str) -> str:
    """The title up to its colon, or cut at a word."""
    head = title.partition(":")[0]
    return head if len(head) <= LONGEST_HEAD else f"{head[:LONGEST_HEAD].rpartition(' ')[0]} …"


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return environment(STYLE, kind="latex")


def write_draft(draft: Draft, folder: Path, main: str = "paper.tex", *, style: StyleName = "single-column") -> Path:
    """Write the paper and the style file into the folder, which may hold figures and the .bib file already."""
    write_style(folder)
    write_atomic(folder / main, render(draft, style))
    return folder / main


def write_style(folder: Path) -> Path:
    """Write the style file into the folder."""
    write_atomic(folder / STYLE_FILE, read_text(STYLE / STYLE_FILE))
    return folder / STYLE_FILE


def section_spans(tex: str, masked: str | None = None) -> Iterator[tuple[str, int, int]]:
    """Name of each section and where its body begins and ends in `tex`."""
    masked = masked_source(tex) if masked is None else masked
    starts = list(SECTION.finditer(masked))
    stops = sorted([match.start() for match in starts] + [match.start() for match in END.finditer(masked)] + [len(tex)])
    for match in starts:
        inner = argument(masked, option(masked, match.end()))
        if inner is None:
            continue
        body = inner[1]
        name = " ".join(tex[body - 1 - len(inner[0]) : body - 1].split())
        yield name, body, stops[bisect_left(stops, body)]


def masked_source(tex: str, *, comments: bool = True) -> str:
    """The source with verbatim text, and comments too, as spaces, so that places stay the same."""

    def blank(found: re.Match[str]) -> str:
        gone = found["gone"] or (comments and found["comment"])
        return re.sub(r"[^\n]", " ", found[0]) if gone else found[0]

    return SKIPPED.sub(blank, tex)


def cited_keys(tex: str) -> tuple[str, ...]:
    """The keys of all citations, each once, in order."""
    keys = (key.strip() for group in CITED.findall(masked_source(tex)) for key in group.split(","))
    return tuple(dict.fromkeys(key for key in keys if key))
