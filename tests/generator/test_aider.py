"""Aider as an editor: what is read of its logs, programs in its place that are none, and Aider itself where it is."""

from __future__ import annotations

import asyncio
import os
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from peerassay.data.errors import InputError
from peerassay.generator.editors import setup
from peerassay.generator.editors.aider import AiderEditor, with_ends
from peerassay.generator.editors.aider_logs import read_report
from peerassay.generator.editors.aider_process import AiderFolders, environment_of
from peerassay.generator.editors.head import Head
from peerassay.generator.editors.protocol import EditRequest, EditResult
from peerassay.generator.editors.setup import VERSION, aider_folder, aider_version, find_aider, setup_aider
from peerassay.llm.errors import BudgetReached, CallFailed, ModelUnusable
from peerassay.llm.model_name import ModelName
from test_editors import CODE, EVALUATION, asked, billed, edited, editor_of, filled, metering_of, untouched

from tests.loopback.running import Loopback

Call = Callable[..., tuple[int, str, str]]
CUT = """
Here is the change.

Model openai/m has hit a token limit!
Token counts below are approximate.

Input tokens: ~1,422 of 1,000,000
Output tokens: ~16 of 8,192
Total tokens: ~1,438 of 1,000,000


https://aider.chat/docs/troubleshooting/token-limits.html
Open URL for more info? (Y)es/(N)o/(D)on't ask again [Yes]:
"""
DROPPED = """
litellm.InternalServerError: InternalServerError: OpenAIException - Connection error.
The API provider's servers are down or overloaded.
Retrying in 0.2 seconds...
litellm.Timeout: APITimeoutError - Request timed out. Error_str: Request timed out.
The API provider timed out without returning a response. They may be down or overloaded.
Retrying in 0.5 seconds...
litellm.BadRequestError: OpenAIException - your credit is used up
"""
"""What Aider 0.86.2 has printed."""


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return filled(tmp_path / "workspace")


# Its logs


@pytest.mark.parametrize(("printed", "cut"), [(CUT, True), (DROPPED, False), ("Applied edit to a.py", False)])
def test_what_aider_has_printed_is_read(tmp_path: Path, printed: str, cut: bool) -> None:
    (tmp_path / "output.txt").write_text(printed)
    report = read_report(tmp_path / "chat.md", tmp_path / "output.txt", ["a.py"])
    assert (report.cut, report.gave_up) == (cut, False)
    assert report.last == printed.strip().splitlines()[-1].strip()
    assert len(report.complaints) == (3 if printed == DROPPED else 0)


# Programs in its place


def program(folder: Path, *lines: str) -> Path:
    path = folder / "aider"
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            ["echo 'aider: error: unrecognized arguments: --no-show-release-notes' >&2", "exit 2"],
            "unrecognized arguments",
        ),
        (["echo \"ModuleNotFoundError: No module named 'litellm'\"; echo bye; exit 1"], "No module named 'litellm'"),
        (["exit 0"], "it says nothing of why"),
    ],
)
def test_a_program_that_is_no_fitting_aider_is_told_at_once(
    server: Loopback, workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: list[str], said: str
) -> None:
    monkeypatch.setenv("PEERASSAY_AIDER", str(program(tmp_path, *lines)))
    metering = metering_of(2.0)
    with pytest.raises(InputError, match=f"does not run .*{said}.*setup-aider"):
        edited(editor_of(server, kind="aider", metering=metering), workspace)
    assert untouched(workspace)
    assert (metering.budget.spent, metering.ledger.all().failed) == (0.0, 1)


