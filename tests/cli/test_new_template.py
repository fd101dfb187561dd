"""`peerassay scientist new-template`: a folder that runs to a paper as it is, or one line on why there is none."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from peerassay.generator.new_template import NEXT
from peerassay.generator.template import load_template

from tests.generator import bundled_templates

Call = Callable[..., tuple[int, str, str]]


def test_a_new_template_says_what_to_edit_and_is_complete(typed: Call, tmp_path: Path) -> None:
    code, out, err = typed("scientist", "new-template", "my work/mine")
    assert (code, err) == (0, "")
    assert "peerassay scientist run -t 'my work/mine' -m offline" in out
    folder = tmp_path / "my work" / "mine"
    for name in (name for names, _ in NEXT for name in names.split(", ")):
        assert name in out
        assert (folder / name).exists()
    template = load_template(str(folder))
    assert template.knobs is not None
    assert template.presets() == ["cpu", "tiny"]
    for variant in (variant for knob in template.knobs.knobs for variant in knob.variants):
        changes = bundled_templates.changed(folder, variant.model_dump())
        with bundled_templates.modules(folder) as (experiment, _):
            config = experiment.Config(**changes)
            assert experiment.run("wave", config, 0) != experiment.run("wave", experiment.Config(), 0)


def test_what_holds_something_is_left_alone(typed: Call, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.tex").write_text("mine")
    for name, told in (("full", "holds thesis.tex already"), ("full/thesis.tex", "cannot be made")):
        code, out, err = typed("scientist", "new-template", name)
        assert (code, out) == (2, "")
        assert told in err
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["thesis.tex"]


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_a_new_template_runs_to_a_paper(typed: Call, tmp_path: Path) -> None:
    assert typed("scientist", "new-template", "mine")[0] == 0
    code, out, err = typed(
        "scientist", "run", "-t", "mine", "-m", "offline", "--offline-literature", "--preset", "tiny", "--runs", "2",
        "--style", "workshop", "--out", "run", "--json",
    )  # fmt: skip
    assert code == 0, err
    assert json.loads(out)
    assert json.loads((tmp_path / "run" / "scientist.json").read_text())["paper"]["page_limit"] == 4
    assert r"\usepackage[workshop]{peerassay}" in (tmp_path / "run" / "idea_01" / "latex" / "paper.tex").read_text()
    assert (tmp_path / "run" / "idea_01" / "paper.pdf").stat().st_size > 20_000
    assert json.loads((tmp_path / "run" / "idea_01" / "audit.json").read_text())["unsupported"] == []
