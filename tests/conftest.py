"""Fixtures shared by all tests."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def pytest_configure() -> None:
    """A shell that starts the tests in the background has them ignore Ctrl-C, and so would all that they start.

    No property is timed: how long one example takes says more about the machine. Tests run beside one another, so that
    none starts processes of its own for speed. What the user has imported is no part of them.
    """
    os.environ.setdefault("LOKY_MAX_CPU_COUNT", "1")
    os.environ.pop("PEERASSAY_DATA", None)
    os.environ["PEERASSAY_CONFIG"] = ""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    settings.register_profile("untimed", deadline=None)
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
