"""The report: complete, self-contained, escaped, and true to the figures."""

from __future__ import annotations

import base64
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from peerassay.bench.report import headlines, write_report
from peerassay.bench.summary import summarise
from peerassay.presentation.formats import markdown
from peerassay.presentation.numbers import show
from peerassay.presentation.pages import TEMPLATES, render
from peerassay.presentation.table import Table
from synthetic_run import HOSTILE, made_run
from test_plots import Summary, made_audit

FIGURES = ("roc", "reliability", "score_vs_rating", "confusion", "tiers", "pairs")
TWELVE = [f"openai/some-model-with-a-long-name_temperature_0.1_setting_number_{i}" for i in range(11)] + [HOSTILE]


class Page(HTMLParser):
    """Tags with their attributes, rows of cells, ids."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[str]] = []
        self._cell = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self._cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._cell = False

    def handle_data(self, data: str) -> None:
        if self._cell:
            self.rows[-1][-1] += data

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def twelve(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a reported run, drawn as SVG alone: twelve reviewers, one with failures, two floors, an audit."""
    folder = tmp_path_factory.mktemp("twelve")
    run = made_run(folder, [*TWELVE, "floor:coin", "floor:dice"], failures=3)
    summary = summarise(run, draws=200, audit=made_audit())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("peerassay.presentation.drawing.BESIDE", ())
        write_report(folder, *summary)
    return folder


@pytest.fixture(scope="module")
def single(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Summary]:
    """The folder and figures of a reported run of one reviewer, two floors and an audit, drawn in all forms."""
    folder = tmp_path_factory.mktemp("single")
    summary = summarise(made_run(folder, ["only", "floor:coin", "floor:dice"]), draws=200, audit=made_audit())
    write_report(folder, *summary)
    return folder, summary


def test_all_files_are_there(single: tuple[Path, Summary], twelve: Path) -> None:
    folder, _ = single
    assert (folder / "report.md").is_file()
    for name in (*FIGURES, "leaks"):
        assert (folder / "figures" / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        assert (folder / "figures" / f"{name}.pdf").read_bytes().startswith(b"%PDF")
        assert b"<svg" in (folder / "figures" / f"{name}.svg").read_bytes()
        assert b"<svg" in (twelve / "figures" / f"{name}.svg").read_bytes()


def test_the_page_needs_nothing_but_itself(twelve: Path) -> None:
    page = Page((twelve / "report.html").read_text())
    sources = [str(image["src"]) for image in page.of("img")]
    assert len(sources) == 7
    for source in sources:
        kind, _, data = source.partition(",")
        assert kind == "data:image/svg+xml;base64"
        assert b"<svg" in base64.b64decode(data)
    links = [value for _, attributes in page.tags for key, value in attributes.items() if key in ("href", "src")]
    assert all(str(link).startswith(("data:", "#")) for link in links)
    assert not page.of("script")
    assert not page.of("link")
    assert "url(" not in (twelve / "report.html").read_text()


def test_links_within_the_page_lead_somewhere(twelve: Path) -> None:
    page = Page((twelve / "report.html").read_text())
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {str(a["href"]).removeprefix("#") for a in page.of("a")} == set(ids)
    assert {section["aria-labelledby"] for section in page.of("section")} == set(ids)


def test_nothing_from_outside_becomes_markup(twelve: Path) -> None:
    html = (twelve / "report.html").read_text()
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "<script" not in (twelve / "report.md").read_text().split("Command:")[0]
    assert all(image["alt"] for image in Page(html).of("img"))


def test_tables_hold_the_figures(twelve: Path, single: tuple[Path, Summary]) -> None:
    folder, (figures, _, _) = single
    page = Page((folder / "report.html").read_text())
    reviewer = figures.reviewers[0]
    scores = next(row for row in page.rows if row[0] == "only")
    assert scores[1] == show(reviewer.scores["auc"])
    assert scores[3] == show(reviewer.scores["spearman"])
    row = reviewer.headline
    assert row is not None
    decisions = next(cells for cells in page.rows if cells[:2] == ["only", f"* {row.rule}"])
    assert decisions[2] == show(row.metrics["balanced_accuracy"])
    assert any(cells[0].startswith("human halves") for cells in page.rows)
    names = {cells[0] for cells in Page((twelve / "report.html").read_text()).rows if cells}
    assert {*TWELVE, "floor:coin", "floor:dice"} <= names


def test_rows_are_marked_by_what_they_are(twelve: Path) -> None:
    html = (twelve / "report.html").read_text()
    classes = [str(row.get("class", "")) for row in Page(html).of("tr")]
    assert "floor" in classes
    assert "ceiling" in classes
    assert "oracle" in classes
    assert classes.count("headline") == len(TWELVE)


def test_failures_notes_and_verdict_are_said(twelve: Path) -> None:
    for name in ("report.html", "report.md"):
        text = (twelve / name).read_text()
        assert "3 of 80 reviews failed and count as wrong" in text
        assert "Leak" in text
        assert "words" in text
        assert "Not verified: the scale of" in text
    assert "timeout &lt;script" in (twelve / "report.html").read_text()


def test_constructed_labels_are_said_and_ratings_not_shown(tmp_path: Path) -> None:
    run = made_run(tmp_path, ["floor:coin"], constructed=True)
    html = write_report(tmp_path, *summarise(run, draws=100)).read_text()
    assert "constructed labels" in html
    assert "Labels are constructed, not human" in html
    assert 'id="ratings"' not in html
    assert 'id="tiers"' not in html
    assert "No leak audit" in html
    assert not (tmp_path / "figures" / "score_vs_rating.png").exists()


def test_no_path_of_this_machine_is_on_the_page(single: tuple[Path, Summary]) -> None:
    folder, _ = single
    prose = re.sub(r"data:[^\"]*", "", (folder / "report.html").read_text())
    assert str(folder) not in prose
    assert str(Path.home()) not in prose


def test_headlines_end_with_the_best_floor(single: tuple[Path, Summary]) -> None:
    figures, _, machines = single[1]
    found = headlines(figures, machines)
    best = max(figures.reviewers[1:], key=lambda r: r.scores["auc"].value or 0)
    assert [h.name for h in found] == ["only", f"Best floor, {best.name}"]
    assert show(figures.reviewers[0].scores["auc"]) in found[0].rest
    assert found[0].rest.endswith("rank 1 of 3 by AUC.")


def test_markdown_tables_and_figures(single: tuple[Path, Summary]) -> None:
    folder, _ = single
    text = (folder / "report.md").read_text()
    assert "| Reviewer | AUC |" in text
    drawn = re.findall(r"\]\((figures/[^)]+)\)", text)
    assert len(drawn) == len(FIGURES) + 1
    assert all((folder / path).is_file() for path in drawn)


def test_the_base_page_can_be_extended() -> None:
    html = render(TEMPLATES, "base.html.j2")
    assert "Content-Security-Policy" in html
    assert "light-dark(" in html and "color-scheme: light dark" in html
    assert markdown(Table("t", ("a", "b"), (("x", "1"),)))
