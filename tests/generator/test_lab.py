"""What a run may not leave behind in the workspace, on a small template."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from peerassay.data.errors import InputError
from peerassay.generator.lab import Lab, LabSettings
from peerassay.generator.nodes import Node
from peerassay.generator.offline.scientist import OfflineScientist
from peerassay.generator.sandbox.find import find_sandbox
from peerassay.generator.search_steps import begin
from peerassay.generator.template import load_template
from tiny_template import make_template


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """An idea that gets its baseline's results from an earlier one."""
    template = load_template(str(make_template(tmp_path / "lines")))
    earlier, later = (
        Lab(tmp_path / name, template, find_sandbox(), LabSettings(), baselines=tmp_path / "baselines")
        for name in ("idea_01", "idea_02")
    )
    earlier.set_up()
    asyncio.run(begin(earlier, OfflineScientist()))
    later.set_up()
    assert (later.workspace / "run_0" / "final_info.json").is_file()
    return later


def run_with(lab: Lab, lines: str) -> Node:
    """Run the template's experiment with lines of code before it."""
    code = lab.workspace / "experiment.py"
    code.write_text(f"from pathlib import Path\n{lines}\n{code.read_text()}")
    return asyncio.run(lab.run(Node(run="run_1", parent="run_0", label="cheat")))


@pytest.mark.parametrize("deed", ["write_text('{}')", "unlink()"])
def test_the_first_run_cannot_change_a_baseline_taken_from_an_earlier_idea(lab: Lab, deed: str) -> None:
    asyncio.run(begin(lab, OfflineScientist()))
    before = (lab.workspace / "run_0" / "final_info.json").read_bytes()
    node = run_with(lab, f"Path('run_0/final_info.json').{deed}\nPath('evaluation.py').write_text('POINTS = 1')")
    assert {violation.split()[0] for violation in node.violations} == {"evaluation.py", "run_0/final_info.json"}
    assert (lab.workspace / "run_0" / "final_info.json").read_bytes() == before
    assert "POINTS = 20" in (lab.workspace / "evaluation.py").read_text()


def test_nothing_is_written_through_a_link_that_a_run_has_left(lab: Lab, tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("mine")
    journal, _ = asyncio.run(begin(lab, OfflineScientist()))
    deeds = "\n".join(
        f"Path('{name}').unlink(missing_ok=True)\nPath('{name}').symlink_to('{outside}')"
        for name in ("notes.txt", "experiment.py", "extra.py")
    )
    node = run_with(lab, deeds)
    assert {violation.split()[0] for violation in node.violations} == {"notes.txt", "experiment.py", "extra.py"}
    journal.put(node)
    lab.restore_code("run_0")
    lab.keep_code("run_2")
    assert outside.read_text() == "mine"
    assert not (lab.snapshot("run_2") / "extra.py").exists()


def test_what_a_run_cut_short_has_changed_is_undone_before_the_next(lab: Lab) -> None:
    asyncio.run(begin(lab, OfflineScientist()))
    (lab.workspace / "evaluation.py").write_text("POINTS = 1")
    (lab.workspace / "run_0" / "final_info.json").unlink()
    resumed = Lab(lab.folder, lab.template, lab.sandbox, lab.settings)
    asyncio.run(begin(resumed, OfflineScientist()))
    assert "POINTS = 20" in (lab.workspace / "evaluation.py").read_text()
    assert (lab.workspace / "run_0" / "final_info.json").is_file()


def test_a_run_starts_without_the_new_files_of_another(lab: Lab) -> None:
    asyncio.run(begin(lab, OfflineScientist()))
    (lab.workspace / "random.py").write_text("raise SystemExit('shadowed')")
    lab.keep_code("run_1")
    lab.restore_code("run_0")
    assert not (lab.workspace / "random.py").exists()
    lab.restore_code("run_1")
    assert (lab.workspace / "random.py").exists()


@pytest.mark.parametrize(
    ("file", "content", "told"),
    [
        ("plot.py", None, r"no template, plot\.py is missing; a template has experiment\.py"),
        ("seed_ideas.json", "[", r"seed_ideas\.json: not JSON"),
        ("seed_ideas.json", '{"a": 1}', r"seed_ideas\.json: expected a list of ideas"),
        ("captions.json", '{"a.png": 1}', r"captions\.json: a\.png: expected the caption as a text"),
    ],
)
def test_a_template_that_lacks_something_is_named(tmp_path: Path, file: str, content: str | None, told: str) -> None:
    folder = make_template(tmp_path / "lines")
    (folder / file).unlink(missing_ok=True)
    if content is not None:
        (folder / file).write_text(content)
    with pytest.raises(InputError, match=told):
        load_template(str(folder))


def test_a_preset_of_a_template_without_any_and_a_workspace_that_is_there_are_refused(tmp_path: Path) -> None:
    template = load_template(str(make_template(tmp_path / "lines")))
    with pytest.raises(InputError, match="template lines has no presets; leave it out"):
        template.check_preset("cpu")
    with pytest.raises(InputError, match="exists already"):
        template.copy_to(tmp_path)
