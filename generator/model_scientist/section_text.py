"""The text of sections: floats put in, bodies taken out, slips tidied."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..evidence import RESULTS
from ..latex.document import ABSTRACT, CITED, Draft

BEGIN, END = "% begin of what the program put in: ", "% end of what the program put in: "
PUT_IN = re.compile(rf"\n*{BEGIN}(?P<label>\S+)\n(?P<tex>.*?)\n{END}(?P=label)\n*", re.DOTALL)

OWN_FLOAT = re.compile(r"\\begin\{(figure|table)(\*?)\}.*?\\end\{\1\2\}\s*", re.DOTALL)

LABEL = re.compile(r"\\label\s*\{([^{}]+)\}")

FENCE = re.compile(r"^\s*```\w*\s*$", re.MULTILINE)

HEADING = re.compile(r"\A\s*\\section\*?\s*\{[^{}]*\}\s*(?:\\label\s*\{[^{}]*\}\s*)?")

GAP = re.compile(r"\n\s*\n")


RESULTS_SECTION, FURTHER = "Results", "Further Tables and Figures"


def bare(draft: Draft) -> tuple[Draft, dict[str, str]]:
    """The draft without what the program has put in, and that by its labels."""
    floats: dict[str, str] = {}
    for body in (*draft.sections.values(), *draft.appendix.values()):
        floats |= {found["label"]: found["tex"] for found in PUT_IN.finditer(body)}
    sections = {name: PUT_IN.sub("\n\n", body).strip() for name, body in draft.sections.items()}
    appendix = {name: body for name, body in draft.appendix.items() if name != FURTHER}
    return draft.model_copy(update={"sections": sections, "appendix": appendix}), floats


def placed(draft: Draft, floats: dict[str, str]) -> Draft:
    """The draft with each float behind the first paragraph that refers to it, in the results where they do.

    The table of results comes into the results in any case; others that no text refers to make an appendix.
    """
    sections = dict(draft.sections)
    order = sorted(sections, key=lambda name: name != RESULTS_SECTION)
    left: list[str] = []
    for label, tex in reversed(floats.items()):
        home = next((name for name in order if _refers(sections[name], label)), None)
        if home is not None:
            sections[home] = _behind(sections[home], label, tex)
        elif label == RESULTS and RESULTS_SECTION in sections:
            sections[RESULTS_SECTION] += f"\n\nAll results are in Table~\\ref{{{label}}}.\n\n{_wrapped(label, tex)}"
        else:
            left.insert(0, label)
    appendix = dict(draft.appendix)
    if left:
        named = ", ".join(f"{_kind(label)}~\\ref{{{label}}}" for label in left)
        put = "\n\n".join(_wrapped(label, floats[label]) for label in left)
        appendix[FURTHER] = f"What the text has no room for is shown here: {named}.\n\n{put}"
    return draft.model_copy(update={"sections": sections, "appendix": appendix})


def _refers(body: str, label: str) -> bool:
    return re.search(rf"\\\w*ref\*?\s*\{{[^{{}}]*{re.escape(label)}[^{{}}]*\}}", body) is not None


def _behind(body: str, label: str, tex: str) -> str:
    """The body with the float behind the paragraph that refers to it, but not within an environment."""
    for end in (*(gap.end() for gap in GAP.finditer(body)), len(body)):
        outside = body[:end].count("\\begin{") == body[:end].count("\\end{")
        if outside and _refers(body[:end], label):
            return f"{body[:end].rstrip()}\n\n{_wrapped(label, tex)}\n\n{body[end:].lstrip()}".strip()
    return f"{body}\n\n{_wrapped(label, tex)}"


def _wrapped(label: str, tex: str) -> str:
    return f"{BEGIN}{label}\n{tex.strip()}\n{END}{label}"


def _kind(label: str) -> str:
    return "Figure" if label.startswith("fig:") else "Table"


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

    text = HEADING.sub("", FENCE.sub("", PUT_IN.sub("\n\n", body)))
    text = CITED.sub(citation, OWN_FLOAT.sub(float_of_its_own, text))
    return re.sub(r"[ ~]+(?=[.,;:])", "", text).strip() if done else text.strip(), done
