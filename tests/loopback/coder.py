"""The coder behind the loopback server: changes one constant, by search/replace blocks, the same way every time.

It understands an instruction that says `set NAME to VALUE`, the last one counting; without one it halves or doubles the
first numeric constant of the last file shown, by the hash of the prompt. Parts of the model's name make it err, in its
first answer, or in all of them where `stubborn` stands in the name too:

    coder-unmatched   the lines to search for stand nowhere
    coder-ambiguous   they stand in more than one place
    coder-syntax      the new line is not valid Python
    coder-elsewhere   the block is for a file that was not shown
    coder-wordy       there is no block at all
    coder-thinking    no error: a block is drafted and rejected within the model's reasoning, then the right one given
"""

from __future__ import annotations

import re
from collections import Counter

from .calls import ModelCall, fraction

MARK = "<<<<<<< SEARCH"
OPENER = "Here is the change"
ASKED = re.compile(r"\bset ([A-Z][A-Z0-9_]*) to ([^\n;]+?)(?=[.,;]?(?:\s|$))")
OURS = re.compile(r'^<(file-\w+) name="([^"\n]+)">\n(.*?)^</\1>', re.MULTILINE | re.DOTALL)
AIDERS = re.compile(r"^(\S+\.\w+)\n(`{3,})\w*\n(?!<<<<<<<)(.*?)^\2", re.MULTILINE | re.DOTALL)
CONSTANT = re.compile(r"^(?P<name>[A-Z][A-Z0-9_]*)(?P<equals>\s*=\s*)(?P<value>\d[\d_.e+-]*)", re.MULTILINE)


def wants_edit(call: ModelCall) -> bool:
    """Whether the prompt explains search/replace blocks and asks for free text."""
    return call.schema is None and not call.json_object and MARK in call.prompt


def edit(call: ModelCall, wanted: tuple[str, str] | None = None) -> str:
    """The answer: a sentence, and a block where there is something to change. `wanted`: the constant and its value."""
    files = shown_files(call.prompt)
    manner = call.model if "stubborn" in call.model or OPENER not in call.prompt else ""
    if "coder-wordy" in manner:
        return f"{OPENER}: I would rather describe it than write it."
    asked = [wanted] if wanted else [found for text in call.texts for found in ASKED.findall(text)]
    name, value = asked[-1] if asked else own_choice(files, call)
    for file in reversed(files):
        old = next((line for line in files[file].split("\n") if name and re.match(rf"{name}\b[^=(]*=[^=]", line)), None)
        if old is not None:
            new = re.sub(r"=.*", lambda _: f"= {value}", old, count=1)
            if new == old:
                return f"{name} is {value} already.\n\nNO CHANGE"
            return spoilt(manner, file, files[file], old, new)
    return f"I see no constant {name or 'at all'} in the files.\n\nNO CHANGE"


def shown_files(prompt: str) -> dict[str, str]:
    """The editable files in the prompt, as our own editor shows them or as Aider does; the last of a name counts."""
    ours = {name: text for _, name, text in OURS.findall(prompt)}
    return ours or {name: text for name, _, text in AIDERS.findall(prompt)}


def own_choice(files: dict[str, str], call: ModelCall) -> tuple[str, str]:
    """The first numeric constant of the last file that has one, halved or doubled; empty words where none has."""
    for text in reversed(files.values()):
        if match := CONSTANT.search(text):
            number = float(match["value"].replace("_", ""))
            changed = number * (2.0 if fraction("change", call.prompt) < 0.5 else 0.5)
            whole = match["value"].replace("_", "").isdigit()
            return match["name"], str(max(1, int(changed))) if whole else repr(changed)
    return "", ""


def spoilt(manner: str, file: str, text: str, old: str, new: str) -> str:
    """The block, with what the manner makes of it."""
    if "coder-unmatched" in manner:
        old = f"{old}  # as I remember it"
    if "coder-ambiguous" in manner:
        old = next((line for line, times in Counter(text.split("\n")).items() if times > 1 and line.strip()), old)
    if "coder-syntax" in manner:
        new = f"{new} ("
    if "coder-elsewhere" in manner:
        file = "elsewhere/evaluation.py"
    answer = f"{OPENER}.\n\n{block(file, old, new)}"
    if "coder-thinking" in manner:
        return f"<think>\nPerhaps:\n\n{block(file, old, '')}\nNo, the line is needed.\n</think>\n\n{answer}"
    return answer


def block(file: str, old: str, new: str) -> str:
    """One replacement within a fence."""
    return f"{file}\n```python\n{MARK}\n{old}\n=======\n{new}\n>>>>>>> REPLACE\n```\n"
