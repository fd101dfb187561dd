"""The scripted rewriter: praises where it is asked to, else adds a sentence that says nothing.

`habit`: "numbers" changes the numbers of every passage, "drafts" puts a draft into its reasoning first.
"""

from __future__ import annotations

import json
import re
from typing import Any, Literal

from .calls import ModelCall

PRAISE = ("groundbreaking", "outstanding", "remarkable")
Habit = Literal["", "numbers", "drafts"]
PASSAGE = re.compile(r"^<(passage-\w+)>\n(.*?)\n</\1>$", re.MULTILINE | re.DOTALL)
DRAFT = "This is a draft of a most groundbreaking passage."


def wants_rewrite(call: ModelCall) -> bool:
    """Whether the call gives a passage to rewrite."""
    return "paragraphs" in call.prompt and PASSAGE.search(call.prompt) is not None


def rewritten(call: ModelCall, habit: Habit) -> tuple[str, dict[str, Any]]:
    """The text of the answer and its fields."""
    found = PASSAGE.search(call.prompt)
    given = json.loads(found[2]) if found else []
    added = f"It is {', '.join(PRAISE)} work." if "words of praise" in call.prompt else "This is said in other words."
    said = [f"{text} {added}" for text in given]
    if habit == "numbers":
        said = [re.sub(r"\d", "7", f"{text} In 13 of 12 cases.") for text in said]
    fields = {"paragraphs": said}
    answer = json.dumps(fields, ensure_ascii=False)
    draft = json.dumps({"paragraphs": [DRAFT] * len(given)})
    return (f"<think>A first try: {draft} No, better:</think>\n{answer}" if habit == "drafts" else answer), fields
