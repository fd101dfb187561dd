from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from peerassay.data.errors import InputError
from peerassay.generator.editors import aider_process, find_editor
from peerassay.generator.editors.aider_process import run_alone
from peerassay.generator.editors.blocks import DIVIDER, HEAD, TAIL, EditBlock, block_spans, parse_blocks
from peerassay.generator.editors.constants import with_constants
from peerassay.generator.editors.protocol import Editor, EditRequest, EditResult
from peerassay.generator.editors.staging import apply_block
from peerassay.generator.sandbox.processes import read_process
from peerassay.llm.budget import Budget
from peerassay.llm.cache import ReplyCache
from peerassay.llm.errors import BudgetReached
from peerassay.llm.ledger import Ledger
from peerassay.llm.messages import Tokens
from peerassay.llm.model import Metering, RetryPolicy
from peerassay.llm.model_name import ModelName
from peerassay.llm.prices import Price
from peerassay.llm.reasoning import without_reasoning
from peerassay.llm.session import Session

from tests.loopback.running import Loopback

PRICE = Price(input=1.0, cached=0.1, written=1.25, output=4.0, source="test", date="2026-01-01")
QUICK = RetryPolicy(attempts=2, seconds=20, timeout=10, first_wait=0.01, longest_wait=0.05)
CODE = "import sys\n\nRATE = 0.1\nSTEPS = 10\nprint(RATE)\nprint(STEPS)\nprint(RATE)\n"
EVALUATION = "LIMIT = 1\n"
EXPERIMENT = Path("experiment.py")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return filled(tmp_path / "workspace")


def filled(folder: Path) -> Path:
    folder.mkdir()
    (folder / "experiment.py").write_text(CODE)
    (folder / "evaluation.py").write_text(EVALUATION)
    return folder


def metering_of(budget: float | None = None, *, cached: bool = False) -> Metering:
    return Metering(ReplyCache() if cached else None, Budget(budget), Ledger())


def editor_of(
    server: Loopback,
    model: str = "m",
    *,
    kind: str = "builtin",
    provider: str = "openai",
    metering: Metering | None = None,
    price: Price | None = PRICE,
) -> Editor:
    name = ModelName(provider, model, server.openai_url if provider == "openai" else server.anthropic_url)
    session = Session(metering or metering_of(), cached=False, retry=QUICK)
    return find_editor(kind, session.connect(name, price=price), name)


def asked(instruction: str = "Please set RATE to 0.01.", *files: str) -> EditRequest:
    names = files or ("experiment.py",)
    return EditRequest(instruction, tuple(map(Path, names)), (Path("evaluation.py"),), "idea/change")


def edited(editor: Editor, workspace: Path, request: EditRequest | None = None) -> EditResult:
    async def run() -> EditResult:
        try:
            return await editor.edit(workspace, request or asked())
        finally:
            await editor.model.aclose()  # type: ignore[attr-defined]

    return asyncio.run(run())


def untouched(workspace: Path) -> bool:
    names = sorted(path.name for path in workspace.iterdir() if path.name != "aider")
    texts = [(workspace / name).read_text() for name in ("experiment.py", "evaluation.py")]
    return names == ["evaluation.py", "experiment.py"] and texts == [CODE, EVALUATION]


def billed(server: Loopback) -> float:
    """US dollars for all that the server has charged for."""
    return PRICE.cost(Tokens.model_validate(server.stats()["tokens"]))


# The built-in editor on a model behind the real SDKs


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_a_change_is_made_told_and_booked(server: Loopback, workspace: Path, provider: str) -> None:
    metering = metering_of(1.0)
    result = edited(editor_of(server, provider=provider, metering=metering), workspace)
    assert (workspace / "experiment.py").read_text() == CODE.replace("RATE = 0.1", "RATE = 0.01")
    assert (result.ok, result.changed, result.problems) == (True, ("experiment.py",), ())
    assert "-RATE = 0.1\n+RATE = 0.01" in result.diff and result.diff.startswith("--- a/experiment.py")
    assert result.messages == ("Here is the change.",)
    booked = metering.ledger.totals()["idea/change"]
    assert (booked.calls, booked.tokens, booked.usd) == (1, result.tokens, result.usd)
    assert result.usd is not None and 0 < result.usd == metering.budget.spent


