"""`peerassay data make-ladder`: from an idea's folder to a dataset that every command takes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from peerassay.data.sample_pairs import load_sample

Call = Callable[..., tuple[int, str, str]]


def idea(folder: Path, number: int) -> Path:
    """A folder as the scientist leaves it, with a paper of the sample in LaTeX."""
    from peerassay.bench.stress.tex_file import tex_source

    made = folder / f"idea_{number:02d}"
    (made / "latex").mkdir(parents=True)
    paper = load_sample().papers[number]
    (made / "latex" / "paper.tex").write_text(tex_source(paper))
    (made / "state.json").write_text(json.dumps({"template": "mine"}))
    (made / "statistics.json").write_text(json.dumps({"difference": 0.123}))
    return made


def test_a_dataset_of_pairs_is_made_and_can_be_used(typed: Call, tmp_path: Path) -> None:
    for number in (1, 2, 3):
        idea(tmp_path / "run", number)
    code, out, _ = typed("data", "make-ladder", tmp_path / "run", "--out", tmp_path / "mine", "--json")
    made = json.loads(out)
    assert code == 0 and made["papers"] == 2 * len(made["defects"]) and made["labels"] == "constructed"
    assert {*json.loads((tmp_path / "mine" / "defects.json").read_text())} == {*made["defects"]}
    assert json.loads(typed("data", "info", tmp_path / "mine", "--json")[1])["hash"] == made["hash"]
    code, _, error = typed("data", "make-ladder", tmp_path / "run", "--out", tmp_path / "mine")
    assert code == 2 and "not empty" in error


def test_what_is_no_run_is_one_line(typed: Call, tmp_path: Path) -> None:
    code, _, error = typed("data", "make-ladder", tmp_path, "--out", tmp_path / "mine")
    assert code == 2 and "latex/paper.tex" in error and "Traceback" not in error
    made = idea(tmp_path / "run", 1)
    (made / "state.json").write_text("[]")
    assert "state.json: expected a JSON object" in typed("data", "make-ladder", made, "--out", tmp_path / "mine")[2]
