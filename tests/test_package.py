"""The package as its users import it: from any folder, typed, never shadowed by a folder of the same name."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import peerassay
import pytest

ROOT = Path(__file__).parents[1]


def run(code: list[str], cwd: Path) -> str:
    done = subprocess.run([sys.executable, *code], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_its_version_is_that_of_the_distribution() -> None:
    assert peerassay.__version__ == version("peerassay")


def test_it_is_marked_as_typed() -> None:
    assert peerassay.__file__ is not None and Path(peerassay.__file__).with_name("py.typed").exists()


@pytest.mark.parametrize("taken", ["peerassay", "data", "bench"])
def test_a_folder_in_the_working_directory_shadows_nothing(tmp_path: Path, taken: str) -> None:
    (tmp_path / taken).mkdir()
    (tmp_path / taken / "notes.txt").write_text("not ours")
    code = "import peerassay, peerassay.data.records, peerassay.statistics.metrics; print(peerassay.__version__)"
    assert run(["-c", code], tmp_path).strip() == peerassay.__version__


def test_a_users_own_modules_stay_theirs(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "mine.py").write_text("NAME = 'mine'")
    code = "import peerassay.data.records, data.mine; print(data.mine.NAME)"
    assert run(["-c", code], tmp_path).strip() == "mine"


def test_it_runs_as_a_module(tmp_path: Path) -> None:
    assert peerassay.__version__ in run(["-m", "peerassay", "--version"], tmp_path)


def test_importing_it_is_cheap(tmp_path: Path) -> None:
    code = "import sys, peerassay; print(*{name.partition('.')[0] for name in sys.modules})"
    assert not {"numpy", "pandas", "pydantic", "click", "openai", "scipy"} & set(run(["-c", code], tmp_path).split())


def test_every_folder_of_the_layout_is_a_part_of_it() -> None:
    folders = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"peerassay", "tests"}
    assert {path.name for path in (ROOT / "peerassay").iterdir() if path.is_symlink()} == folders
