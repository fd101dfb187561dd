"""The public API: the examples of docs/python.md as a script and as the cells of a notebook, and what stands beside."""

from __future__ import annotations

import asyncio
import inspect
import linecache
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import peerassay as pa
import pytest

from tests.processes import DRAWINGS_UNSEEN

pytestmark = pytest.mark.usefixtures("drawings_unseen")

ROOT = Path(__file__).parents[1]
BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "python.md").read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PEERASSAY_DATA", str(tmp_path / "data"))
    mpl.use("Agg")
    yield
    plt.close("all")


def digits(paper: pa.Paper) -> float:
    return sum(character.isdigit() for character in paper.text)


def test_the_examples_run_as_a_script(tmp_path: Path) -> None:
    script = tmp_path / "examples.py"
    script.write_text(f"import matplotlib\nmatplotlib.use('Agg')\n{DRAWINGS_UNSEEN}\n" + "\n".join(BLOCKS))
    done = subprocess.run([sys.executable, script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "did you mean sample?" in done.stdout


def test_the_examples_run_as_cells_in_a_running_loop() -> None:
    """As Jupyter does it: each cell is compiled by itself, kept for `inspect`, and run where a loop is running."""
    names: dict[str, Any] = {"__name__": "__main__"}

    async def cells() -> None:
        for number, block in enumerate(BLOCKS):
            cell = f"<cell {number}>"
            linecache.cache[cell] = (len(block), None, block.splitlines(keepends=True), cell)
            exec(compile(block, cell, "exec"), names)
            await asyncio.sleep(0)

    asyncio.run(cells())
    assert names["run"].complete
    assert names["tests"].equivalence()["margin"].tolist()[0] == 0.1
    assert names["on_mine"].metrics().index.tolist() == ["digits"]
    assert names["scores"].metrics()["tried"].sum() == 29


def bench(**settings: Any) -> Any:
    return pa.bench("sample", {"digits": digits}, split="all", draws=200, audit=False, floors=False, **settings)


def test_metrics_are_scikit_learns() -> None:
    from sklearn.metrics import average_precision_score, roc_auc_score

    run = bench(out="run")
    reviews, metrics = run.reviews(), run.metrics().loc["digits"]
    assert metrics["roc_auc"] == pytest.approx(roc_auc_score(reviews["accepted"], reviews["score"]))
    expected = average_precision_score(reviews["accepted"], reviews["score"])
    assert metrics["average_precision"] == pytest.approx(expected)
    assert metrics["roc_auc_low"] < metrics["roc_auc"] < metrics["roc_auc_high"]
    assert metrics[["tp", "fp", "fn", "tn"]].sum() == metrics["n"] == 32
    assert not {"auc", "mcc", "mae", "brier"} & set(run.metrics().columns)


def test_the_command_gives_the_same_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    from peerassay.cli.main import cli

    ours = pa.bench("sample", "floor:random", split="all", draws=200, audit=False, out="ours")
    arguments = ["bench", "-d", "sample", "-r", "floor:random", "--split", "all", "--draws", "200", "--no-audit"]
    monkeypatch.setattr(sys, "argv", ["peerassay", *arguments])
    cli.main([*arguments, "--out", "theirs"], standalone_mode=False)
    seconds = ["seconds_per_review"]
    assert ours.metrics().drop(columns=seconds).equals(pa.open_run("theirs").metrics().drop(columns=seconds))


def test_a_reached_budget_and_failures_are_told_by_the_result() -> None:
    def dear(paper: pa.Paper) -> dict[str, Any]:
        return {"overall": len(paper.text), "usage": {"usd": 1.0}}

    run = pa.bench("sample", dear, split="all", audit=False, floors=False, out="dear", budget=3.5)
    assert run.budget_reached and not run.complete
    assert 1 <= len(run.reviews()) <= 4
    with pytest.raises(pa.InputError, match="start the same bench command again"):
        run.metrics()

    def moody(paper: pa.Paper) -> float:
        if paper.id < "4":
            raise ValueError("no such papers, please")
        return 1.0 * len(paper.text)

    failing = pa.bench("sample", moody, split="all", audit=False, floors=False, draws=200, out="moody")
    assert 0 < len(failing.failures()) < 32
    assert "no such papers, please" in failing.failures()["reason"].iloc[0]
    reviewed = pa.review(pa.load_dataset("sample").papers[:2], dear, budget=0.5)
    assert len(reviewed) + reviewed.found.left == 2


def test_an_edited_function_reviews_anew_in_a_folder_of_its_own() -> None:
    first = pa.bench("sample", {"mine": digits}, split="all", limit=8, audit=False, floors=False, draws=200)

    def other(paper: pa.Paper) -> float:
        return -digits(paper)

    second = pa.bench("sample", {"mine": other}, split="all", limit=8, audit=False, floors=False, draws=200)
    again = pa.bench("sample", {"mine": digits}, split="all", limit=8, audit=False, floors=False, draws=200)
    assert first.folder == again.folder != second.folder
    assert second.metrics()["roc_auc"].iloc[0] == pytest.approx(1 - first.metrics()["roc_auc"].iloc[0])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: pa.bench("sampel", digits), "unknown dataset 'sampel'; did you mean sample?"),
        (lambda: pa.bench("sample", "nobody"), "unknown reviewer"),
        (lambda: pa.bench("sample", [lambda _: 1]), "a function without a name"),
        (lambda: pa.bench("sample", [3]), "a int is no reviewer"),  # pyright: ignore[reportArgumentType]
        (lambda: pa.bench("sample", digits, spilt="all"), "unknown setting 'spilt'; did you mean split"),
        (lambda: pa.bench("sample", digits, budget=float("nan")), "not a number of US dollars"),
        (lambda: pa.bench("sample", digits, split="tset"), "no papers in split 'tset'"),
        (lambda: pa.review("nothing.pdf"), "nothing.pdf"),
        (lambda: pa.review([]), "no papers named"),
        (lambda: pa.score("nowhere"), "nowhere"),
        (lambda: pa.compare([]), "no run to compare"),
        (lambda: pa.open_run("nowhere"), "nowhere"),
        (lambda: pa.import_dataset("sample", "x.csv"), "is a bundled one"),
        (lambda: pa.import_dataset("mine", "x.csv"), "no such file or folder"),
        (lambda: pa.evaluate("x.csv"), "unknown file 'x.csv'; looked for a table of scores"),
    ],
)
def test_wrong_input_is_one_line(call: Any, message: str) -> None:
    with pytest.raises(pa.InputError) as raised:
        call()
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)


