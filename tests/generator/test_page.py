"""The page of a run: it says what happened, for runs of all kinds, and nothing that a model wrote is more than text."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from base64 import b64decode, b64encode
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from made_run import make_run
from peerassay.data.errors import InputError
from peerassay.data.files import write_json
from peerassay.generator.latex.document import Draft
from peerassay.generator.page.code import MOST_BYTES, difference
from peerassay.generator.page.curves import curves_of
from peerassay.generator.page.drawings import MOST_POINTS, _thinned
from peerassay.generator.page.live import LivePage
from peerassay.generator.page.paper import abstract_of, figures_of
from peerassay.generator.page.reading import LONGEST_LINE, Reader
from peerassay.generator.page.write import write_pages
from peerassay.generator.state import State

HOSTILE = "</script></pre><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7 * 7 }}\" onload='alert(3)' \u202e"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Elements(HTMLParser):
    """Tags with their attributes, and the text between them."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page.read_text())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, name: str) -> list[str]:
        """The values of an attribute."""
        return [value for _, attributes in self.found if (value := attributes.get(name)) is not None]


def write(folder: Path, *, running: bool = False) -> Elements:
    return Elements(write_pages(folder, running=running))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two pages, of a run of one idea and of a batch, all of whose words are hostile."""
    folder = tmp_path_factory.mktemp("hostile")
    for name, ideas in (("one", 1), ("two", 2)):
        write_pages(make_run(folder / name, HOSTILE, ideas=ideas), running=False)
    return folder


PAGES = ("one/index.html", "two/index.html", "two/idea_01/index.html")


@pytest.mark.parametrize("page", PAGES)
def test_what_a_model_or_a_log_says_stays_text(hostile: Path, page: str) -> None:
    elements = Elements(hostile / page)
    assert not {"iframe", "object", "embed", "form", "base"} & {tag for tag, _ in elements.found}
    page_policy = next(a["content"] for t, a in elements.found if a.get("http-equiv") == "Content-Security-Policy")
    own = re.findall(r"<script>(.*?)</script>", (hostile / page).read_text(), re.DOTALL)
    hashes = [b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in own]
    assert len(own) == len([tag for tag, _ in elements.found if tag == "script"])
    assert all(f"'sha256-{one}'" in str(page_policy) for one in hashes), "no script but those that the policy names"
    assert not [name for _, attributes in elements.found for name in attributes if name.startswith("on")]
    assert all(source.startswith("data:image/") for source in elements.all("src"))
    assert all(not href.startswith(("/", "http", "javascript", "data")) for href in elements.all("href"))
    assert elements.text.count("<script>alert(1)</script>") >= (4 if page == "two/index.html" else 15)
    assert "{{ 7 * 7 }}" in elements.text and "\u202e" not in elements.text


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine: apt-get install chromium")
def test_a_browser_runs_nothing_of_it_and_needs_no_scrolling_sideways(hostile: Path) -> None:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (extra: dev)")
    wrong: list[str] = []
    with playwright.sync_playwright() as started:
        arguments = ["--disable-gpu", "--disable-dev-shm-usage"] + (["--no-sandbox"] if os.geteuid() == 0 else [])
        browser = started.chromium.launch(executable_path=CHROMIUM, args=arguments)
        for width, scheme in ((1280, "light"), (390, "dark")):
            page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
            page.on("console", lambda message: wrong.append(message.text))
            page.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
            page.on("request", lambda request: wrong.append(request.url) if request.url.startswith("http") else None)
            for name in PAGES:
                page.goto((hostile / name).as_uri())
                assert page.evaluate("document.documentElement.scrollWidth") <= width
                assert "alert(1)" in page.inner_text("body")
        browser.close()
    assert wrong == []


def test_a_finished_run_says_what_came_of_it_and_why(tmp_path: Path) -> None:
    page = write(make_run(tmp_path / "run"))
    assert "Done with problems. 1 problem in the PDF; 1 of 3 numbers do not trace; 1 of 1 words" in " ".join(
        page.text.split()
    )
    assert "contradicts the means (plain)" in page.text
    assert "1.25" in page.text and "−20.0%" in page.text
    assert "+a = 2  # plain" in page.text and "-a = 1" in page.text
    assert "experiments said plain" in page.text
    assert not [a for tag, a in page.found if tag == "meta" and a.get("http-equiv") == "refresh"]


def test_a_run_that_goes_on_loads_itself_again_and_one_that_was_killed_says_where(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "run", until="plots")
    page = write(folder, running=True)
    assert [a["content"] for tag, a in page.found if tag == "meta" and a.get("http-equiv") == "refresh"] == ["10"]
    assert "Running. plots" in page.text
    page = write(folder)
    assert "Stopped. at plots" in page.text and "refresh" not in page.all("http-equiv")


def test_a_failed_stage_is_told_with_its_reason(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "run", until="experiments")
    state = State.read(folder / "idea_01")
    state.mark("experiments", "failed", "no experiment ran to its end")
    state.write(folder / "idea_01")
    assert "Failed. experiments: no experiment ran to its end" in write(folder).text


def test_what_cannot_be_read_is_named_and_the_rest_is_shown(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "run")
    (folder / "idea_01" / "audit.json").write_text("{")
    write_json(folder / "idea_01" / "figures.json", {"broken.png": "", "missing.png": ""})
    (folder / "idea_01" / "latex").mkdir()
    (folder / "idea_01" / "latex" / "broken.png").write_bytes(b"\x89PNG no")
    page = write(folder)
    assert "audit.json:1: not JSON" in page.text
    assert "broken.png: no image" in page.text and "missing.png: the file is not there" in page.text
    assert "experiments said plain" in page.text


def test_a_run_before_its_first_idea_has_a_page(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "run")
    shutil.rmtree(folder / "idea_01")
    assert "No idea has been begun yet" in write(folder, running=True).text
    with pytest.raises(InputError, match="no run of the scientist there"):
        write_pages(tmp_path, running=False)


def test_numbers_in_formulas_of_an_abstract_are_text(tmp_path: Path) -> None:
    abstract = r"It changes by $-6.7$\% ($p < 0.001$, $0.3 \pm 0.1$) for \$5 and \$6; $\beta_1 = 0.9$."
    write_json(tmp_path / "draft.json", Draft(title="", abstract=abstract, sections={}).model_dump(mode="json"))
    shown = "It changes by −6.7% (p < 0.001, 0.3 ± 0.1) for $5 and $6; $\\beta_1 = 0.9$."
    assert abstract_of(Reader(tmp_path), tmp_path) == shown


def test_no_link_of_an_experiment_leads_the_page_out_of_the_run(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "run")
    secret = tmp_path / "secret.txt"
    secret.write_text(json.dumps([{"step": 1, "hidden": 1}, {"step": 2, "hidden": 2}]))
    (folder / "idea_01" / "logs" / "run_2.log").unlink()
    for link in ("logs/run_2.log", "snapshots/run_2/stolen.py", "workspace/run_1/all_results.json"):
        (folder / "idea_01" / link).symlink_to(secret)
    page = write(folder)
    assert "hidden" not in page.text and not page.all("src")


def test_logs_and_changes_are_cut_and_say_where_the_rest_is(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "run")
    log = folder / "idea_01" / "logs" / "run_1.log"
    log.write_text("first\n" + "".join(f"line {i}\n" for i in range(50_000)) + "10%\r50%\r100%\r\n" + "z" * 900)
    (folder / "idea_01" / "snapshots" / "run_1" / "experiment.py").write_text("x = 1\n" * 5_000)
    page = write(folder)
    tail = Reader(folder).tail(log)
    assert tail is not None and tail.text.splitlines()[-2:] == ["100%", "z" * LONGEST_LINE + "…"]
    assert "line 49990" in page.text and "line 100\n" not in page.text
    assert "The whole is in idea_01/logs/run_1.log" in page.text
    assert "lines more: compare idea_01/snapshots/run_0 with idea_01/snapshots/run_1" in page.text
    assert len((folder / "index.html").read_bytes()) < 150_000


def test_large_images_are_made_smaller_and_pdf_figures_are_drawn(tmp_path: Path) -> None:
    from PIL import Image

    folder = make_run(tmp_path / "run")
    latex = folder / "idea_01" / "latex"
    latex.mkdir()
    Image.effect_noise((3000, 1500), 90).save(latex / "large.png")
    Image.new("RGB", (300, 200), "red").save(latex / "drawn.pdf")
    write_json(folder / "idea_01" / "figures.json", {"large.png": "", "drawn.pdf": ""})
    page = write(folder)
    assert [source.partition(";")[0] for source in page.all("src")] == ["data:image/png", "data:image/jpeg"]
    assert (latex / "large.png").stat().st_size > 1_000_000 > len((folder / "index.html").read_bytes())


def test_curves_are_found_whatever_the_template_calls_them_and_nothing_is_unpickled(tmp_path: Path) -> None:
    run = tmp_path / "run_1"
    run.mkdir()
    reader = Reader(tmp_path)
    seeds = [{"curve": [{"step": s, "loss": 1 / (s + seed)} for s in (1, 2, 3)]} for seed in (0, 1)]
    (run / "all_results.json").write_text(json.dumps({"data": {"runs": seeds}}))
    assert curves_of(reader, run)["data", "loss"] == ([1, 2, 3], pytest.approx([3 / 4, 5 / 12, 7 / 24]))
    (run / "all_results.json").unlink()
    np.savez(
        run / "all_results.npz", add_step=[10, 20], add_loss=np.array([[1.0, 2.0], [3.0, 4.0]]), points=np.ones((90, 2))
    )
    assert curves_of(reader, run) == {("add", "loss"): ([10.0, 20.0], [2.0, 3.0])}
    np.savez(run / "all_results.npz", add_loss=np.array([{"an": "object"}] * 2, dtype=object))
    assert curves_of(reader, run) == {} and "cannot be read" in reader.unread[0]


def test_curves_of_all_runs_are_drawn_to_their_end_and_each_run_is_named(tmp_path: Path) -> None:
    """A run that is alone in its panel stands in the legend too."""
    folder = make_run(tmp_path / "run")
    losses = {"run_0": "train", "run_1": "val"}
    for run, name in losses.items():
        records = [{"step": step, name: 1 / (1 + step)} for step in range(605)]
        (folder / "idea_01" / "workspace" / run / "all_results.json").write_text(json.dumps({"data_a": records}))
    page = write(folder)
    (image,) = [found for found in page.all("src") if found.startswith("data:image/svg")]
    drawn = b64decode(image.partition(",")[2]).decode()
    for said in ("data a train", "data a val", "run_0: Baseline", "run_1: plain"):
        assert f"<!-- {said} -->" in drawn, "matplotlib notes what it draws as outlines"
    reader = Reader(folder)
    whole = curves_of(reader, folder / "idea_01" / "workspace" / "run_0")
    x, y = _thinned(whole, ("data_a", "train"))
    assert (x[-1], y[-1]) == (604, 1 / 605) and len(x) == len(y) == 202 <= MOST_POINTS
    assert reader.unread == []


@pytest.fixture
def told() -> Iterator[list[tuple[str, str]]]:
    yield []


def test_what_is_told_reaches_terminal_file_and_page(tmp_path: Path, told: list[tuple[str, str]]) -> None:
    folder = make_run(tmp_path / "run", ideas=2, until="plots")
    page = LivePage(folder, lambda idea, line: told.append((idea, line)))
    page.told("idea_02", "run_7: something new")
    assert told == [("idea_02", "run_7: something new")]
    assert "run_7: something new" in Elements(folder / "idea_02" / "index.html").text
    assert "run_7: something new" not in Elements(folder / "idea_01" / "index.html").text


def test_a_page_that_cannot_be_written_is_told_once_and_ends_nothing(
    tmp_path: Path, told: list[tuple[str, str]]
) -> None:
    folder = make_run(tmp_path / "run")
    (folder / "index.html").mkdir()
    page = LivePage(folder, lambda idea, line: told.append((idea, line)))
    for _ in range(3):
        page.told("idea_01", "on it goes")
    complaints = [line for idea, line in told if idea == "page"]
    assert len(complaints) == 1 and "index.html" in complaints[0]
    assert len(told) == 4


def test_a_figure_has_the_caption_of_its_own_file(tmp_path: Path) -> None:
    latex = make_run(tmp_path / "run") / "idea_01" / "latex"
    latex.mkdir()
    write_json(latex.parent / "figures.json", {"loss.png": "a", "val_loss.png": "b", "fig.loss.png": "c"})
    figures = (("val_loss.png", "Validation."), ("fig.loss.png", "Third."), ("loss.png ", "Training."))
    (latex / "paper.tex").write_text(
        "".join(f"\\begin{{figure}}\\includegraphics{{{n}}}\\caption{{{c}}}\\end{{figure}}" for n, c in figures)
    )
    shown, _ = figures_of(Reader(tmp_path / "run"), latex.parent)
    assert {one.name: one.caption for one in shown} == {name.strip(): caption for name, caption in figures}


def test_a_file_too_large_to_compare_was_not_removed(tmp_path: Path) -> None:
    before, after = tmp_path / "run_0", tmp_path / "run_1"
    for folder, text in ((before, "a = 1\n"), (after, f"a = '{'x' * MOST_BYTES}'\n")):
        folder.mkdir()
        (folder / "experiment.py").write_text(text)
    change = difference(Reader(tmp_path), before, after)
    assert change is not None and [line.text for line in change.lines] == [
        "experiment.py",
        "not compared: it cannot be shown",
    ]


def test_a_run_that_diverged_has_a_curve_with_a_gap(tmp_path: Path) -> None:
    nan = float("nan")
    (tmp_path / "all_results.json").write_text(
        json.dumps({"a": {"loss": [*range(10), nan, float("inf")], "none": [nan] * 12}})
    )
    ((name, (x, y)),) = curves_of(Reader(tmp_path), tmp_path).items()
    assert name == ("a", "loss") and len(x) == 12 and np.isnan(y[10:]).all() and y[:10] == list(range(10))
    np.savez(tmp_path / "all_results.npz", a_loss=np.array([2.0, nan, 1.0]))
    (tmp_path / "all_results.json").unlink()
    ((_, (x, y)),) = curves_of(Reader(tmp_path), tmp_path).items()
    assert x == [0, 1, 2] and np.isnan(y[1]) and (y[0], y[2]) == (2, 1)


def test_seeds_are_averaged_where_their_steps_agree(tmp_path: Path) -> None:
    seeds = [[{"step": step, "loss": step * seed} for step in range(0, 40, every)] for seed, every in ((1, 5), (3, 10))]
    (tmp_path / "all_results.json").write_text(json.dumps({"a": seeds}))
    assert curves_of(Reader(tmp_path), tmp_path) == {("a", "loss"): ([0, 10, 20, 30], [0, 20, 40, 60])}


def test_arrays_are_drawn_along_their_own_steps(tmp_path: Path) -> None:
    """Steps under any name, for measures of several words, of more seeds than points; steps are no measure."""
    arrays = {
        "wine_cases": np.array([25, 50, 100]), "wine_log_loss": np.ones((20, 3)), "wine_bins": np.ones((20, 3, 10)),
        "x_div_y_step": np.array([0, 10]), "x_div_y_val_acc": np.array([[0.0, 1.0]] * 6), "alone_loss": np.arange(4.0),
    }  # fmt: skip
    np.savez(tmp_path / "all_results.npz", **arrays)
    assert curves_of(Reader(tmp_path), tmp_path) == {
        ("wine", "log_loss"): ([25, 50, 100], [1, 1, 1]),
        ("x_div_y", "val_acc"): ([0, 10], [0, 1]),
        ("alone", "loss"): ([0, 1, 2, 3], [0, 1, 2, 3]),
    }
