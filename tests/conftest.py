"""Fixtures shared by all tests."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def pytest_configure() -> None:
    """A shell that starts the tests in the background has them ignore Ctrl-C, and so would all that they start.

    No property is timed: how long one example takes says more about the machine. PEERASSAY_EXAMPLES is how many
    examples each is tried on: many new ones in `make fuzz`, by default few and the same ones every time, so that a
    change is what breaks a test and not chance. Tests run beside one another, so that none starts processes of its own
    for speed. What the user has imported is no part of them.
    """
    os.environ.setdefault("LOKY_MAX_CPU_COUNT", "1")
    os.environ.pop("PEERASSAY_DATA", None)
    os.environ["PEERASSAY_CONFIG"] = ""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    examples = os.environ.get("PEERASSAY_EXAMPLES")
    settings.register_profile("untimed", deadline=None, max_examples=int(examples or 40), derandomize=not examples)
    settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def _own_data_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test has an empty data home of its own and no login."""
    monkeypatch.setenv("PEERASSAY_DATA", str(tmp_path / "data-home"))
    monkeypatch.setenv("PEERASSAY_CACHE", str(tmp_path / "cache-home"))
    for name in ("OPENREVIEW_USERNAME", "OPENREVIEW_PASSWORD", "OPENREVIEW_TOKEN"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def drawings_as_svg(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports have their drawings in one form alone, which takes a third of the time."""
    monkeypatch.setattr("peerassay.presentation.drawing.BESIDE", ())


@pytest.fixture
def drawings_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports have all their drawings made, and none rendered, which is half of the work on a small report."""
    monkeypatch.setattr("peerassay.presentation.drawing.BESIDE", ())
    monkeypatch.setattr(
        "peerassay.presentation.drawing.encoded", lambda *_: b"<svg xmlns='http://www.w3.org/2000/svg'/>"
    )


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the checkout; the test is skipped where it is absent."""
    if not (SHARED / "iclr2022" / "decisions.tsv").is_file():
        pytest.skip(f"no real data at {SHARED}")
    return SHARED


@pytest.fixture(scope="session")
def shared_cases() -> Path:
    """The folder of small inputs beside the checkout; the test is skipped where it is absent."""
    folder = SHARED.parent / "cases"
    if not folder.is_dir():
        pytest.skip(f"no cases at {folder}")
    return folder


@pytest.fixture
def typed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., tuple[int, str, str]]:
    """Run `peerassay ARGUMENTS` in an empty folder without keys; returns exit code, stdout and stderr."""
    from peerassay.cli.main import main

    monkeypatch.chdir(tmp_path)
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "PEERASSAY_PRICES"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["peerassay", *map(str, arguments)])
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = int(stop.code or 0)
        return code, *capsys.readouterr()

    return run
