"""The text of sections: bodies taken out and put back, slips tidied."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..latex.document import ABSTRACT, CITED, Draft
from ..latex.placement import without_floats

OWN_FLOAT = re.compile(r"\\begin\{(figure|table)(\*?)\}.*?\\end\{\1\2\}\s*", re.DOTALL)

LABEL = re.compile(r"\\label\s*\{([^{}]+)\}")

FENCE = re.compile(r"^\s*```\w*\s*$", re.MULTILINE)

HEADING = re.compile(r"\A\s*\\section\*?\s*\{[^{}]*\}\s*(?:\\label\s*\{[^{}]*\}\s*)?")


def bodies(draft: Draft) -> dict[str, str]:
    """Abstract and sections by name, as the model sees them."""
    return {ABSTRACT: draft.abstract, **draft.sections} if draft.abstract else dict(draft.sections)


def with_body(draft: Draft, name: str, body: str) -> Draft:
    """The draft with another body for a section or the abstract."""
    if name == ABSTRACT:
        return draft.model_copy(update={"abstract": body})
    return draft.model_copy(update={"sections": {**draft.sections, name: body}})


def tidied(body: str, keys: Iterable[str], labels: Iterable[str]) -> tuple[str, list[str]]:
    """What the model wrote without what must not be there, and a line for each thing taken out.

    Out go citations of works that were not fetched, figures, tables under the labels of ours, the section's own
    heading, and fences of Markdown.
    """
    known, ours, done = set(keys), set(labels), list[str]()

    def citation(found: re.Match[str]) -> str:
        named = [key.strip() for key in found[1].split(",") if key.strip()]
        lost = [key for key in named if key not in known]
        done.extend(f"took out the citation of {key}, which was not fetched" for key in lost)
        kept = [key for key in named if key in known]
        if kept:
            return found[0].replace(f"{{{found[1]}}}", f"{{{','.join(kept)}}}")
        return "earlier work" if found[0].lower().startswith(("\\citet", "\\citeauthor")) else ""

    def float_of_its_own(found: re.Match[str]) -> str:
        if found[1] == "table" and not ours & set(LABEL.findall(found[0])):
            return found[0]
        done.append(f"took out a {found[1]} that the model wrote itself")
        return ""

    text = HEADING.sub("", FENCE.sub("", without_floats(body)))
    text = CITED.sub(citation, OWN_FLOAT.sub(float_of_its_own, text))
    return re.sub(r"[ ~]+(?=[.,;:])", "", text).strip() if done else text.strip(), done
