"""A model that sees: its findings on figures lead to other figures, those on pages to another text and caption."""

from __future__ import annotations

import asyncio
import base64
import io
import json
from collections.abc import Awaitable, Mapping
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from peerassay.data.errors import InputError
from peerassay.data.files import read_json
from peerassay.generator.figure_images import MOST, figure_parts
from peerassay.generator.ideas import Idea
from peerassay.generator.lab import Lab, LabSettings
from peerassay.generator.latex.document import Draft
from peerassay.generator.literature.search import Literature
from peerassay.generator.model_scientist.calls import filled, schema_of
from peerassay.generator.model_scientist.caption_edits import with_captions, without_captions
from peerassay.generator.model_scientist.expected import expect_views
from peerassay.generator.model_scientist.scientist import open_scientist
from peerassay.generator.model_scientist.viewing import FiguresSeen, PagesSeen, SeenFault
from peerassay.generator.nodes import Journal, Node, Value
from peerassay.generator.page.write import write_pages
from peerassay.generator.project import PaperSettings, Project
from peerassay.generator.sandbox.find import find_sandbox
from peerassay.generator.stages import plots
from peerassay.generator.template import Template, load_template
from peerassay.generator.viewing import (
    Finding,
    Viewing,
    counted,
    left,
    read_viewings,
    same_images,
    unused_images,
    write_viewings,
)
from peerassay.llm.errors import ModelUnusable
from peerassay.llm.session import Session
from PIL import Image
from test_model_scientist import PRICE, batch_of, bowl, needs_latex, scientist_of, session_of, told, work

from tests.data.made_pdfs import pdf, text
from tests.loopback.arrivals import arrivals
from tests.loopback.calls import ModelCall
from tests.loopback.running import Loopback
from tests.loopback.schema_rules import anthropic_problem, openai_problem

SEES = f"{PRICE}&vision=true&refinements=0"
PLOT = """
import json, pathlib
from PIL import Image, ImageDraw

labels = {"run_0": "Baseline"}
MARGIN = 8
WIDTH = 240
image = Image.new("RGB", (WIDTH, 120), "white")
for place, run in enumerate(labels):
    loss = json.loads(pathlib.Path(run, "final_info.json").read_text())["bowl"]["means"]["final_loss_mean"]
    ImageDraw.Draw(image).rectangle((20 + 60 * place, 110 - min(100, 300 * loss), 60 + 60 * place, 110), "navy")
image.save("loss.png")
"""


@pytest.fixture
def template(tmp_path: Path) -> Template:
    return bowl(tmp_path, PLOT, "A bowl.")


