"""The examples in the documents work as they stand."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

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
    assert "python:my_reviewer:review | own decision" in done.stdout


def test_every_command_in_the_documents_exists() -> None:
    from peerassay.cli.main import COMMANDS

    pages = [*DOCS.glob("*.md"), DOCS.parent / "README.md"]
    named = {
        name for page in pages for name in re.findall(r"^(?:\S+=\S+ )*peerassay (\w+)", page.read_text(), re.MULTILINE)
    }
    assert named
    assert named <= set(COMMANDS)
