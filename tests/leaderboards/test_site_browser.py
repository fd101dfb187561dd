"""The site in headless Chromium, from files and over HTTP below a path: sorting, filters, colours, keyboard, phones."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from peerassay.presentation.pages import quiet
from site_fixtures import HOSTILE

VALUES = "table => [...table.tBodies[0].rows].map(row => [...row.cells].map(cell => cell.dataset.value ?? null))"
CLICKED = """() => [...document.querySelectorAll('[data-sortable] thead th')].map((head) => {
  const [table, heads] = [head.closest('table'), [...head.parentElement.cells]];
  const click = () => {
    head.querySelector('button').click();
    const values = [...table.tBodies[0].rows].map(row => row.cells[head.cellIndex].dataset.value ?? null);
    return [heads.map(other => other.getAttribute('aria-sort')).filter(Boolean), values];
  };
  return [head.dataset.type === 'number', [click(), click()]];
})"""
"""Each column: whether it is numeric, and after each of two clicks every aria-sort of the table and its values."""
SHOWN = "document.querySelectorAll('[data-sortable] tbody tr:not([hidden])').length"


def in_order(values: list[str | None], *, numeric: bool, descending: bool, page: Any) -> bool:
    """Whether the known values are in order and the unknown ones last."""
    known = [value for value in values if value is not None]
    if values != known + [None] * (len(values) - len(known)):
        return False
    if numeric:
        return [float(v) for v in known] == sorted((float(v) for v in known), reverse=descending)
    code = "([v, sign]) => v.every((x, i) => !i || sign * v[i - 1].localeCompare(x, 'en', {numeric: true}) <= 0)"
    return page.evaluate(code, [known, -1 if descending else 1])


@pytest.mark.parametrize(("base", "name"), [("file", "reviewers"), ("http", "generators")], indirect=["base"])
def test_every_column_sorts_both_ways(page: Any, base: str, name: str) -> None:
    page.goto(f"{base}/site/{name}.html")
    columns = page.evaluate(CLICKED)
    for numeric, clicks in columns:
        for sorts, values in clicks:
            assert len(sorts) == 1
            assert in_order(values, numeric=numeric, descending=sorts == ["descending"], page=page), values
        assert {sorts[0] for sorts, _ in clicks} == {"ascending", "descending"}
    assert len(columns) >= 36


def test_equal_values_keep_their_order(page: Any, root: Path) -> None:
    page.goto(f"{root.as_uri()}/site/reviewers.html")
    table = page.query_selector("[data-sortable]")
    before = [row[1] for row in table.evaluate(VALUES)]
    table.query_selector("th[data-key=status] button").click()
    after = [(row[-1], row[1]) for row in table.evaluate(VALUES)]
    for status in ("self-reported", "verified"):
        mine = [name for found, name in after if found == status]
        assert mine == [name for name in before if name in mine] and len(mine) > 2


def test_filters_hide_rows_and_tell_how_many_are_left(page: Any, root: Path) -> None:
    page.goto(f"{root.as_uri()}/site/reviewers.html")
    assert page.text_content(".shown") == "28 of 28 rows"
    page.select_option("[name=kind]", "floor")
    assert page.evaluate(SHOWN) == 6 and page.text_content(".shown") == "6 of 28 rows"
    page.select_option("[name=part]", "iclr2022-test-raw")
    assert page.evaluate(SHOWN) == 2
    assert page.locator("section[data-block]:visible").count() == 1
    page.fill("[name=q]", "LENGTH")
    assert page.evaluate(SHOWN) == 1
    page.fill("[name=q]", "nobody")
    assert page.text_content(".shown") == "No row matches"
    page.click("button[type=reset]")
    page.wait_for_selector(".shown:text-is('28 of 28 rows')")
    assert "=" not in page.url
    assert page.get_attribute(".shown", "aria-live") == "polite"


def test_a_template_can_be_chosen_and_takes_its_drawing_along(page: Any, root: Path) -> None:
    page.goto(f"{root.as_uri()}/site/generators.html")
    page.select_option("[name=part]", "grokking")
    assert page.locator("figure.scatter:visible").count() == 1
    assert page.locator("table:visible caption").all_text_contents()[1:] == ["Template: grokking"]


def test_the_state_is_in_the_address_and_comes_back(page: Any, base: str) -> None:
    page.goto(f"{base}/site/reviewers.html")
    page.select_option("[name=kind]", "llm")
    page.fill("[name=q]", "gpt&=# ")
    page.fill("[name=q]", "gpt")
    page.click("#table-iclr2022-test-raw th[data-key=cost] button")
    address, rows = page.url, page.inner_text("#table-iclr2022-test-raw tbody")
    assert "kind=llm" in address and "sort.table-iclr2022-test-raw=cost%3Aascending" in address
    other = page.context.new_page()
    other.goto(address)
    assert other.inner_text("#table-iclr2022-test-raw tbody") == rows
    assert other.input_value("[name=kind]") == "llm" and other.input_value("[name=q]") == "gpt"
    head = "#table-iclr2022-test-raw th[data-key=cost]"
    assert other.get_attribute(head, "aria-sort") == "ascending"
    assert other.text_content(".shown") == page.text_content(".shown") == "6 of 28 rows"


@pytest.mark.parametrize("state", ["kind=%00&sort.x=y:z", "sort.table-sample-test-scrubbed=auc:up", "__proto__=1&=&&"])
def test_an_address_with_nonsense_in_it_shows_a_whole_page(page: Any, root: Path, state: str) -> None:
    page.goto(f"{root.as_uri()}/site/reviewers.html#{state}")
    assert page.text_content(".shown") == "28 of 28 rows"
    assert page.locator("[aria-sort]").count() == 0


def test_an_anchor_still_leads_to_its_board(page: Any, root: Path) -> None:
    page.goto(f"{root.as_uri()}/site/index.html")
    page.click("main .more a >> nth=2")
    page.wait_for_url("**/reviewers.html#sample-test-scrubbed")
    top = page.evaluate("document.getElementById('sample-test-scrubbed').getBoundingClientRect().top")
    assert -1 <= top < 900


def test_colours_switch_and_stay_switched(page: Any, base: str) -> None:
    def background() -> str:
        return page.evaluate("getComputedStyle(document.body).backgroundColor")

    page.goto(f"{base}/site/index.html")
    light = background()
    page.click("[data-theme-choice=dark]")
    dark = background()
    assert dark != light and page.get_attribute("[data-theme-choice=dark]", "aria-pressed") == "true"
    page.goto(f"{base}/site/metrics.html")
    assert background() == dark
    page.emulate_media(color_scheme="dark")
    page.click("[data-theme-choice=light]")
    assert background() == light
    page.click("[data-theme-choice=auto]")
    assert background() == dark


def test_the_switch_works_where_storage_is_refused(page: Any, root: Path) -> None:
    refuse = "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError') }})"
    page.add_init_script(refuse)
    page.goto(f"{root.as_uri()}/site/reviewers.html")
    page.click("[data-theme-choice=dark]")
    assert page.get_attribute("html", "data-theme") == "dark"
    assert page.text_content(".shown") == "28 of 28 rows"


def test_the_keyboard_is_enough(page: Any, root: Path) -> None:
    page.goto(f"{root.as_uri()}/site/reviewers.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('th[data-key=auc] button')"):
            break
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert page.get_attribute("[data-sortable] th[data-key=auc]", "aria-sort") == "ascending"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "metrics.html#auc"


def test_no_page_scrolls_sideways_on_a_phone(page: Any, root: Path) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    entries = ("entries/iclr2022-test-scrubbed-0.html", "entries/0-0.html")
    hostile = ("entries/evil-test-scrubbed-0.html", "entries/9-7.html")
    for site, more in (("site", entries), ("hostile", hostile)):
        for name in ("index.html", "reviewers.html", "generators.html", "metrics.html", *more):
            page.goto(f"{root.as_uri()}/{site}/{name}")
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= 360, (site, name, width)


def test_wide_tables_scroll_in_their_own_box_with_the_name_in_view(page: Any, root: Path) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{root.as_uri()}/site/reviewers.html")
    box = page.query_selector(".scroll")
    box.evaluate("box => box.scrollTo(9999, 0)")
    assert box.evaluate("box => box.scrollLeft") > 300
    name = box.query_selector("tbody th").bounding_box()
    assert 0 <= name["x"] <= 30


def test_hostile_names_are_text_and_run_nothing(page: Any, base: str) -> None:
    names = ("index.html", "reviewers.html", "generators.html", "entries/evil-test-scrubbed-0.html", "entries/9-1.html")
    for name in names:
        page.goto(f"{base}/hostile/{name}")
        assert page.evaluate("window.hacked") is None
        assert page.evaluate(r"[...document.scripts].every(s => /\/static\/[a-z]+\.js$/.test(s.src))")
    page.goto(f"{base}/hostile/generators.html")
    heads = page.locator("table >> nth=0 >> tbody th").all_text_contents()
    assert [head.strip() for head in heads] == [quiet(name) for name in HOSTILE]
    page.goto(f"{base}/hostile/reviewers.html#q=%3Cscript%3Ewindow.hacked")
    assert page.input_value("[name=q]") == "<script>window.hacked"
    assert page.evaluate("window.hacked") is None
    page.goto(f"{base}/hostile/entries/evil-test-scrubbed-0.html")
    page.click(".sample summary")
    assert quiet(HOSTILE[0]) in page.inner_text(".sample dd")


def test_a_very_long_name_does_not_widen_anything(page: Any, root: Path) -> None:
    page.goto(f"{root.as_uri()}/hostile/generators.html")
    cell = page.locator("th.long").first.bounding_box()
    assert cell["width"] < 400 and cell["height"] < 160


def test_every_page_is_whole_without_javascript(browser: Any, root: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{root.as_uri()}/site/reviewers.html")
    assert page.locator("[data-sortable] tbody tr:visible").count() == 28
    assert page.locator("form:visible, .theme:visible, main button:visible").count() == 0
    page.goto(f"{root.as_uri()}/site/entries/iclr2022-test-scrubbed-0.html")
    page.locator(".sample summary").first.click()
    assert "dual-scale denoiser" in page.inner_text(".sample >> nth=0")
    context.close()


def test_drawings_are_where_their_numbers_are(page: Any, root: Path) -> None:
    page.goto(f"{root.as_uri()}/site/reviewers.html")
    rows = page.evaluate(
        """() => [...document.querySelectorAll('#table-iclr2022-test-raw tbody tr')].flatMap(row => {
        const dot = row.querySelector('svg .dot');
        return dot ? [[Number(row.cells[2].dataset.value), dot.getBoundingClientRect().x
          - dot.ownerSVGElement.getBoundingClientRect().x]] : [];
        })"""
    )
    assert len(rows) > 8
    (a, at_a), (b, at_b) = min(rows), max(rows)
    for value, at in rows:
        assert at == pytest.approx(at_a + (value - a) * (at_b - at_a) / (b - a), abs=0.3)
    labels = page.evaluate("[...document.querySelectorAll('svg.bar')].map(s => s.getAttribute('aria-label'))")
    assert all(label.startswith("AUC .") and "95% interval" in label for label in labels)


def test_the_command_can_be_copied(page: Any, server: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{server}/site/entries/0-0.html")
    page.click("[data-copy]")
    page.wait_for_selector("text=Copied")
    assert page.evaluate("navigator.clipboard.readText()") == page.text_content(".command pre")


def test_negative_numbers_have_the_sign_of_minus_and_downloads_a_hyphen(page: Any, root: Path) -> None:
    page.goto(f"{root.as_uri()}/site/generators.html")
    cells = page.evaluate("[...document.querySelectorAll('tbody td')].map(cell => cell.innerText)")
    assert not [cell for cell in cells if re.search(r"(?<!\w)-[.\d]", cell)]
    assert [cell for cell in cells if re.search(r"−\.\d", cell)]
    rows = page.evaluate("JSON.stringify([...document.querySelectorAll('[data-sortable]')].map(shownRows))")
    assert "-0." in rows
    assert not re.search(r"−[.\d]", rows)


def test_no_heading_ends_a_printed_page(page: Any, root: Path) -> None:
    page.goto(f"{root.as_uri()}/site/generators.html")
    page.emulate_media(media="print")
    breaks = "[...document.querySelectorAll('h2, h3, caption, thead')].map(one => getComputedStyle(one).breakAfter)"
    assert set(page.evaluate(breaks)) == {"avoid"}