def test_its_fingerprint_and_what_a_run_can_cost(
    server: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PEERASSAY_AIDER", str(program(tmp_path, "exit 0")))
    one, other = (editor_of(server, name, kind="aider") for name in ("m", "n"))
    assert isinstance(one, AiderEditor) and isinstance(other, AiderEditor)
    again = editor_of(server, "m", kind="aider")
    assert one.fingerprint == again.fingerprint != other.fingerprint
    one.max_tokens = 4096
    assert one.fingerprint != again.fingerprint
    request, texts = asked(), [CODE, None]
    bound, shorter = other.bound(request, texts), one.bound(request, texts)
    assert bound is not None and shorter is not None and bound > shorter > 4 * 20_000 / 1e6
    assert isinstance(unpriced := editor_of(server, kind="aider", price=None), AiderEditor)
    assert unpriced.bound(request, texts) is None


def test_a_program_that_cannot_be_started_or_goes_on_for_ever_is_told(
    server: Loopback, workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = program(tmp_path, "echo RATE = 5 > experiment.py", "exec sleep 60")
    monkeypatch.setenv("PEERASSAY_AIDER", str(slow))
    metering = metering_of(2.0)
    editor = editor_of(server, kind="aider", metering=metering)
    editor.seconds = 0.2  # type: ignore[attr-defined]
    result = edited(editor, workspace)
    assert result.problems == ("Aider was ended after 0.2 s",) and not result.ok and untouched(workspace)
    assert (metering.ledger.all().failed, metering.budget.spent, result.usd) == (1, 0.0, 0.0), "it has asked nothing"
    slow.write_text("#!/nowhere/sh\n")
    with pytest.raises(InputError, match="aider: cannot be started"):
        edited(editor_of(server, kind="aider", metering=metering), workspace)
    assert (metering.ledger.all().failed, metering.budget.spent) == (2, 0.0)


def test_setting_up_aider_tells_why_it_cannot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "file").touch()
    with pytest.raises(InputError, match="holds something else"):
        setup_aider(tmp_path / "mine")
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "empty"))
    with pytest.raises(InputError, match="could not be installed.*check the network, then run"):
        setup_aider(tmp_path / "venv")