def test_public_names_are_there_and_listed() -> None:
    assert set(pa.__all__) <= set(dir(pa))
    assert all(getattr(pa, name) is not None for name in pa.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = pa.nothing


def test_the_function_bench_and_the_package_of_that_name_are_one() -> None:
    import peerassay.bench.mixes

    assert callable(peerassay.bench)
    assert "budget" in inspect.signature(peerassay.bench).parameters
    assert peerassay.bench.mixes.FEWEST


def test_type_checkers_see_what_is_offered() -> None:
    source = (ROOT / "peerassay" / "__init__.py").read_text(encoding="utf-8")
    declared = set(re.findall(r"import (\w+) as \1", source))
    assert declared == set(pa.__all__) - {"__version__"}


def test_a_table_has_its_forms() -> None:
    run = bench(out="run")
    assert "\\toprule" in run.table("latex")
    assert run.table("md").startswith("### Scores")
    assert run.table("csv").startswith("Reviewer,")
    with pytest.raises(pa.InputError, match="unknown form of a table 'word'"):
        run.table("word")
    with pytest.raises(pa.InputError, match="unknown table '99'"):
        run.table("md", 99)
    assert run._repr_markdown_() == run.table("md")


def test_every_drawing_takes_axes_or_makes_them() -> None:
    run = bench(out="run")
    axes = plt.subplots()[1]
    assert run.plot_roc(ax=axes) is axes
    for made in (run.plot_roc(), run.plot_reliability("digits"), run.plot_confusion("digits")):
        assert made.figure is not None and made is not axes
    with pytest.raises(pa.InputError, match="unknown reviewer 'digit'; did you mean digits"):
        run.plot_confusion("digit")


def test_the_audit_of_the_sample(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PEERASSAY_CACHE", str(tmp_path / "cache"))
    with pytest.raises(pa.InputError):
        pa.audit(pa.load_dataset("sample").subset("all", 6))