def test_a_file_with_a_byte_order_mark_is_changed(server: Loopback, workspace: Path) -> None:
    (workspace / "experiment.py").write_text(CODE, encoding="utf-8-sig")
    result = edited(editor_of(server), workspace)
    assert result.ok and result.problems == ()
    assert (workspace / "experiment.py").read_text() == CODE.replace("RATE = 0.1", "RATE = 0.01")


@pytest.mark.parametrize("error", ["unmatched", "ambiguous", "syntax", "wordy"])
def test_what_cannot_be_applied_is_shown_to_the_model_and_mended(server: Loopback, workspace: Path, error: str) -> None:
    result = edited(editor_of(server, f"coder-{error}"), workspace)
    assert result.ok and result.problems == ()
    assert (workspace / "experiment.py").read_text() == CODE.replace("RATE = 0.1", "RATE = 0.01")
    assert server.stats()["calls"] == 2


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("unmatched", "do not stand in the file; the most similar place, from line 3 on"),
        ("ambiguous", "stand 2 times in the file (from lines 5, 7)"),
        ("syntax", "not valid Python with these blocks ('(' was never closed in line 3: RATE = 0.01 ()"),
        ("wordy", "holds no block"),
        ("elsewhere", "elsewhere/evaluation.py: not one of the editable files (experiment.py)"),
    ],
)
def test_what_stays_wrong_leaves_the_files_as_they_were(
    server: Loopback, workspace: Path, error: str, words: str
) -> None:
    metering = metering_of()
    result = edited(editor_of(server, f"coder-{error}-stubborn", metering=metering), workspace)
    assert not result.ok and result.changed == () and result.diff == ""
    assert words.removesuffix(")") in "\n".join(result.problems)
    assert untouched(workspace)
    assert server.stats()["calls"] == metering.ledger.all().calls == 3


def test_a_block_within_the_reasoning_is_a_draft(server: Loopback, workspace: Path) -> None:
    result = edited(editor_of(server, "coder-thinking"), workspace)
    assert result.ok and result.messages == ("Here is the change.",)
    assert (workspace / "experiment.py").read_text() == CODE.replace("RATE = 0.1", "RATE = 0.01")
    assert server.stats()["calls"] == 1


def test_tags_of_reasoning_within_a_block_are_code() -> None:
    block = str(EditBlock("a.py", ("x",), ("<think>", "</think>")))
    text = f"a.py\n{block}\n</think>\n{block}\nDone."
    kept, thought = without_reasoning(text, quoted=block_spans(text))
    assert thought and kept == f"\n{block}\nDone."


def test_a_file_that_is_read_only_is_refused_and_holds_nothing_else_up(server: Loopback, workspace: Path) -> None:
    result = edited(editor_of(server, "coder-elsewhere"), workspace)
    assert result.ok and result.changed == ("experiment.py",)
    limit = edited(editor_of(server), workspace, asked("Please set LIMIT to 9."))
    assert not limit.ok and limit.problems == ("the model sees nothing to change",)
    assert (workspace / "evaluation.py").read_text() == EVALUATION


def test_nothing_to_change_is_no_success(server: Loopback, workspace: Path) -> None:
    result = edited(editor_of(server), workspace, asked("Please set RATE to 0.1."))
    assert not result.ok and result.problems == ("the model sees nothing to change",)
    assert server.stats()["calls"] == 1
    assert untouched(workspace)


def test_without_a_known_wish_the_coder_changes_a_number(server: Loopback, workspace: Path) -> None:
    result = edited(editor_of(server), workspace, asked("Try something promising."))
    assert result.ok and any(f"+RATE = {value}" in result.diff for value in ("0.05", "0.2"))


