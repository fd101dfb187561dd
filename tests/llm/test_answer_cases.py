"""Answers as models gave them, from the cases beside the checkout: which final answer counts."""

from __future__ import annotations

from pathlib import Path

import pytest
from peerassay.generator.editors.blocks import block_spans, parse_blocks
from peerassay.llm.messages import Reply
from peerassay.llm.near_json import find_objects
from peerassay.llm.reasoning import final_answer
from peerassay.llm.structured import read_answer
from peerassay.reviewer.forms.answer import parse_answer
from peerassay.reviewer.forms.form import load_form
from peerassay.reviewer.replay import ReplayReviewer


def test_reviews(shared_cases: Path) -> None:
    folder = shared_cases / "01-llm-answers"
    fields = load_form(str(folder / "form.toml")).fields
    cut = "think-unclosed-length"
    found = {}
    for path in sorted((folder / "inputs").iterdir()):
        reply = Reply(text=path.read_text(encoding="utf-8"), stop="length" if path.stem == cut else "end")
        try:
            found[path.stem] = read_answer(reply, 256, lambda value: parse_answer(fields, value))
        except ValueError as error:
            found[path.stem] = str(error)
    assert "max_tokens=256 were used up by reasoning" in found.pop(cut)
    assert {name: (a["overall"], a["decision"]) for name, a in found.items()} == dict.fromkeys(found, (9.0, "accept"))
    assert found["latex-silent"]["summary"] == r"The step $\beta$, $\frac{1}{2}$, $\theta$, $\nabla f$."


def test_half_an_emoji_in_a_review(shared_cases: Path) -> None:
    reviews = ReplayReviewer(shared_cases / "11-surrogate" / "reviews.jsonl").reviews
    assert reviews
    for review in reviews.values():
        review.model_dump_json().encode()


def test_an_edit_within_reasoning_is_none(shared_cases: Path) -> None:
    text = (shared_cases / "18-think-edit" / "answer.txt").read_text(encoding="utf-8")
    answer = final_answer(Reply(text=text), 256, quoted=block_spans(text))
    blocks = parse_blocks(answer, ["experiment.py"]).blocks
    assert [(block.file, block.replace) for block in blocks] == [("experiment.py", ("STEP = 0.2",))]


def test_the_scientists_answers(shared_cases: Path) -> None:
    """Each is one object of JSON or holds whole edit blocks; nothing in it is broken or taken for reasoning."""
    paths = sorted((shared_cases / "scientist-answers").glob("*.txt"))
    assert len(paths) > 50
    for path in paths:
        text = path.read_text(encoding="utf-8")
        assert final_answer(Reply(text=text), 8192, quoted=block_spans(text)).strip() == text.strip(), path.name
        if block_spans(text):
            answer = parse_blocks(text, ["experiment.py", "plot.py"])
            assert answer.blocks and not answer.problems, f"{path.name}: {answer.problems}"
        elif text.lstrip().startswith("{"):
            found = find_objects(text)
            assert len(found.objects) == 1 and not found.broken, f"{path.name}: {found.broken}"


@pytest.mark.parametrize("control", ["\b", "\f"])
def test_no_latex_of_the_scientists_answers_becomes_a_control_character(shared_cases: Path, control: str) -> None:
    for path in sorted((shared_cases / "scientist-answers").glob("*.txt")):
        for value in find_objects(path.read_text(encoding="utf-8")).objects:
            assert control not in str(value.get("body", "")), path.name