@pytest.fixture
def calls(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> list[ModelCall]:
    """All that reaches the model, as it arrives."""
    return arrivals(server, monkeypatch)


def project_of(folder: Path, template: Template, server: Loopback, session: Session, provider: str) -> Project:
    """A project whose experiments are made up, so that the figures come next."""
    lab = Lab(folder / "idea_01", template, find_sandbox(), LabSettings(plot_seconds=60))
    lab.idea = Idea(name="x", title="Warm Starts of Descent", experiment="Begin where another run has ended.")
    lab.set_up()
    nodes = [
        Node(run=f"run_{n}", label=label, status="ok", results={"bowl": {"final_loss_mean": Value(mean=0.1 + n / 10)}})
        for n, label in enumerate(("Baseline", "more noise"))
    ]
    for node in nodes:
        (lab.workspace / node.run).mkdir(exist_ok=True)
        means = {"final_loss_mean": node.results["bowl"]["final_loss_mean"].mean}
        (lab.workspace / node.run / "final_info.json").write_text(json.dumps({"bowl": {"means": means}}))
    Journal(nodes=nodes, done=True).write(lab.journal_path)
    url = server.openai_url if provider == "openai" else server.anthropic_url
    scientist = open_scientist(f"{provider}/author@{url}?{SEES}", session=session)
    return Project(lab, scientist, Literature((), None), cast(Any, None), session, PaperSettings())


def closing(project: Project, doing: Awaitable[Any]) -> Any:
    """What comes of it; connections are closed."""

    async def done() -> Any:
        try:
            return await doing
        finally:
            await project.session.aclose()

    return asyncio.run(done())


def plotted(project: Project) -> str:
    """The stage's message."""
    return closing(project, plots.plot(project))


def images_in(body: Mapping[str, Any]) -> list[tuple[str, bytes]]:
    """The images of a request in the providers' forms: media type and bytes."""
    parts = [part for turn in body["messages"] if isinstance(turn["content"], list) for part in turn["content"]]
    found = []
    for part in parts:
        if part["type"] == "image_url":
            head, _, data = part["image_url"]["url"].partition(";base64,")
            found.append((head.removeprefix("data:"), base64.b64decode(data)))
        elif part["type"] == "image":
            assert part["source"]["type"] == "base64"
            found.append((part["source"]["media_type"], base64.b64decode(part["source"]["data"])))
    return found


def pixels(content: bytes) -> np.ndarray[Any, Any]:
    with Image.open(io.BytesIO(content)) as image:
        return np.asarray(image.convert("RGB"))


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_a_figure_is_seen_as_drawn_and_what_is_found_leads_to_another_one(
    tmp_path: Path, server: Loopback, template: Template, calls: list[ModelCall], provider: str
) -> None:
    project = project_of(tmp_path, template, server, session_of(cached=False), provider)
    message = plotted(project)
    first, second = [call for call in calls if "Above you see the figures" in call.prompt]
    [(media, content)] = images_in(first.body)
    assert media == "image/png" and pixels(content).shape == (120, 240, 3)
    drawn = project.lab.latex / "loss.png"
    assert (pixels(images_in(second.body)[0][1]) == pixels(drawn.read_bytes())).all(), "the figure that stays"
    redraw = next(call for call in calls if "nobody can read it" in call.prompt)
    assert "the figures were drawn and looked at" in redraw.prompt and "Remedy: set WIDTH to 480" in redraw.prompt
    assert "WIDTH = 480" in (project.lab.workspace / "plot.py").read_text()
    assert pixels(drawn.read_bytes()).shape == (120, 480, 3)
    assert message == "1 figures; 1 seen, 0 findings"
    seen = read_viewings(project.folder, "figures")
    assert [[str(finding) for finding in viewing.findings] for viewing in seen] == [
        ["loss.png: major, legibility: it is 240 pixels wide, so that nobody can read it"], [],
    ]  # fmt: skip
    assert seen[1].shows == {"loss.png": "Bars, 480 by 120 pixels."} and left(project.folder) == []
    totals = project.session.metering.ledger.totals()
    assert totals["sight"].calls == 1 and totals["idea_01/view"].calls == 2


def test_a_drawing_that_is_no_better_is_given_up_and_nothing_more_is_asked(
    tmp_path: Path, server: Loopback, template: Template, calls: list[ModelCall]
) -> None:
    worse = 'image.save("loss.png")\nif WIDTH > 240:\n    Image.new("RGB", (9, 9)).save("more.png")\n'
    (template.folder / "plot.py").write_text(PLOT.replace('image.save("loss.png")\n', worse))
    project = project_of(tmp_path, template, server, session_of(cached=False), "openai")
    message = plotted(project)
    assert len([call for call in calls if "Above you see the figures" in call.prompt]) == 2
    assert "WIDTH = 240" in (project.lab.workspace / "plot.py").read_text()
    assert sorted(path.name for path in project.lab.latex.iterdir()) == ["loss.png"]
    seen = read_viewings(project.folder, "figures")
    assert [viewing.counts for viewing in seen] == [True, False] and counted(seen) == seen[0]
    assert message == "1 figures; 1 seen, 1 findings (1 major)"
    assert left(project.folder) == ["seen on loss.png: it is 240 pixels wide, so that nobody can read it"]


def test_what_was_paid_before_a_kill_is_not_paid_again(
    tmp_path: Path, server: Loopback, template: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PEERASSAY_CACHE", str(tmp_path / "cache"))
    draw, drawn = plots.draw, 0

    async def killed(lab: Lab, log: str = "plot.log") -> Any:
        nonlocal drawn
        drawn += 1
        if drawn == 2:
            raise KeyboardInterrupt
        return await draw(lab, log)

    monkeypatch.setattr(plots, "draw", killed)
    project = project_of(tmp_path, template, server, session_of(), "openai")
    with pytest.raises(KeyboardInterrupt):
        plotted(project)
    assert "WIDTH = 480" in (project.lab.workspace / "plot.py").read_text(), "the edit is made and paid"
    before = server.stats()
    session = session_of()
    again = Project(**{**vars(project), "session": session, "scientist": scientist_of(server, session, options=SEES)})
    plotted(again)
    after = server.stats()
    assert after["calls"] - before["calls"] == 1 and after["repeated"] == before["repeated"], "the second look alone"
    assert len(read_viewings(project.folder, "figures")) == 2
    plotted(again)
    assert server.stats()["calls"] == after["calls"]


def test_without_a_usable_answer_the_figures_stay_and_it_is_said(
    tmp_path: Path, server: Loopback, template: Template
) -> None:
    project = project_of(tmp_path, template, server, session_of(cached=False), "openai")
    assert project.scientist.viewer is not None
    closing(project, project.scientist.viewer.prepare())
    server.set_faults("malformed:1")
    message = plotted(project)
    assert "not looked at: figures: Field required" in message
    assert left(project.folder) == ["figures were not looked at: figures: Field required; findings: Field required"]


def test_an_endpoint_that_drops_images_and_a_model_that_takes_none_are_refused_first(
    tmp_path: Path, server: Loopback, template: Template
) -> None:
    project = project_of(tmp_path, template, server, session_of(cached=False), "openai")
    viewer = cast(Any, project.scientist.viewer)
    viewer.door.provider.model = "drops-images"
    with pytest.raises(ModelUnusable, match="'drops-images' was sent an image"):
        closing(project, viewer.prepare())
    with pytest.raises(InputError, match="gpt-3.5-turbo takes no images"):
        open_scientist("openai/gpt-3.5-turbo?vision=true", session=Session(dry=True))
    assert open_scientist("openai/gpt-3.5-turbo", session=Session(dry=True)).viewer is None


@needs_latex
def test_what_is_seen_on_the_pages_changes_text_and_caption(
    tmp_path: Path, server: Loopback, template: Template, calls: list[ModelCall]
) -> None:
    batch = batch_of(tmp_path / "out", server, template, Literature((), None), runs=1, options=SEES)
    lines = told(batch)
    states = work(batch)
    folder = tmp_path / "out" / "idea_01"
    assert [(name, stage.message) for name, stage in states[0].stages.items() if stage.status != "done"] == []
    looks = [call for call in calls if "of the paper as it will be read" in call.prompt]
    sizes = [[pixels(content).shape[1] for _, content in images_in(call.body)] for call in looks]
    assert len(looks) == 2 and all(len(pages) >= 3 and set(pages) <= {772, 773, 774, 1000} for pages in sizes)
    [improve] = [call for call in calls if "A review of it" in call.prompt]
    assert f"{len(sizes[0])} pages, and no word on the bars Remedy: say what they are" in improve.prompt
    assert 'name="Caption of fig:loss"' in improve.prompt
    tex = (folder / "latex" / "paper.tex").read_text()
    assert "The bars stand for the mean of the loss." in tex and "Bars are means.}" in tex
    first, second = read_viewings(folder, "pages")
    assert len(first.findings) == 1 and second.findings == ()
    assert not [problem for problem in states[0].problems if "seen" in problem]
    assert any(line.startswith("pages: ") and "1 findings (1 major)" in line for line in lines)
    page = write_pages(tmp_path / "out", running=False).read_text()
    assert "and no word on the bars" in page and "Bars, 480 by 120 pixels." in page
    assert read_json(folder / "audit.json")["unsupported"] == []


def test_findings_are_read_leniently() -> None:
    said = {"where": " `Loss` ", "kind": "Readability", "severity": "CRITICAL", "problem": "too\nsmall", "remedy": ""}
    finding = filled(SeenFault, said).finding(["loss.png", "other.png"])
    assert (finding.where, finding.kind, finding.severity) == ("loss.png", "other", "major")
    assert finding.problem == "too small"
    milder = filled(SeenFault, {**said, "kind": "Layout", "severity": "cosmetic", "where": "page 3"}).finding([])
    assert (milder.where, milder.kind, milder.severity) == ("page 3", "layout", "minor")
    for form in (FiguresSeen, PagesSeen):
        assert openai_problem(schema_of(form)) is None and anthropic_problem(schema_of(form)) is None


def test_copies_and_images_without_a_place_are_found_by_rule() -> None:
    [twin] = same_images({"a.png": b"1", "b.png": b"2", "c.png": b"1"})
    assert (twin.where, twin.problem, twin.by) == ("c.png", "it is the same image as a.png", "rule")
    [unused] = unused_images(["a.png", "b.png"], r"\includegraphics[width=1cm]{a.png}")
    assert unused.where == "b.png" and unused.severity == "minor"


def test_a_round_that_has_not_helped_weighs_as_much_or_more() -> None:
    finding = {"where": "a", "kind": "other", "severity": "minor", "problem": "p"}
    light = Viewing.model_validate({"shown": ["a"], "findings": [finding, finding]})
    heavy = Viewing.model_validate({"shown": ["a"], "findings": [{**finding, "severity": "major"}]})
    assert light.weight == 2 < heavy.weight == 3


def test_what_is_left_of_the_last_viewing_that_counts_is_a_problem_and_a_long_appendix_is_none(tmp_path: Path) -> None:
    finding = Finding(where="page 3", kind="agreement", severity="major", problem="another order of the runs")
    minor = finding.model_copy(update={"severity": "minor"})
    cut = ("the last 3 of 15 pages were not looked at",)
    write_viewings(tmp_path, "pages", [Viewing(shown=("page 1",), unseen=cut, findings=(finding, minor))])
    write_viewings(tmp_path, "figures", [Viewing(shown=(), unseen=("a.png: no image",)),
                                         Viewing(shown=("a.png",), findings=(finding,), counts=False)])  # fmt: skip
    assert left(tmp_path) == ["a.png: no image", "seen on page 3: another order of the runs"]
    (tmp_path / "pages_seen.json").write_text("[1]")
    with pytest.raises(InputError, match=r"pages_seen.json: no record of what was seen"):
        left(tmp_path)


def test_figures_of_any_format_are_shown_at_the_size_of_print_and_others_named() -> None:
    stream = io.BytesIO()
    Image.new("RGB", (2100, 900), "teal").save(stream, format="PNG")
    images = {"wide.png": stream.getvalue(), "drawn.pdf": pdf(text("a figure", y=700)), "broken.pdf": b"%PDF-1.4 no",
              "empty.png": b""}  # fmt: skip
    parts, unseen = figure_parts(images)
    assert {name: (part.width, part.height) for name, part in parts.items()} == {
        "wide.png": (840, 360), "drawn.pdf": (840, 1088),
    }  # fmt: skip
    assert len(unseen) == 2 and all("not looked at" in line for line in unseen)
    parts, unseen = figure_parts({f"{n}.png": stream.getvalue() for n in range(MOST + 2)})
    assert len(parts) == MOST and len(unseen) == 2


def test_captions_of_figures_are_changed_as_text_is_and_those_of_tables_stay() -> None:
    floats = {"fig:a": "\\begin{figure}\\caption{The \\emph{loss}.}\\label{fig:a}\\end{figure}",
              "tab:b": "\\begin{table}\\caption{All.}\\end{table}"}  # fmt: skip
    draft = Draft(title="T", abstract="A", sections={"Results": "R"})
    shown = with_captions(draft, floats)
    assert list(shown.sections) == ["Results", "Caption of fig:a"]
    assert without_captions(shown, floats) == (draft, floats)
    sections = {**shown.sections, "Caption of fig:a": "The \\emph{loss}\nby run."}
    again, changed = without_captions(shown.model_copy(update={"sections": sections}), floats)
    assert again == draft and "\\caption{The \\emph{loss} by run.}" in changed["fig:a"]
    assert changed["tab:b"] == floats["tab:b"]


@pytest.mark.parametrize(("options", "figures", "pages"), [("", 3, 2), ("&views=0", 1, 2)])
def test_the_dry_run_counts_the_looks_by_the_providers_rule(options: str, figures: int, pages: int) -> None:
    spec = f"anthropic/claude-x?vision=true&price_in=2&price_out=10{options}"
    expected = expect_views(spec, load_template("grokking"), ideas=2, improvements=1, pdf=True)
    assert {name: one.calls for name, one in expected.items()} == {
        "sight": 1, "figures": 2 * figures, "pages": 2 * pages,
    }  # fmt: skip
    image, page = -(-840 * 630 // 750), -(-1000 * 1294 // 750)
    one_look = expected["figures"].tokens.input / (2 * figures)
    assert 3 * image < one_look < 3 * image + 3000, "three figures of the template"
    one_page_look = expected["pages"].tokens.input / (2 * pages)
    assert 12 * page < one_page_look < 12 * page + 3000
    tokens = expected["pages"].tokens
    assert expected["pages"].usd == pytest.approx((2 * tokens.input + 10 * tokens.output) / 1e6)
    assert "pages" not in expect_views(spec, load_template("grokking"), ideas=2, improvements=1, pdf=False)
    assert expect_views("openai/gpt-4o", load_template("grokking"), ideas=1, improvements=1, pdf=True) == {}
    with pytest.raises(InputError, match="takes no images"):
        expect_views("openai/gpt-3.5-turbo?vision=true", load_template("grokking"), ideas=1, improvements=1, pdf=True)
