r"""Where the floats of the program stand in a draft: put in between two comments, so that they can be taken out again.

Whoever writes the text refers to them by \ref and never sees what stands between the comments.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from .document import Draft
from .floats import IN_APPENDIX, IN_TEXT, stands_in_appendix
from .log import Problem

BEGIN, END = "% begin of what the program put in: ", "% end of what the program put in: "
NOTICE = re.compile(r"^\\notice\{.*$", re.MULTILINE)
"""The line of the source with the names that people call themselves."""
PUT_IN = re.compile(rf"\n*{BEGIN}(?P<label>\S+)\n(?P<tex>.*?)\n{END}(?P=label)\n*", re.DOTALL)
GAP = re.compile(r"\n\s*\n")
RESULTS_SECTION, FURTHER = "Results", "Further Tables and Figures"


def wrapped(label: str, tex: str) -> str:
    """The float between its two comments."""
    return f"{BEGIN}{label}\n{tex.strip()}\n{END}{label}"


def without_floats(body: str) -> str:
    """A text without what the program has put in."""
    return PUT_IN.sub("\n\n", body).strip()


def text_and_floats(body: str) -> Iterator[tuple[str, bool]]:
    """The body in pieces, and whether the program has put them in; joined they are the body again."""
    end = 0
    for found in PUT_IN.finditer(body):
        yield body[end : found.start()], False
        yield found[0], True
        end = found.end()
    yield body[end:], False


def bare(draft: Draft) -> tuple[Draft, dict[str, str]]:
    """The draft without what the program has put in, and that by its labels."""
    floats: dict[str, str] = {}
    for body in (*draft.sections.values(), *draft.appendix.values()):
        floats |= {found["label"]: found["tex"] for found in PUT_IN.finditer(body)}
    sections = {name: without_floats(body) for name, body in draft.sections.items()}
    appendix = {name: body for name, body in draft.appendix.items() if name != FURTHER}
    return draft.model_copy(update={"sections": sections, "appendix": appendix}), floats


def placed(draft: Draft, floats: Mapping[str, str], *, always: str) -> Draft:
    """The draft with each float behind the first paragraph that refers to it, in the results where they do.

    Those that are written for the appendix, and those that no text refers to, make a section there. The table with the
    label `always` comes into the results in any case.
    """
    sections = dict(draft.sections)
    order = sorted(sections, key=lambda name: name != RESULTS_SECTION)
    left: list[str] = []
    for label in reversed(list(floats)):
        tex = floats[label]
        home = next((name for name in order if _refers(sections[name], label)), None)
        if stands_in_appendix(tex):
            left.insert(0, label)
        elif home is not None:
            sections[home] = _behind(sections[home], label, tex)
        elif label == always and RESULTS_SECTION in sections:
            sections[RESULTS_SECTION] += f"\n\nAll results are in Table~\\ref{{{label}}}.\n\n{wrapped(label, tex)}"
        else:
            left.insert(0, label)
    appendix = {**draft.appendix, **({FURTHER: _further(left, floats)} if left else {})}
    return draft.model_copy(update={"sections": sections, "appendix": appendix})


def _further(labels: list[str], floats: Mapping[str, str]) -> str:
    named = ", ".join(map(_named, labels))
    put = "\n\n".join(wrapped(label, floats[label].replace(IN_TEXT, IN_APPENDIX, 1)) for label in labels)
    return f"What the text has no room for is shown here: {named}.\n\n{put}"


def _named(label: str) -> str:
    return f"{'Figure' if label.startswith('fig:') else 'Table'}~\\ref{{{label}}}"


def _refers(body: str, label: str) -> bool:
    return re.search(rf"\\\w*ref\*?\s*\{{[^{{}}]*{re.escape(label)}[^{{}}]*\}}", body) is not None


def _behind(body: str, label: str, tex: str) -> str:
    """The body with the float behind the paragraph that refers to it, but not within an environment."""
    for end in (*(gap.end() for gap in GAP.finditer(body)), len(body)):
        outside = body[:end].count("\\begin{") == body[:end].count("\\end{")
        if outside and _refers(body[:end], label):
            return f"{body[:end].rstrip()}\n\n{wrapped(label, tex)}\n\n{body[end:].lstrip()}".strip()
    return f"{body}\n\n{wrapped(label, tex)}"


def with_one_moved_out(draft: Draft, *, always: str) -> Draft | None:
    """The draft with its last float among the text in the appendix, to make it shorter; None where all that may has.

    The table with the label `always` and the first figure stay.
    """
    labels = [found["label"] for body in draft.sections.values() for found in PUT_IN.finditer(body)]
    kept = {always, next((label for label in labels if label.startswith("fig:")), "")}
    label = next((label for label in reversed(labels) if label not in kept), None)
    if label is None:
        return None
    tex = ""
    sections = dict(draft.sections)
    for name, body in draft.sections.items():
        for found in PUT_IN.finditer(body):
            if found["label"] == label:
                tex = found["tex"].replace(IN_TEXT, IN_APPENDIX, 1)
                sections[name] = f"{body[: found.start()]}\n\n{body[found.end() :]}".strip()
    home = next((name for name, body in draft.appendix.items() if PUT_IN.search(body)), FURTHER)
    before = draft.appendix.get(home) or f"What the text has no room for is shown here: {_named(label)}."
    appendix = {**draft.appendix, home: f"{before}\n\n{wrapped(label, tex)}"}
    return draft.model_copy(update={"sections": sections, "appendix": appendix})


def of_the_text(tex: str, problems: Iterable[Problem], main: str = "paper.tex") -> list[Problem]:
    """The problems that do not lie within what the program has put into the source `tex` of the file `main`."""
    ours = [(_line(tex, found.start("tex")), _line(tex, found.end("tex"))) for found in PUT_IN.finditer(tex)]
    ours += [(_line(tex, found.start()), _line(tex, found.end())) for found in NOTICE.finditer(tex)]
    return [
        problem
        for problem in problems
        if problem.file not in ("", main) or not any(a <= (problem.line or 0) <= b for a, b in ours)
    ]


def _line(tex: str, place: int) -> int:
    return tex.count("\n", 0, place) + 1