def test_a_refusal_ends_it(server: Loopback, workspace: Path) -> None:
    server.set_faults("refusal:1")
    result = edited(editor_of(server), workspace)
    assert not result.ok and result.problems[0].startswith("the model refused: I'm sorry")
    assert server.stats()["calls"] == 1
    assert untouched(workspace)


def test_of_a_cut_answer_nothing_is_applied(server: Loopback, workspace: Path) -> None:
    server.set_faults("truncated:1,only-first=true")
    result = edited(editor_of(server), workspace)
    assert result.ok and server.stats()["calls"] == 2
    server.set_faults("truncated:1")
    result = edited(editor_of(server), workspace, asked("Please set STEPS to 20."))
    assert not result.ok and "cut off" in result.problems[-1]


def test_when_the_budget_ends_the_files_are_as_before(server: Loopback, workspace: Path) -> None:
    with pytest.raises(BudgetReached) as reached:
        edited(editor_of(server, "coder-syntax", metering=metering_of(0.001)), workspace)
    assert server.stats()["attempts"] == 0
    first = float(str(reached.value).split("could cost ")[1].split()[0]) + 0.0001
    with pytest.raises(BudgetReached, match=r"0\.000[1-9] of the"):
        edited(editor_of(server, "coder-syntax", metering=metering_of(first)), workspace)
    assert server.stats()["attempts"] == 1
    assert untouched(workspace)


def test_a_good_answer_is_kept_and_a_useless_one_is_not(server: Loopback, workspace: Path) -> None:
    good = edited(editor_of(server, metering=metering_of(cached=True)), workspace)
    (workspace / "experiment.py").write_text(CODE)
    again = edited(editor_of(server, metering=metering_of(cached=True)), workspace)
    assert good.ok and again.ok and again.diff == good.diff
    assert (again.usd, again.tokens.input) == (0.0, 0)
    (workspace / "experiment.py").write_text(CODE)
    for _ in range(2):
        edited(editor_of(server, "coder-wordy-stubborn", metering=metering_of(cached=True)), workspace)
    assert server.stats()["calls"] == 1 + 3 + 3


@pytest.mark.parametrize("path", ["../outside.py", "/etc/hostname", "link.py"])
def test_a_path_out_of_the_workspace_is_refused(server: Loopback, workspace: Path, path: str) -> None:
    (workspace.parent / "outside.py").write_text(CODE)
    (workspace / "link.py").symlink_to(workspace.parent / "outside.py")
    with pytest.raises(InputError, match="not a file inside the workspace"):
        edited(editor_of(server), workspace, asked("Please set RATE to 1.", path))
    assert server.stats()["attempts"] == 0


def test_fingerprints_tell_models_and_editors_apart(server: Loopback) -> None:
    prints = [editor_of(server, model).fingerprint for model in ("a", "a", "b")]
    assert prints[0] == prints[1] != prints[2]


def test_unknown_editors_and_a_missing_aider_are_told(
    server: Loopback, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="unknown editor 'aidr'; did you mean aider"):
        editor_of(server, kind="aidr")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("PEERASSAY_AIDER", raising=False)
    with pytest.raises(InputError, match="run `peerassay scientist setup-aider`"):
        editor_of(server, kind="aider")
    monkeypatch.setenv("PEERASSAY_AIDER", str(tmp_path / "nowhere"))
    with pytest.raises(InputError, match="PEERASSAY_AIDER=.*nowhere: no Aider there"):
        editor_of(server, kind="aider")


# Blocks

LINES = st.lists(
    st.text(st.characters(exclude_characters="\n\r", exclude_categories=["Cs"]), max_size=30).filter(
        lambda line: not any(mark in line for mark in ("SEARCH", "REPLACE", DIVIDER))
    ),
    max_size=6,
).map(tuple)
BLOCKS = st.lists(st.builds(EditBlock, st.sampled_from(["experiment.py", "lib/a b.py"]), LINES, LINES), max_size=4)


