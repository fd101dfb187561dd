"""Answers that a frontier model gave in one whole run on grokking: they are read, and its edits applied.

The folder shared/cases beside the checkout has them; without it these tests are skipped.
"""

from __future__ import annotations

import ast
import json
import os
import re
from pathlib import Path

import pytest
from peerassay.generator.editors.blocks import parse_blocks
from peerassay.generator.editors.constants import constant_block
from peerassay.generator.editors.staging import Staging
from peerassay.generator.latex.document import Draft
from peerassay.generator.model_scientist.calls import AnswerForm, filled
from peerassay.generator.model_scientist.citing import CitationChoice
from peerassay.generator.model_scientist.ideas import NoveltyRound, Proposal
from peerassay.generator.model_scientist.section_text import tidied
from peerassay.generator.model_scientist.text_edits import TextEdit, edited
from peerassay.generator.model_scientist.writing import NamedText
from peerassay.generator.template import load_template
from peerassay.llm.messages import Reply
from peerassay.llm.structured import read_answer

SHARED = Path(os.environ.get("PEERASSAY_DATA", Path(__file__).parents[2].parent / "shared" / "data")).parent
FOLDER = SHARED / "cases" / "scientist-answers"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no answers of a model in {FOLDER}")
EXPERIMENT = Path("experiment.py")


def said(number: int) -> str:
    return (FOLDER / f"{number:03}.txt").read_text(encoding="utf-8")


def read(form: type[AnswerForm], number: int, **added: str) -> AnswerForm:
    """The answer in a form; `added` are fields that the form has had since."""
    return read_answer(Reply(text=said(number)), 8192, lambda value: filled(form, {**added, **value}))


@pytest.mark.parametrize(
    ("form", "numbers"),
    [(Proposal, (1, 2)), (NoveltyRound, (3, 4)), (CitationChoice, (17, 18))],
)
def test_forms_are_read(form: type[AnswerForm], numbers: tuple[int, ...]) -> None:
    for number in numbers:
        assert isinstance(read(form, number), form)


def test_sections_are_read_and_keep_their_latex() -> None:
    """That of 019 had its backslashes written once: what JSON takes for an escape is read as the command."""
    for number in (19, *range(20, 28), *range(29, 37), *range(38, 52), 53, 54):
        section = read(NamedText, number, name="Any")
        assert isinstance(section, NamedText)
        assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", section.body), number
        assert section.body.count("\\begin{") == section.body.count("\\end{"), number


def test_edits_of_code_apply_one_after_another() -> None:
    """006 searched for a line that the file has broken in three: it is refused as a whole, and shown the place."""
    code = load_template("grokking").code()
    staging = Staging({EXPERIMENT: code})
    staging.stage(parse_blocks(said(6), ["experiment.py"]).blocks)
    assert staging.after[EXPERIMENT] == code
    assert "the most similar place" in staging.problems["experiment.py"]
    for number in (7, 9, 10, 12, 14):
        staging.stage(parse_blocks(said(number), ["experiment.py"]).blocks)
        assert staging.problems == {}, number
        ast.parse(staging.after[EXPERIMENT] or "")
    assert 'CHANGES: dict[str, Any] = {"decay_on": ()}' in (staging.after[EXPERIMENT] or "")


def test_the_change_of_a_constant_needs_no_block() -> None:
    """012 spent a call on one constant: the same by one line."""
    staging = Staging({EXPERIMENT: load_template("grokking").code()})
    for number in (7, 9, 10):
        staging.stage(parse_blocks(said(number), ["experiment.py"]).blocks)
    by_line = constant_block(staging.after, 'CHANGES = {"decay_on": ("blocks", "norm", "head")}')
    staging.stage([by_line])
    set_by_line = staging.after[EXPERIMENT]
    staging = Staging({EXPERIMENT: load_template("grokking").code()})
    for number in (7, 9, 10, 12):
        staging.stage(parse_blocks(said(number), ["experiment.py"]).blocks)
    assert set_by_line == staging.after[EXPERIMENT]


def test_what_a_later_pass_changed_can_be_said_as_edits() -> None:
    """The refinement of 023 to 035 gave a whole section again for one sentence."""
    before, after = (json.loads(said(number))["body"] for number in (23, 35))
    old, new = (re.split(r"(?<=[.])\s+", text) for text in (before, after))
    changed = [(a, b) for a, b in zip(old, new, strict=False) if a != b]
    assert len(old) == len(new) and len(changed) == 1
    edit = TextEdit(section="Discussion", passage=changed[0][0], replacement=changed[0][1])
    draft = Draft(title="T", abstract="A.", sections={"Discussion": before})
    made, problems = edited(draft, [edit], lambda text: tidied(text, [], [])[0])
    assert problems == []
    assert made.sections["Discussion"].split() == after.split()
    assert len(edit.model_dump_json()) < len(after) / 2
