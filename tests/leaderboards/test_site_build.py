"""The files of the site: what is written and removed, that names stay text, that links, tables and colours hold."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from peerassay.data.errors import InputError
from peerassay.leaderboards.boards import Bar, Boards, Histogram
from peerassay.leaderboards.records import GeneratorResult, ReviewerResult
from peerassay.leaderboards.site.axes import Point, score_ticks, spread
from peerassay.leaderboards.site.bars import ColumnAxis
from peerassay.leaderboards.site.build import MARKER, data_document, write_site
from peerassay.leaderboards.site.cells import money, ranked
from peerassay.leaderboards.site.charts import Scatter
from peerassay.leaderboards.site.entries import reviewer_facts
from peerassay.leaderboards.site.explanations import explanations
from peerassay.leaderboards.site.links import HERE, anchor, entry_pages
from peerassay.leaderboards.site.pages import generator_tops
from peerassay.leaderboards.site.template_part import scatter
from peerassay.presentation.pages import TEMPLATES, quiet
from peerassay.statistics.estimate import Estimate
from site_fixtures import HOSTILE, generator_entry, hostile_boards, realistic_boards

VOID = {"meta", "link", "input", "br", "wbr", "img"}


@dataclass
class Page(HTMLParser):
    """What a page is made of."""

    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for found, attributes in self.elements if found == tag]


def parsed(path: Path) -> Page:
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    page.close()
    assert page.open == []
    return page


@pytest.fixture(scope="module")
def site(root: Path) -> Path:
    return root / "site"


@pytest.fixture(scope="module")
def hostile(root: Path) -> Path:
    return root / "hostile"


def test_there_is_a_page_for_every_result(site: Path) -> None:
    names = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    top = {"index.html", "reviewers.html", "generators.html", "leaks.html", "metrics.html"} | {
        "submit.html",
        "compare.html",
    }
    assert names - top == set(entry_pages(realistic_boards()).values())
    assert len(names) == len(top) + 3 * 8 + 4 * 3


def test_every_link_leads_to_a_file_and_an_anchor(site: Path) -> None:
    pages = {path: parsed(path) for path in site.rglob("*.html")}
    ids = {path: [a["id"] for _, a in page.elements if "id" in a] for path, page in pages.items()}
    assert all(len(found) == len(set(found)) for found in ids.values())
    checked = 0
    for path, page in pages.items():
        inside = [a for a in page.all("a") + page.all("link") if not a.get("rel", "").startswith("external")]
        for link in [a["href"] for a in inside] + [a["src"] for a in page.all("script")]:
            name, _, fragment = link.partition("#")
            target = (path.parent / name).resolve() if name else path
            assert target.is_file(), (path, link)
            assert target.is_relative_to(site.resolve())
            assert not fragment or "=" in fragment or fragment in ids[target], (path, link)
            checked += 1
    assert checked > 1000


def test_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    for path in [*site.rglob("*.html"), *site.rglob("*.css"), *site.rglob("*.js")]:
        text = re.sub(r'<a href="https?://[^"]+" rel="external[^>]*>', "", path.read_text())
        loads = re.findall(r"(?:src|href|url|import|fetch)\s*[=(:]\s*[\"']?(?:https?:)?//[^\"')\s]+", text)
        assert loads == [], path


def test_tables_and_drawings_can_be_read_by_everybody(site: Path) -> None:
    for path in site.rglob("*.html"):
        page = parsed(path)
        assert len(page.all("caption")) == len(page.all("table"))
        assert all(a.get("scope") in ("col", "row") for a in page.all("th")), path
        assert all(a.get("aria-label") or a.get("aria-hidden") for a in page.all("svg")), path
        assert len(page.all("h1")) == 1
        assert all("style" not in a for _, a in page.elements), "the content policy would drop it"


def test_figures_of_the_records_are_on_the_pages(site: Path) -> None:
    entry = realistic_boards().reviewers[0].entries[0]
    auc = entry.result.figures.scores["auc"]
    shown = f"{auc.value:.3f}".removeprefix("0")
    board = "".join(parsed(site / "reviewers.html").text)
    assert shown in board and f"[{auc.low:.3f}".replace("0.", ".") in board
    assert "constructed by the dataset's authors" in "".join(parsed(site / "index.html").text)
    assert "base rate 29.4%" in board and "constructed by the dataset's authors, not human decisions" in board
    page = "".join(parsed(site / "entries" / f"{entry.result.id}.html").text)
    for row in entry.result.figures.decisions:
        assert row.rule in page
        assert f"{row.confusion['tp']} / {row.confusion['fp']} / {row.confusion['fn']} / {row.confusion['tn']}" in page
    assert "peerassay bench -d iclr2022 -r 'openai/gpt-5?ensemble=5' --split test" in page
    for reason, count in entry.result.figures.failures.items():
        assert f"{count} {reason}" in page
    assert entry.result.fingerprint in page and "SHA-256 " + "d" * 64 in page


def test_ceilings_have_no_rank_and_say_when_they_are_contaminated(site: Path) -> None:
    text = "".join(parsed(site / "reviewers.html").text)
    row = re.search(r"–\s*single human vs decision humans contaminated", text)
    assert row


def test_paths_of_refused_files_are_cut_to_their_last_parts(site: Path) -> None:
    text = "".join(parsed(site / "index.html").text)
    assert "reviewers/iclr2022-test/other.json" in text and "the score of paper 3f9a12bc was changed" in text
    assert "/home/me" not in text + (site / "data.json").read_text()


def test_every_head_with_a_question_mark_has_its_explanation(site: Path) -> None:
    explained = {e.anchor for chapter in explanations() for e in chapter.entries}
    asked = {a["href"] for path in site.rglob("*.html") for a in parsed(path).all("a") if "metrics.html#" in a["href"]}
    assert {href.partition("#")[2] for href in asked} <= explained
    assert all(e.what.endswith(".") and e.not_what.endswith(".") for chapter in explanations() for e in chapter.entries)


def test_hostile_names_stay_text(hostile: Path) -> None:
    shown = ""
    for path in hostile.rglob("*.html"):
        page = parsed(path)
        assert [a for a in page.all("script") if not re.search(r"static/[a-z]+\.js$", a["src"])] == []
        assert all(image["src"].startswith("../badges/") for image in page.all("img"))
        assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
        assert not [a for a in page.all("a") if a["href"].lower().startswith(("javascript", "data:"))]
        source = path.read_text(encoding="utf-8")
        assert not re.search("[\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]", source)
        shown += "".join(page.text)
    assert all(quiet(name) in shown for name in HOSTILE)
    assert "${49}" not in shown and "$49" not in shown


def test_two_names_that_differ_in_signs_only_have_two_anchors() -> None:
    assert anchor("iclr2022-test", "raw") == "iclr2022-test-raw"
    assert anchor("a/b") != anchor("a b") != anchor("a-b")
    assert all(re.fullmatch("[a-z0-9-]+", anchor(name)) for name in HOSTILE)
    assert len({anchor(name) for name in HOSTILE}) == len(HOSTILE)


@given(st.text())
def test_quiet_text_has_nothing_that_steers(text: str) -> None:
    assert not re.search(
        "[\x00-\x08\x7f-\x9f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]", quiet(text)
    )
    assert len(quiet(text)) == len(text)


def test_the_document_holds_the_records_and_is_the_same_every_time(site: Path) -> None:
    document = json.loads((site / "data.json").read_text())
    for board, told in zip(realistic_boards().reviewers, document["reviewers"], strict=True):
        for entry, row in zip(board.entries, told["entries"], strict=True):
            assert ReviewerResult.model_validate(row["result"]) == entry.result
    assert GeneratorResult.model_validate(document["generators"][0]["entries"][0]["result"]).name == "sonnet-3.5"
    assert data_document(realistic_boards()) == (site / "data.json").read_text()
    evil = data_document(hostile_boards())
    assert "<" not in evil and evil.isascii() and "alert(1)" in evil


def test_a_site_without_results_says_so(tmp_path: Path) -> None:
    index = write_site(Boards(reviewers=(), generators=()), tmp_path / "new" / "site")
    assert index == tmp_path / "new" / "site" / "index.html"
    for name in ("index", "reviewers", "generators"):
        assert "No results yet." in "".join(parsed(index.parent / f"{name}.html").text)


def test_a_new_build_removes_what_is_no_longer_needed_and_nothing_else(tmp_path: Path) -> None:
    boards = hostile_boards()
    write_site(boards, tmp_path)
    (tmp_path / "CNAME").write_text("example.org")
    (tmp_path / "entries" / "mine.txt").write_text("mine")
    write_site(replace(boards, reviewers=()), tmp_path)
    left = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert not [name for name in left if name.startswith("entries/evil-")]
    assert {"CNAME", "entries/mine.txt", "entries/9-0.html", "index.html"} <= left
    assert set((tmp_path / MARKER).read_text().split()) == left - {"CNAME", "entries/mine.txt", MARKER}


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(InputError, match="not empty and not a site"):
        write_site(hostile_boards(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_foreign_file_in_the_place_of_a_page_is_not_overwritten(tmp_path: Path) -> None:
    write_site(Boards(reviewers=(), generators=()), tmp_path)
    (tmp_path / "entries").mkdir()
    (tmp_path / "entries" / "9-0.html").write_text("mine")
    with pytest.raises(InputError, match=r"9-0\.html: not made by an earlier build"):
        write_site(hostile_boards(), tmp_path)
    assert (tmp_path / "entries" / "9-0.html").read_text() == "mine"


def test_a_marker_that_was_tampered_with_removes_nothing_outside(tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("mine")
    site = tmp_path / "site"
    write_site(Boards(reviewers=(), generators=()), site)
    (site / MARKER).write_text((site / MARKER).read_text() + f"../outside.txt\n{outside}\n")
    write_site(Boards(reviewers=(), generators=()), site)
    assert outside.read_text() == "mine"


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "site").write_text("a file")
    with pytest.raises(InputError, match="site: "):
        write_site(Boards(reviewers=(), generators=()), tmp_path / "site")


def test_results_of_two_boards_with_one_id_have_two_pages() -> None:
    boards = realistic_boards()
    first = boards.reviewers[0]
    result = first.entries[0].result.model_copy(update={"dataset": "another"})
    twin = replace(first, entries=(replace(first.entries[0], result=result),))
    pages = entry_pages(replace(boards, reviewers=(first, twin)))
    assert len(set(pages.values())) == len(pages)
    assert pages["reviewers", "another", result.id] == f"entries/{result.id}-2.html"


SHARED = (TEMPLATES / "style.css").read_text()
COLOURS = dict(re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}, #[0-9a-f]{6})\)", SHARED))
TEXT = [("ink", "page"), ("ink", "box"), ("soft", "page"), ("soft", "box"), ("link", "page"), ("link", "box"),
        ("alarm", "page"), ("alarm", "box"), ("fine", "page"), ("fine", "box"), ("note", "note-box"),
        ("ink", "note-box"), ("link", "note-box"), ("page", "ink")]  # fmt: skip
SHAPES = [
    ("mark", "page"),
    ("other", "page"),
    ("control", "page"),
    ("control", "box"),
    ("mark", "range"),
    ("quiet", "page"),
]


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2.2."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str, scheme: int) -> float:
    found = sorted(luminance(COLOURS[name].split(", ")[scheme]) for name in (one, other))
    return (found[1] + 0.05) / (found[0] + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_contrast_is_enough_in_both_schemes(scheme: int) -> None:
    assert {pair: contrast(*pair, scheme) for pair in TEXT if contrast(*pair, scheme) < 4.5} == {}
    assert {pair: contrast(*pair, scheme) for pair in SHAPES if contrast(*pair, scheme) < 3} == {}


RUN_PAGE = HERE.parents[1] / "generator/page/templates/run.css"


@pytest.mark.parametrize(
    "path",
    [TEMPLATES / "style.css", TEMPLATES / "report.css", HERE / "static/site.css", RUN_PAGE],
    ids=lambda p: p.name,
)
def test_colours_and_fonts_stand_once(path: Path) -> None:
    css = path.read_text()
    rules = css.partition(":root[data-theme")[2] or css
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b(?! \{| tbody)|rgb|hsl|serif|monospace", rules)
    assert set(re.findall(r"var\(--([\w-]+)\)", rules)) <= {*COLOURS, "wide", "sans", "mono"}


def test_ticks_are_round_and_on_the_axis() -> None:
    axis = ColumnAxis(0.3, 1.0, 8, 152)
    assert [label for _, label in axis.ticks(5)] == [".4", ".6", ".8", "1"]
    assert axis.at(0.3) == 8 and axis.at(1.0) == 152 and axis.at(7) == 152


def texts(points: list[Point]) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)<", Scatter("t", "AUC", "cost", tuple(points), (), 2).chart)


def test_costs_far_apart_are_on_a_logarithmic_axis_and_no_others() -> None:
    def costs(*usd: float) -> list[str]:
        found = texts([Point(str(cost), cost, Estimate(value=0.5, n=9), efficient=False) for cost in usd])
        return [text for text in found if text.startswith("$") or "logarithmic" in text]

    assert costs(0.01, 12.0) == ["$.01", "$.1", "$1", "$10", "cost, logarithmic →"]
    assert costs(0.0, 12.0) == ["$0", "$5", "$10"] == costs(2.0, 12.0)


def test_a_chart_has_the_colours_of_the_style_sheet_and_its_names_as_text() -> None:
    point = Point("<b>$x$\u202e</b>" + "y" * 40, 1.0, Estimate(value=0.5, low=0.4, high=0.6, n=9), efficient=True)
    drawn = Scatter("t", "AUC", "cost", (point,), (), 2).chart
    used = set(re.findall(r"(?:fill|stroke)=\"([^\"]+)\"", drawn))
    assert used - {"none"} and all(re.fullmatch(r"none|var\(--[a-z]+\)", colour) for colour in used)
    assert set(re.findall(r"var\(--([a-z]+)\)", drawn)) <= set(COLOURS)
    assert "&lt;b&gt;$x$\ufffd&lt;/b&gt;yyyyyyyyyyyyyy…" in texts([point]) and " style=" not in drawn


@given(st.lists(st.floats(1, 10), min_size=1, max_size=20))
def test_labels_of_a_scatter_stay_apart_and_inside(means: list[float]) -> None:
    places = [14 + 17.2 * mean for mean in means]
    found = spread(places, 14, 186)
    gap = min(13, 172 / max(len(means) - 1, 1))
    assert all(b - a >= gap - 0.11 for a, b in pairwise(sorted(found)))
    assert min(found) >= 13.9 and max(found) <= 186.1
    assert sorted(places) == [place for _, place in sorted(zip(found, places, strict=True))]


def test_bars_of_a_form_are_labelled_with_their_value_others_with_round_ones() -> None:
    def ticks(low: float, step: float, bars: int) -> list[str]:
        found = Histogram(("papers",), tuple(Bar(low + i * step, low + (i + 1) * step, (1,)) for i in range(bars)), 0)
        return score_ticks(found)[1]

    assert ticks(2.5, 1, 3) == ["3", "4", "5"]
    assert ticks(0.75, 0.5, 20) == ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]
    assert ticks(-3.1138, 0.1207, 20) == ["-3", "-2.5", "-2", "-1.5", "-1"]


def test_a_scatter_lists_configurations_without_a_cost() -> None:
    entries = [generator_entry(place, "nanogpt") for place in range(4)]
    plot = scatter("nanogpt", entries)
    assert plot is not None and plot.unknown == ("gpt-4o",)
    assert sorted(p.name for p in plot.points) == ["deepseek-coder", "offline", "sonnet-3.5"]
    assert scatter("nanogpt", entries[1:2]) is None
    assert scatter("nanogpt", [e for e in entries if e.result.figures.usd_per_paper == 0]) is None


def test_papers_of_humans_are_not_counted_as_entries() -> None:
    board = next(b for b in realistic_boards().generators if b.references)
    alone = replace(board, entries=board.entries[:2], strengths=())
    (top,) = generator_tops([alone], entry_pages(Boards(reviewers=(), generators=(alone,))))
    assert (len(top.table.rows), top.more) == (2, 0)


def test_training_is_told_of_the_papers_of_the_board_alone() -> None:
    """Of all papers that a reviewer was fitted on, a result knows those only that the dataset has too."""
    board = realistic_boards().reviewers[0]
    result = board.entries[0].result
    seen = result.model_copy(update={"figures": result.figures.model_copy(update={"in_sample": 7})})
    assert "Training" not in dict(reviewer_facts(result, board))
    assert dict(reviewer_facts(seen, board))["Training"] == "fitted on 7 of these papers"


def test_money_and_ranks_in_words() -> None:
    assert [str(money(usd)) for usd in (None, 0, 0.0031, 0.42, 12.4, 1234.5)] == [
        "–", "$0.00", "$0.0031", "$0.4200", "$12.40", "$1,234.50"
    ]  # fmt: skip
    places = [e.place for e in realistic_boards().reviewers[0].entries]
    assert [(str(ranked(p)), ranked(p).small) for p in places[:3]] == [("1=", "(1–2)"), ("1=", "(1–3)"), ("2", "(2–4)")]
    assert ranked(None).value is None
