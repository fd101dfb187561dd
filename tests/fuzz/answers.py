"""Random changes to answers of models, read as reviews are: `python tests/fuzz/answers.py --seconds 600 --keep FOLDER`.

Each answer must give a review or a ValueError of one line. A crash is anything else, an answer that takes longer than
`SLOWEST` seconds, a score off the form's scale, the score of a draft within closed reasoning, and a text that cannot be
written as JSON. Each is kept as a file; the test of `tests/llm/test_structured.py` reads those in `kept/answers`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import signal
import sys
import time
import traceback
from pathlib import Path
from types import FrameType

from peerassay.llm.messages import Reply
from peerassay.llm.structured import UnusableAnswer, read_answer
from peerassay.reviewer.forms.answer import parse_answer
from peerassay.reviewer.forms.form import load_form

SLOWEST = 5
KEPT = Path(__file__).parent / "kept" / "answers"
DRAFT = 2
FORM = load_form("iclr2022")
REASONING = (("<think>", "</think>"), ("<thinking>", "</thinking>"), ("", "</think>"),
             ("<|channel|>analysis<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>"))  # fmt: skip
TOKENS = [
    *("{", "}", "[", "]", '"', "'", "“", "”", ",", ":", "\\", "\\n", "\\nabla", "\\u00e9", "\\ud83d", "//", "/*", "*/"),
    *(
        "```",
        "```json\n",
        "<think>",
        "</think>",
        "<|end|>",
        "null",
        "true",
        "NaN",
        "1e999",
        "9/10",
        "9: strong",
        "-",
        "\n",
    ),
    *("\t", "\0", "\u2028", "$", "\\$", "{{", "}}", '{"review": ', "accept", "reject", "1" * 400, "[" * 300, "é", "٣"),
]


def an_answer(draw: random.Random, overall: float) -> str:
    """A sound answer in one of the ways in which models write it."""
    values: dict[str, object] = {}
    for field in FORM.fields:
        if field.kind == "score":
            values[field.name] = overall if field.name == FORM.overall else field.low
        else:
            values[field.name] = draw.choice(["It counts.", "$\\nabla f$", 'They say "so".', "a\nb", ""]) or "none"
        if field.kind == "list":
            values[field.name] = [str(values[field.name])]
        if field.kind == "flag":
            values[field.name] = draw.choice([True, False, "no"])
    values["decision"] = draw.choice(["accept", "reject"])
    text = json.dumps(values, indent=draw.choice([None, 1]), ensure_ascii=draw.random() < 0.5)
    return draw.choice([text, f"```json\n{text}\n```", f"Here it is:\n{text}\nDone.", text.replace('"', "'")])


def an_input(seed: int) -> str:
    """The text of an answer, changed at random."""
    draw = random.Random(seed)
    text = an_answer(draw, 8)
    for _ in range(draw.choice((0, 1, 1, 2, 4, 8))):
        start = draw.randint(0, len(text))
        end = min(len(text), start + draw.choice((0, 0, 1, 2, 5, 20, 80)))
        text = text[:start] + draw.choice(("", text[start:end] * 2, *draw.choices(TOKENS, k=4))) + text[end:]
    if draw.random() < 0.4:
        begin, finish = draw.choice(REASONING)
        text = f"{begin}{an_answer(random.Random(seed + 1), DRAFT)}{finish}{text}"
    return text


def read(text: str) -> dict[str, object] | None:
    """The answer as a review's fields; None where it is refused in one line. Raises AssertionError for a wrong one."""
    for stop in ("end", "length"):
        try:
            found = read_answer(Reply(text=text, stop=stop), 4096, lambda value: parse_answer(FORM.fields, value))
        except (ValueError, UnusableAnswer) as error:
            assert str(error).strip(), "an empty message"
            found = None
    if found is not None:
        json.dumps(found, allow_nan=False).encode()
        for field in FORM.fields:
            if field.kind == "score":
                score = found[field.name]
                assert isinstance(score, float) and field.low <= score <= field.high, f"{field.name} is {score}"
        draft = any(text.startswith(begin) and begin for begin, _ in REASONING)
        assert not (draft and found[FORM.overall] == DRAFT and "</think" in text), "a draft became the answer"
    return found


def _stop(_: int, __: FrameType | None) -> None:
    raise TimeoutError(f"longer than {SLOWEST} s")


def main() -> int:
    """Fuzz for some seconds; 1 where something crashed."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--seed", type=int, default=int(time.time()))
    options.add_argument("--keep", type=Path, default=KEPT)
    asked = options.parse_args()
    signal.signal(signal.SIGALRM, _stop)
    end, seed, taken, crashes = time.monotonic() + asked.seconds, asked.seed, 0, 0
    while time.monotonic() < end:
        text = an_input(seed)
        signal.alarm(SLOWEST)
        try:
            taken += read(text) is not None
        except Exception:
            crashes += 1
            name = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
            asked.keep.mkdir(parents=True, exist_ok=True)
            (asked.keep / f"{name}.txt").write_bytes(text.encode("utf-8", "surrogatepass"))
            print(f"{name}: {traceback.format_exc(limit=-2)}", file=sys.stderr)
        finally:
            signal.alarm(0)
        seed += 1
    print(f"{seed - asked.seed} answers, {taken} read as reviews, {crashes} crashes (seeds {asked.seed} to {seed - 1})")
    return int(crashes > 0)


if __name__ == "__main__":
    sys.exit(main())
