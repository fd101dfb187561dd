"""What visitors choose on the boards' pages, in headless Chromium: columns, an order, what they take along."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from peerassay.leaderboards.site.naming import name_cell, readable
from site_fixtures import realistic_boards

RAW = "#table-iclr2022-test-raw"


def downloaded(page: Any, table: str, words: str) -> str:
    with page.expect_download() as found:
        page.click(f".scroll:has({table}) + .actions button:text-is('{words}')")
    path = Path(found.value.path())
    assert found.value.suggested_filename == f"{table.removeprefix('#')}.{words.lower()}"
    return path.read_bytes().decode("utf-8")


def visible_heads(page: Any, table: str) -> list[str]:
    return page.locator(f"{table} thead th:visible .label").all_text_contents()


def test_columns_that_are_not_ticked_are_hidden_in_all_tables_and_in_the_address(page: Any, base: str) -> None:
    page.goto(f"{base}/site/reviewers.html")
    page.click("summary:text-is('Columns')")
    for key in ("f1", "bar"):
        page.uncheck(f"[name=column][value={key}]")
    assert "F1" not in visible_heads(page, RAW) and "95% interval" not in visible_heads(page, RAW)
    assert page.locator("[data-sortable] td:visible svg").count() == 0
    assert page.locator("[name=column][value=name]").count() == 0
    other = page.context.new_page()
    other.goto(page.url)
    assert visible_heads(other, RAW) == visible_heads(page, RAW)
    assert not other.is_checked("[name=column][value=f1]") and other.is_checked("[name=column][value=auc]")
    other.click("button[type=reset]")
    other.wait_for_url(lambda url: "#" not in url)
    assert "F1" in visible_heads(other, RAW)


def test_one_metric_orders_all_tables_and_rank_brings_the_first_order_back(page: Any, root: Path) -> None:
    page.goto(f"{root.as_uri()}/site/reviewers.html")
    names = f"{RAW} tbody th a"
    first = page.locator(names).all_text_contents()
    page.click(f"{RAW} th[data-key=cost] button")
    page.select_option("[name=order]", "fpr:ascending")
    assert page.locator("th[data-key=fpr][aria-sort=ascending]").count() == 3
    ordered = page.locator(names).all_text_contents()
    assert ordered != first and "order=fpr" in page.url and "sort." not in page.url
    other = page.context.new_page()
    other.goto(page.url)
    assert other.locator(names).all_text_contents() == ordered
    page.select_option("[name=order]", "")
    assert page.locator(names).all_text_contents() == first and page.locator("[aria-sort]").count() == 0


def test_a_download_has_the_rows_and_columns_that_are_shown_in_their_order(page: Any, base: str) -> None:
    page.goto(f"{base}/site/reviewers.html#kind=llm&hide=f1.mcc&sort.table-iclr2022-test-raw=auc:ascending")
    rows = list(csv.DictReader(io.StringIO(downloaded(page, RAW, "CSV"))))
    assert [r["Reviewer"] for r in rows] == page.locator(f"{RAW} tbody tr:visible th a").all_text_contents()
    assert len(rows) == 4 and "F1" not in rows[0] and "MCC" not in rows[0] and "Accuracy" in rows[0]
    board = next(b for b in realistic_boards().reviewers if b.text == "raw")
    known = {e.result.name: e.result.figures.scores.get("auc") for e in board.entries}
    for row in rows:
        auc = known[row["Reviewer"]]
        assert [float(row[name]) for name in ("AUC", "AUC, low", "AUC, high")] == [auc.value, auc.low, auc.high]
    assert [float(r["AUC"]) for r in rows] == sorted(float(r["AUC"]) for r in rows)
    document = json.loads(downloaded(page, RAW, "JSON"))
    assert [r["Reviewer"] for r in document["rows"]] == [r["Reviewer"] for r in rows]
    assert document["page"] == page.url and document["title"] == "ICLR2022, test split, raw text"
    assert document["rows"][0]["AUC"] == float(rows[0]["AUC"])


def test_hostile_names_are_text_in_a_download_and_no_formula(page: Any, root: Path) -> None:
    page.goto(f"{root.as_uri()}/hostile/reviewers.html")
    table = "#" + page.get_attribute("[data-sortable]", "id")
    page.evaluate("document.querySelector('[data-sortable] tbody th bdi').textContent = '=HYPERLINK(1)'")
    rows = list(csv.DictReader(io.StringIO(downloaded(page, table, "CSV"))))
    assert rows[0]["Reviewer"] == "'=HYPERLINK(1)"
    names = page.locator("tbody th").evaluate_all("all => all.map(th => th.querySelector('bdi').textContent)")
    assert [row["Reviewer"].removeprefix("'=") for row in rows[:8]] == [name.removeprefix("=") for name in names[:8]]
    assert page.evaluate("window.hacked") is None


@pytest.mark.parametrize(
    ("name", "spec", "shown", "beneath"),
    [
        ("replay:gpt", "replay:bundled:gpt-4o-1shot", "GPT-4o, 1-shot (released)", "replay:bundled:gpt-4o-1shot"),
        ("replay:mine", "replay:mine.csv", "mine", "replay:mine.csv"),
        ("floor:length", "replay:bundled:floor-length", "floor:length", ""),
        ("openai/gpt-5", "openai/gpt-5", "openai/gpt-5", ""),
        ("replay:x", "replay:bundled:nobody", "x", "replay:bundled:nobody"),
    ],
)  # fmt: skip
def test_replays_have_readable_names_with_the_spec_beneath(name: str, spec: str, shown: str, beneath: str) -> None:
    result = realistic_boards().reviewers[0].entries[0].result.model_copy(update={"name": name, "spec": spec})
    assert (readable(result), name_cell(result, "", ()).small) == (shown, beneath)