def test_aider_is_installed_into_an_environment_of_its_own(
    typed: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the real pip, from a wheel that has its name and version, and found afterwards wherever one stands."""
    folder = tmp_path / "venv"
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheel_of("aider-chat", VERSION, tmp_path / "wheels")))
    code, out, err = typed("scientist", "setup-aider", "--folder", folder)
    assert (code, out) == (0, f"{folder}/bin/aider\n"), err
    assert f"Set PEERASSAY_AIDER={folder}/bin/aider" in err and "Successfully installed" in err
    assert aider_version(folder / "bin" / "aider") == VERSION
    monkeypatch.delenv("PIP_FIND_LINKS")
    assert typed("scientist", "setup-aider", "--folder", folder)[0] == 0, "it is there already: pip is not asked"
    monkeypatch.chdir(tmp_path)
    for named in ("venv", "venv/bin/aider", "./venv/bin/aider"):
        monkeypatch.setenv("PEERASSAY_AIDER", named)
        assert find_aider() == folder / "bin" / "aider", "it will be started in another folder"
    monkeypatch.delenv("PEERASSAY_AIDER")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "nothing"))
    monkeypatch.setenv("PATH", "venv/bin")
    assert find_aider() == folder / "bin" / "aider"
    default = aider_folder()
    assert default.is_relative_to(tmp_path / "nothing")
    default.parent.mkdir(parents=True)
    folder.rename(default)
    assert find_aider() == default / "bin" / "aider"


def wheel_of(name: str, version: str, folder: Path) -> Path:
    """A folder with a wheel of a package whose program does nothing."""
    folder.mkdir()
    package = name.replace("-", "_")
    info = f"{package}-{version}.dist-info"
    with zipfile.ZipFile(folder / f"{package}-{version}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{package}.py", "def main(): pass\n")
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/entry_points.txt", f"[console_scripts]\naider = {package}:main\n")
        wheel.writestr(f"{info}/RECORD", "")
    return folder


def test_aider_is_not_installed_where_no_python_fits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "PYTHONS", ((3, 1), (3, 2)))
    with pytest.raises(InputError, match=r"needs python3\.2, python3\.1 on PATH; install one of them, then run"):
        setup_aider(tmp_path / "venv")
    (tmp_path / "python3.2").write_text("#!/bin/sh\necho starting\necho no venv here >&2\nexit 1\n")
    (tmp_path / "python3.2").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(InputError, match=r"venv: no virtual environment could be made \(no venv here\)"):
        setup_aider(tmp_path / "venv")


def test_aider_gets_no_key_and_no_address_but_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "OPENREVIEW_PASSWORD", "OPENAI_API_BASE", "HTTPS_PROXY"):
        monkeypatch.setenv(name, f"the caller's {name}")
    place = AiderFolders(tmp_path)
    for provider in ("anthropic", "openai"):
        own = environment_of(place, ModelName(provider, "m"), "http://127.0.0.1:1", "word")
        assert own["HOME"] == str(place.home)
        assert {name: value for name, value in own.items() if "_API_" in name} == {
            f"{provider.upper()}_API_KEY": "word",
            f"{provider.upper()}_API_BASE": "http://127.0.0.1:1",
        }
        assert "the caller's" not in "".join(own.values())


# Aider itself


@pytest.fixture(scope="module")
def aider() -> Path:
    named = os.environ.get("PEERASSAY_AIDER")
    if not named:
        pytest.skip("PEERASSAY_AIDER is not set: no Aider to test with")
    return Path(named)


@pytest.mark.usefixtures("aider")
def test_aider_changes_is_corrected_gives_up_and_fails(server: Loopback, tmp_path: Path) -> None:
    """Four runs at once, since each takes seconds to start."""
    models = ("coder-unmatched", "coder-unmatched-stubborn", "coder-elsewhere", "missing-model")
    workspaces = [tmp_path / model for model in models]
    metering = [metering_of(2.0) for _ in models]

    async def run() -> list[EditResult | BaseException]:
        editors = [
            editor_of(server, model, kind="aider", metering=m) for model, m in zip(models, metering, strict=True)
        ]
        request = asked("Please set RATE to 0.01.", "experiment.py", "new.py")
        return await asyncio.gather(
            *(editor.edit(place, request) for editor, place in zip(editors, workspaces, strict=True)),
            return_exceptions=True,
        )

    for folder in workspaces:
        filled(folder)
    mended, stubborn, elsewhere, missing = asyncio.run(run())
    assert isinstance(mended, EditResult) and mended.ok and mended.changed == ("experiment.py",)
    assert (workspaces[0] / "experiment.py").read_text() == CODE.replace("RATE = 0.1", "RATE = 0.01")
    assert not (workspaces[0] / "new.py").exists()
    assert isinstance(stubborn, EditResult) and not stubborn.ok
    assert any("reflections" in problem for problem in stubborn.problems)
    assert untouched(workspaces[1])
    assert isinstance(elsewhere, EditResult)
    assert (workspaces[2] / "evaluation.py").read_text() == EVALUATION
    assert not (workspaces[2] / "elsewhere").exists()
    assert isinstance(missing, ModelUnusable) and "missing-model" in str(missing)
    billed = server.stats()["tokens"]
    booked = [b.ledger.totals()["idea/change"] for b in metering]
    assert sum(b.tokens.input for b in booked) == billed["uncached"] + billed["cached"]
    assert sum(b.tokens.output for b in booked) == billed["output"]
    assert all(b.budget.spent == pytest.approx(own.usd) for b, own in zip(metering, booked, strict=True))
    assert (workspaces[0] / "aider" / "001" / "chat.md").is_file()
    assert (booked[3].failed, booked[3].usd) == (1, 0.0)


@pytest.mark.usefixtures("aider")
def test_aider_respects_the_budget_and_its_time(server: Loopback, workspace: Path) -> None:
    with pytest.raises(BudgetReached):
        edited(editor_of(server, kind="aider", metering=metering_of(0.01)), workspace)
    metering = metering_of(2.0)
    editor = editor_of(server, kind="aider", metering=metering)
    editor.seconds = 0.5  # type: ignore[attr-defined]
    result = edited(editor, workspace)
    assert not result.ok and result.problems == ("Aider was ended after 0.5 s",)
    assert (metering.ledger.all().failed, metering.budget.spent, server.stats()["attempts"]) == (1, 0.0, 0)
    assert untouched(workspace)


def test_an_aider_that_is_there_is_not_installed_again(aider: Path) -> None:
    folder = aider if aider.is_dir() else aider.parents[1]
    start = time.monotonic()
    assert setup_aider(folder) == folder.absolute() / "bin" / "aider"
    assert time.monotonic() - start < 30


@pytest.mark.usefixtures("aider")
def test_an_answer_that_is_cut_is_booked(server: Loopback, workspace: Path) -> None:
    server.set_faults("truncated:1")
    metering = metering_of(2.0)
    cut = edited(editor_of(server, kind="aider", metering=metering), workspace)
    assert cut.problems == ("the answer was cut off at the limit of 8192 tokens; answer more briefly",)
    assert untouched(workspace) and server.stats()["calls"] == 1
    assert cut.usd == metering.budget.spent == pytest.approx(billed(server)) and billed(server) > 0


@pytest.mark.usefixtures("aider")
@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_calls_that_aider_repeats_are_counted(server: Loopback, workspace: Path, provider: str) -> None:
    """LiteLLM's client for Anthropic repeats a call whose connection broke without a word."""
    server.set_faults("drop:0.5,seed=2")
    metering = metering_of(0.5)
    lost = edited(editor_of(server, kind="aider", provider=provider, metering=metering), workspace)
    assert lost.ok and metering.ledger.all().uncertain == 1 and server.stats()["attempts"] > 1
    assert lost.usd == metering.budget.spent and billed(server) < metering.budget.spent < 0.5


@pytest.mark.usefixtures("aider")
@pytest.mark.parametrize("model", ["gpt-5", "m"])
def test_aider_neither_runs_a_message_as_a_command_nor_has_prices_of_its_own(
    server: Loopback, workspace: Path, tmp_path: Path, model: str
) -> None:
    """What begins the message may be the text of a template that somebody else has written."""
    request = asked(f"!touch {tmp_path / 'run'}\nPlease set RATE to 0.01.")
    request = EditRequest(request.instruction, request.files, manner=f"/run touch {tmp_path / 'run'}")
    result = edited(editor_of(server, model, kind="aider"), workspace, request)
    assert result.ok and not (tmp_path / "run").exists()
    assert result.usd == pytest.approx((result.tokens.input + 4 * result.tokens.output) / 1e6)


@pytest.mark.usefixtures("aider")
def test_a_missing_line_is_asked_for_once_more_and_a_refusal_costs_nothing(server: Loopback, workspace: Path) -> None:
    metering = metering_of(2.0)
    editor = editor_of(server, kind="aider", metering=metering)
    headed = replace(asked(), head=Head(known=("LABEL",), needed=("LABEL",)))
    result = edited(editor, workspace, headed)
    assert result.problems == ("the line `LABEL: ...` above the blocks is missing",) and untouched(workspace)
    assert server.stats()["calls"] == 2 and result.usd == pytest.approx(metering.budget.spent)
    assert "Your last answer was not used: the line `LABEL: ...`" in (workspace / "aider/002/chat.md").read_text()
    server.set_faults("refuse=your credit is used up")
    with pytest.raises(CallFailed, match="400 your credit is used up") as failed:
        edited(editor_of(server, kind="aider", metering=metering), workspace)
    assert not failed.value.maybe_billed and metering.budget.spent == result.usd


@pytest.mark.usefixtures("aider")
def test_aider_leaves_the_line_ends_as_they_are(server: Loopback, workspace: Path) -> None:
    (workspace / "experiment.py").write_bytes(CODE.replace("\n", "\r\n").encode())
    assert edited(editor_of(server, kind="aider"), workspace).ok
    changed = CODE.replace("RATE = 0.1", "RATE = 0.01").replace("\n", "\r\n")
    assert (workspace / "experiment.py").read_bytes() == changed.encode()


@pytest.mark.parametrize(
    ("text", "before", "left"),
    [("a\nb\n", "a\r\n", "a\r\nb\r\n"), ("a\n", "a\n", "a\n"), ("a\r\nb\n", "a\r\n", "a\r\nb\n"), (None, "a\r\n", None),
     ("a\n", None, "a\n")],
)  # fmt: skip
def test_line_ends_of_a_file(text: str | None, before: str | None, left: str | None) -> None:
    assert with_ends(text, before) == left
