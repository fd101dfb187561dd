"""Two entries side by side, in headless Chromium: their difference, its interval, and where they differ most."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from peerassay.bench.compare import compare
from peerassay.bench.resampled import Bootstrap
from peerassay.leaderboards.pairs import MOST, compared, generator_pairs, reviewer_pairs
from peerassay.leaderboards.recompute import board_humans, machine_from_scores
from peerassay.statistics.permutation import mean_difference
from scipy.stats import rankdata
from site_fixtures import HOSTILE, realistic_boards

BOARD = realistic_boards().reviewers[0]
ANCHOR = "iclr2022-test-scrubbed"
FIRST, SECOND = BOARD.entries[0].result, BOARD.entries[3].result
PAIR = f"compare.html#board={ANCHOR}&a={FIRST.id}&b={SECOND.id}"


def test_a_difference_is_the_one_that_compare_gives() -> None:
    humans = board_humans(BOARD.dataset)
    machines = [machine_from_scores(e.result.id, e.result.traits, e.result.papers, humans) for e in BOARD.entries]
    rows = {(r.a, r.b): r for r in compare(humans, machines, Bootstrap(humans, 50), only=("auc",))}
    pairs = reviewer_pairs(BOARD)
    assert len(pairs) == len(rows) == 21
    for pair in pairs:
        row = rows[BOARD.entries[pair.a].result.id, BOARD.entries[pair.b].result.id]
        assert (pair.difference, pair.low, pair.high) == (row.difference, row.low, row.high)


def test_configurations_are_compared_by_welch_intervals_of_their_papers() -> None:
    entries = realistic_boards().generators[0].entries[:4]
    pairs = list(generator_pairs(entries))
    assert [(p.a, p.b) for p in pairs] == [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]
    sides = [np.sort([i.score for i in e.result.ideas if i.score is not None]) for e in entries]
    difference, (low, high) = mean_difference([(sides[0], sides[3])])
    assert (pairs[2].difference, pairs[2].low, pairs[2].high) == pytest.approx((difference, low, high))
    alone = replace(entries[0], result=entries[0].result.model_copy(update={"ideas": ()}))
    assert list(generator_pairs([alone, entries[1]])) == []


@pytest.mark.parametrize(("papers", "entries"), [(500, 200), (20_000, 31), (30, 816)])
def test_all_pairs_are_compared_until_there_are_too_many(papers: int, entries: int) -> None:
    assert compared(papers) == entries and papers * entries * (entries - 1) / 2 <= MOST


def loads(root: Path, name: str) -> dict[str, Any]:
    text = (root / "site" / "compare" / f"{name}.js").read_text()
    return json.loads(re.fullmatch(r"peerassayBoard\((.*)\);\n", text).group(1))


def test_two_entries_stand_side_by_side_and_the_address_says_which(page: Any, base: str) -> None:
    page.goto(f"{base}/site/{PAIR}")
    page.wait_for_selector("#compared table")
    pair = next(p for p in reviewer_pairs(BOARD) if (p.a, p.b) == (0, 3))
    told = page.text_content(".shown-pair")
    assert told.startswith(f"AUC: +{pair.difference:.3f} [{pair.low:.3f}".replace("0.", ".").replace("-", "−"))
    assert page.input_value("[name=a]") == FIRST.id and page.input_value("[name=b]") == SECOND.id
    auc = page.locator("#compared table >> nth=0 >> tr", has=page.locator("th:text-is('AUC')")).locator("td")
    assert auc.all_text_contents()[0].startswith(f"{FIRST.figures.scores['auc'].value:.3f}".removeprefix("0"))
    page.click("[name=swap]")
    assert page.text_content(".shown-pair").startswith(f"AUC: −{pair.difference:.3f} [−".replace("0.", "."))
    assert f"a={SECOND.id}&b={FIRST.id}" in page.url
    other = page.context.new_page()
    other.goto(page.url)
    other.wait_for_selector("#compared table")
    assert other.inner_text("main") == page.inner_text("main")


def test_the_papers_on_which_two_differ_most_come_first(page: Any, root: Path) -> None:
    page.goto(f"{root.as_uri()}/site/{PAIR}")
    page.wait_for_selector("#compared table")
    rows = page.locator("#compared table >> nth=1 >> tbody tr")
    shown = rows.evaluate_all("all => all.map(row => [...row.cells].map(cell => cell.textContent))")
    scores = [{p.key: p.score for p in r.papers if p.score is not None} for r in (FIRST, SECOND)]
    shares = [dict(zip(s, (rankdata(list(s.values())) - 0.5) / len(s), strict=True)) for s in scores]
    apart = {key: abs(shares[0][key] - shares[1][key]) for key in shares[0].keys() & shares[1].keys()}
    assert len(shown) == 20
    found = [apart[row[0]] for row in shown]
    assert found == pytest.approx(sorted(apart.values(), reverse=True)[:20])
    accepted = {paper.key: paper.accepted for paper in BOARD.dataset.papers}
    for key, decision, one, _, nearer in shown:
        assert decision == ("accepted" if accepted[key] else "rejected")
        assert one.startswith(f"{scores[0][key]:g}"[:4])
        higher = shares[0][key] > shares[1][key]
        assert nearer == (FIRST.name if higher == accepted[key] else SECOND.name)


def test_another_board_and_a_template_can_be_chosen(page: Any, base: str) -> None:
    page.goto(f"{base}/site/compare.html")
    page.wait_for_selector("#compared table")
    assert page.locator("[name=board] option").count() == 6
    page.select_option("[name=board]", index=4)
    page.wait_for_selector(".shown-pair:has-text('Mean score')")
    page.select_option("[name=b]", index=3)
    assert "differ most" in page.inner_text("#compared") and "adaptive_dual_scale_" in page.inner_text("#compared")
    assert page.locator("[name=a] option").count() == 4


def test_an_entry_without_scores_and_an_unknown_one_are_told(page: Any, root: Path) -> None:
    silent = next(e.result.id for e in BOARD.entries if "auc" not in e.result.figures.scores)
    page.goto(f"{root.as_uri()}/site/compare.html#board={ANCHOR}&a={silent}&b={SECOND.id}")
    page.wait_for_selector("#compared table")
    assert "No difference in AUC is known" in page.text_content(".shown-pair")
    page.goto(f"{root.as_uri()}/site/compare.html#board=nowhere&a=%3Cscript%3E&b=__proto__")
    page.reload()
    page.wait_for_selector("#compared table")
    assert page.input_value("[name=board]") == ANCHOR
    assert page.input_value("[name=a]") != page.input_value("[name=b]")


def test_an_entry_leads_to_its_comparison(page: Any, root: Path) -> None:
    page.goto(f"{root.as_uri()}/site/entries/{SECOND.id}.html")
    page.click("main a:text-is('Compare with another entry')")
    page.wait_for_selector("#compared table")
    assert page.input_value("[name=a]") == SECOND.id


def test_hostile_names_are_text_side_by_side(page: Any, base: str) -> None:
    page.goto(f"{base}/hostile/compare.html")
    page.wait_for_selector("#compared table")
    assert page.evaluate("window.hacked") is None and page.locator("main img, main script").count() == 0
    assert page.locator(f"[name=a] option:text-is('{HOSTILE[0]}')").count() == 1


def test_data_of_hostile_boards_closes_no_script(root: Path) -> None:
    scripts = [*(root / "hostile").glob("compare/*.js"), root / "hostile" / "entries.js"]
    assert len(scripts) > 2
    for path in scripts:
        text = path.read_text()
        assert "<" not in text and text.isascii() and "hacked" in text
        json.loads(re.fullmatch(r"peerassay\w+\((.*)\);\n", text).group(1))
    assert loads(root, ANCHOR)["entries"][0]["id"] == FIRST.id