@settings(max_examples=60)
@given(BLOCKS, st.sampled_from(["", "```python", "```"]))
def test_blocks_are_read_as_they_were_written(blocks: list[EditBlock], fence: str) -> None:
    text = "I will do this:\n\n"
    for block in blocks:
        name, rest = str(block).split("\n", 1)
        text += f"{name}\n{fence}\n{rest}\n{'```' if fence else ''}\n\n" if fence else f"{block}\n\n"
    answer = parse_blocks(text + "That is all.", ["experiment.py", "lib/a b.py"])
    assert answer.blocks == blocks
    assert answer.problems == []
    assert answer.words == "I will do this: That is all."


@settings(max_examples=60)
@given(st.text(st.sampled_from(f"ab \n`<>={HEAD}"), max_size=200))
def test_no_answer_is_too_odd_to_be_read(text: str) -> None:
    for odd in (text, f"{HEAD}\n{text}\n{TAIL}", f"a.py\n{HEAD}\n{text}\n{DIVIDER}\n{text}"):
        answer = parse_blocks(odd, ["a.py"])
        assert len(answer.blocks) + len(answer.problems) <= odd.count("SEARCH")


@settings(max_examples=60)
@given(LINES.filter(lambda lines: len(set(lines)) == len(lines)), LINES, st.data())
def test_a_block_replaces_its_lines_and_nothing_else(
    lines: tuple[str, ...], new: tuple[str, ...], data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(lines)))
    end = data.draw(st.integers(start, len(lines)))
    search = lines[start:end]
    if not any(map(str.strip, search)):
        return
    text = "".join(f"{line}\n" for line in lines)
    expected = "".join(f"{line}\n" for line in (*lines[:start], *new, *lines[end:]))
    assert apply_block(text, EditBlock("f", search, new)) == expected


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        (f"{HEAD}\na\n{DIVIDER}\nb\n{TAIL}", "the name of its file"),
        (f"a.py\n{HEAD}\na\n{DIVIDER}\nb\n", "the last block has no line"),
        (f"a.py\n{HEAD}\na\n{HEAD}\nb\n{DIVIDER}\nb\n{TAIL}", "a block has no line"),
        (f"a.py\n{HEAD}\na\n{TAIL}", "0 lines ======="),
        (f"a.py\n{HEAD}\na\n{DIVIDER}\nb\n{DIVIDER}\nc\n{TAIL}", "2 lines ======="),
    ],
)
def test_what_is_wrong_with_the_writing_of_a_block_is_told(written: str, problem: str) -> None:
    assert problem in parse_blocks(written, ["a.py", "b.py"]).problems[0]


@pytest.mark.parametrize(
    "written",
    [
        f"{HEAD}\na\n{DIVIDER}\nb\n{TAIL}",
        f"a.py {HEAD}\na\n{DIVIDER}\nb\n{TAIL}",
        "a.py\n<<<<<<< ORIGINAL\na\n=======\nb\n>>>>>>> UPDATED",
        f"```python:a.py\n{HEAD}\na\n=====\nb\n{TAIL}\n```",
    ],
)
def test_blocks_of_other_habits_are_read(written: str) -> None:
    answer = parse_blocks(f"<think>{HEAD}</think>\n{written}", ["a.py"])
    assert answer.blocks == [EditBlock("a.py", ("a",), ("b",))]
    assert block_spans(written)


@pytest.mark.parametrize(
    "name",
    [
        "a.py",
        "**a.py**",
        "`a.py`",
        "### File: a.py",
        "./a.py",
        "a.py:",
        "```python a.py",
        "a.py\n\n```python",
        "In a.py:\n```",
    ],
)
def test_a_file_is_named_in_many_ways(name: str) -> None:
    answer = parse_blocks(f"Well.\n\n{name}\n{HEAD}\na\n{DIVIDER}\nb\n{TAIL}\n```\n", ["a.py", "b.py"])
    assert answer.blocks == [EditBlock("a.py", ("a",), ("b",))]


