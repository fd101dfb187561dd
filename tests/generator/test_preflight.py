"""What is looked for before a model is paid."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from peerassay.data.errors import InputError
from peerassay.data.files import make_folder
from peerassay.generator.preflight import check_tools
from peerassay.generator.template import load_template, template_names

from tests.loopback.running import Loopback

FILES = {"prompt.json": "{}", "seed_ideas.json": "[]", "plot.py": ""}


def template(folder: Path, code: str) -> Path:
    for name, text in FILES.items():
        (folder / name).write_text(text)
    (folder / "experiment.py").write_text(code)
    return folder


@pytest.mark.parametrize("name", template_names())
def test_the_bundled_templates_are_ready_here(name: str) -> None:
    check_tools(load_template(name), pdf=False)


@pytest.mark.parametrize(
    ("code", "command"),
    [
        ("import no_such_package_x.deep\n", "pip install no_such_package_x"),
        (
            "from no_such_package_x import y\nimport no_such_package_z",
            "pip install no_such_package_x no_such_package_z",
        ),
    ],
)
def test_packages_that_are_not_there_are_named_with_their_command(tmp_path: Path, code: str, command: str) -> None:
    with pytest.raises(InputError, match="not installed") as caught:
        check_tools(load_template(str(template(tmp_path, code))), pdf=False)
    assert str(caught.value).endswith(command)


def test_what_is_python_s_own_the_template_s_own_or_optional_is_not_missed(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("import json\n")
    code = "import os, helper\nfrom . import x\ntry:\n    import no_such_package_x\nexcept ImportError:\n    pass\n"
    check_tools(load_template(str(template(tmp_path, code))), pdf=False)


def test_latex_is_looked_for_unless_no_pdf_is_wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = load_template(str(template(tmp_path, "import json\n")))
    check_tools(found, pdf=False)
    with pytest.raises(InputError, match=r"not installed.*--no-pdf"):
        check_tools(found, pdf=True)


def test_a_baseline_that_does_not_run_is_found_before_a_model_is_paid(tmp_path: Path) -> None:
    broken = template(make_folder(tmp_path / "broken"), "raise SystemExit('no data here')\n")
    (broken / "latex").mkdir()
    command = [sys.executable, "-m", "peerassay.cli.main", "scientist", "run", "-t", "broken", "--no-pdf"]
    options = ["--offline-literature", "--sandbox", "limits", "--out", "run"]
    with Loopback() as server:
        model = f"openai/m@{server.openai_url}"
        done = subprocess.run(
            [*command, "-m", model, *options], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        attempts = server.stats()["attempts"]
    assert done.returncode == 2, done.stderr
    assert "the baseline does not run" in done.stderr and "Traceback" not in done.stderr
    assert attempts == 0
