"""Fixtures of the leaderboards: a folder of results, made once and copied for each test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from made_results import make_results


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results that nobody may change; the runs they were made of stand beside their folder."""
    return make_results(tmp_path_factory.mktemp("leaderboards"))


@pytest.fixture
def results(made_once: Path, tmp_path: Path) -> Path:
    """A copy of the results for one test."""
    return Path(shutil.copytree(made_once, tmp_path / "results"))