def test_a_block_without_a_name_is_for_the_file_of_the_one_before() -> None:
    block = f"{HEAD}\na\n{DIVIDER}\nb\n{TAIL}\n"
    answer = parse_blocks(f"a.py\n{block}And the second one.\n\n{block}c/d.py\n{block}", ["a.py"])
    assert [found.file for found in answer.blocks] == ["a.py", "a.py", "c/d.py"]


def test_blanks_at_line_ends_and_a_common_indentation_are_forgiven() -> None:
    text = "def f():\n    for i in x:  \n        a = 1\n    return a\n"
    search, replace = ("for i in x:", "    a = 1"), ("for i in x:", "", "    a = 2")
    expected = "def f():\n    for i in x:\n\n        a = 2\n    return a\n"
    assert apply_block(text, EditBlock("f.py", search, replace)) == expected
    with pytest.raises(ValueError, match="do not stand in the file; the most similar place, from line 2 on"):
        apply_block(text, EditBlock("f.py", ("for i in x:", "  a = 1"), replace))
    returns = apply_block("a = 1\r\nb = 2\r\n", EditBlock("f.py", ("a = 1",), ("a = 3", "c = 4")))
    assert returns == "a = 3\r\nc = 4\r\nb = 2\r\n"


def test_an_exact_place_goes_before_a_forgiven_one() -> None:
    text = "x = 1\n    x = 1\n"
    assert apply_block(text, EditBlock("f.py", ("    x = 1",), ("    x = 2",))) == "x = 1\n    x = 2\n"


def test_a_new_file_is_a_block_without_a_search() -> None:
    assert apply_block(None, EditBlock("f.py", (), ("a = 1",))) == "a = 1\n"
    assert apply_block("\n", EditBlock("f.py", ("",), ("a = 1",))) == "a = 1\n"
    with pytest.raises(ValueError, match="the file is there already"):
        apply_block("b = 1\n", EditBlock("f.py", (), ("a = 1",)))
    with pytest.raises(ValueError, match="there is no such file"):
        apply_block(None, EditBlock("f.py", ("a",), ("b",)))


# Programs of their own


@pytest.mark.parametrize("deaf", ["leader", "child"])
def test_a_program_out_of_time_is_ended_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deaf: str
) -> None:
    monkeypatch.setattr(aider_process, "GRACE", 0.5)
    (tmp_path / "in").touch()
    child, leader = ("trap '' TERM; " if deaf == who else "" for who in ("child", "leader"))
    script = f'sh -c "{child}sleep 60; sleep 60" & echo $! > child; {leader}sleep 60; sleep 60'
    in_time = asyncio.run(
        run_alone(
            ["/bin/sh", "-c", script],
            folder=tmp_path,
            env={"PATH": os.environ["PATH"]},
            stdin=tmp_path / "in",
            output=tmp_path / "out",
            seconds=0.5,
        )
    )
    assert not in_time
    until, ended = time.monotonic() + 5, False
    while not ended and time.monotonic() < until:
        process = read_process(int((tmp_path / "child").read_text()))
        ended = process is None or process.dead
    assert ended


def test_constants_are_set_in_what_aider_has_left() -> None:
    texts = {Path("experiment.py"): "RATE = 0.1\nSTEPS = [\n    1,\n]\n", Path("new.py"): None}
    changed, problems = with_constants(texts, ["RATE = 0.01", "STEPS = [2]", "WIDTH = 3"])
    assert changed == {Path("experiment.py"): "RATE = 0.01\nSTEPS = [2]\n", Path("new.py"): None}
    assert [problem.partition(";")[0] for problem in problems] == [
        "SET: no editable file assigns WIDTH at its top level"
    ]
