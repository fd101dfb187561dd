"""The examples in the documents work as they stand."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"


def test_the_reviewer_in_twenty_lines_benches(tmp_path: Path) -> None:
    code = re.search(r"```python\n(.*?)```", (DOCS / "your-reviewer.md").read_text(), re.DOTALL)
    assert code is not None
    (tmp_path / "my_reviewer.py").write_text(code[1])
    program = Path(sys.executable).parent / "peerassay"
    command = [program, "bench", "-d", "sample", "--split", "all", "--no-audit", "--draws", "200"]
    command += ["-r", "python:my_reviewer:review"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (report,) = tmp_path.glob("runs/*/report.md")
    assert "python:my_reviewer:review | own decision" in report.read_text()


def test_every_command_in_the_documents_exists() -> None:
    from peerassay.cli.main import COMMANDS

    pages = [*DOCS.glob("*.md"), DOCS.parent / "README.md"]
    named = {
        name for page in pages for name in re.findall(r"^(?:\S+=\S+ )*peerassay (\w+)", page.read_text(), re.MULTILINE)
    }
    assert named
    assert named <= set(COMMANDS)


def test_the_additions_of_the_architecture_run_and_are_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from peerassay.generator import search

    blocks = re.findall(r"```python\n(.*?)```", (DOCS / "architecture.md").read_text(), re.DOTALL)
    assert len(blocks) == 5
    assert all(block.count("\n") < 30 for block in blocks)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(search, "SEARCHES", dict(search.SEARCHES))
    names: dict[str, object] = {}
    for block in blocks:
        exec(block, names)


@pytest.mark.parametrize("page", sorted(path.name for path in DOCS.glob("*.md")))
def test_every_module_and_folder_that_a_document_names_is_there(page: str) -> None:
    root = DOCS.parent
    layers = "data|llm|reviewer|generator|bench|leaderboards|cli|tests|docs|peerassay"
    text = (DOCS / page).read_text()
    named = set(re.findall(rf"(?<![\w./-])((?:{layers})/[\w/.-]+\.(?:py|toml)|(?:{layers})/[\w/-]*/)(?=`)", text))
    assert [name for name in sorted(named) if not (root / name).exists()] == []


def test_the_architecture_names_modules() -> None:
    assert len(re.findall(r"`\w+/[\w/]+\.py`", (DOCS / "architecture.md").read_text())) > 30
