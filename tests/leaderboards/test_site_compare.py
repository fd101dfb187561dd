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
from peerassay.bench.decisions import decision_as_made
from peerassay.bench.outcomes import Humans, Machine
from peerassay.bench.resampled import DECISION_METRICS, Bootstrap
from peerassay.leaderboards.generator_pairs import paired_generators
from peerassay.leaderboards.pairs import DECIDED, DRAWS, compared, paired_reviewers
from peerassay.leaderboards.recompute import board_humans, machine_from_scores
from peerassay.leaderboards.records import GeneratorResult
from peerassay.statistics.permutation import mean_difference
from peerassay.statistics.significance import paired_t_test
from scipy.stats import rankdata
from site_fixtures import HOSTILE, realistic_boards

BOARD = realistic_boards().reviewers[0]
ANCHOR = "iclr2022-test-scrubbed"
FIRST, SECOND = BOARD.entries[0].result, BOARD.entries[3].result
PAIR = f"compare.html#board={ANCHOR}&a={FIRST.id}&b={SECOND.id}"


def board_machines() -> tuple[Humans, list[Machine]]:
    humans = board_humans(BOARD.dataset)
    found = [machine_from_scores(e.result.id, e.result.traits, e.result.papers, humans) for e in BOARD.entries]
    return humans, found


def test_differences_in_auc_and_at_the_same_selectivity_are_those_that_compare_gives() -> None:
    humans, machines = board_machines()
    rows = compare(humans, machines, Bootstrap(humans, DRAWS), only=("auc", "balanced_accuracy"))
    metrics = dict(zip(("auc", "balanced_accuracy"), paired_reviewers(BOARD), strict=False))
    place = {entry.result.id: i for i, entry in enumerate(BOARD.entries)}
    assert len(rows) == 42
    for row in rows:
        metric, a, b = metrics[row.metric], place[row.a], place[row.b]
        assert metric.values[a] - metric.values[b] == pytest.approx(row.difference)
        assert metric.margins[a, b] == pytest.approx((row.high - row.low) / 2)


def test_decisions_are_compared_as_they_were_made_on_the_same_draws() -> None:
    humans, machines = board_machines()
    found = {metric.label: metric for metric in paired_reviewers(BOARD)}
    made = [decision_as_made(humans, machine) for machine in machines]
    bootstrap, freedom = Bootstrap(humans, DRAWS), len(humans) - 2
    for name, label in DECIDED.items():
        metric, score = found[label], DECISION_METRICS[name]
        a, b = (bootstrap.drawn(score, humans.accepted, made[i]) for i in (0, 3))
        test = paired_t_test(a[1], b[1], a[0] - b[0], freedom=freedom)
        assert metric.values[0] - metric.values[3] == pytest.approx(test.difference)
        assert metric.margins[0, 3] == pytest.approx((test.interval[1] - test.interval[0]) / 2)
    assert found["FPR"].papers[0] == (~humans.accepted).sum() and found["F1"].papers[0] == len(humans)


def test_too_few_papers_on_which_decisions_differ_give_no_interval() -> None:
    entry = BOARD.entries[0]
    papers = entry.result.papers
    changed = tuple(p.model_copy(update={"score": 10.0 if i < 9 else p.score}) for i, p in enumerate(papers))
    other = replace(entry, result=entry.result.model_copy(update={"papers": changed, "id": "other"}))
    found = {m.label: m for m in paired_reviewers(replace(BOARD, entries=(entry, other, entry)))}
    assert all(np.isnan(found[label].margins[0, 1]) for label in ("FPR", "FNR", "F1"))
    assert all(metric.margins[0, 2] == 0 for metric in found.values())


def test_opposite_constant_decisions_have_no_interval_of_no_width() -> None:
    silent = next(e for e in BOARD.entries if "auc" not in e.result.figures.scores)
    yes = tuple(p.model_copy(update={"decision": "accept"}) for p in silent.result.papers)
    other = replace(silent, result=silent.result.model_copy(update={"papers": yes, "id": "yes"}))
    found = {m.label: m for m in paired_reviewers(replace(BOARD, entries=(silent, other)))}
    assert found["FPR"].values.tolist() == [0, 1] and np.isnan(found["FPR"].margins[0, 1])
    assert "AUC" not in found


def test_configurations_are_paired_by_idea_where_they_have_enough_in_common() -> None:
    entries = realistic_boards().generators[0].entries[:4]
    metric = paired_generators(entries)[0]
    sides = [{i.name: i.score for i in e.result.ideas if i.score is not None} for e in entries]
    assert metric.papers == tuple(map(len, sides)) and metric.shared is not None
    assert metric.shared[0, 3] == len(sides[0].keys() & sides[3].keys()) > 9
    renamed = tuple(i.model_copy(update={"name": f"other {i.name}"}) for i in entries[3].result.ideas)
    other = replace(entries[3], result=entries[3].result.model_copy(update={"ideas": renamed}))
    metric = paired_generators([*entries[:3], other])[0]
    difference, (_, high) = mean_difference([tuple(np.sort(list(sides[i].values())) for i in (0, 3))])
    assert metric.values[0] - metric.values[3] == pytest.approx(difference)
    assert metric.margins[0, 3] == pytest.approx(high - difference) and metric.shared[0, 3] == 0
    alone = replace(entries[0], result=entries[0].result.model_copy(update={"ideas": ()}))
    assert paired_generators([alone, entries[1]]) == []
    metric = paired_generators([alone, *entries[1:]])[0]
    assert np.isnan(metric.values[0]) and np.isnan(metric.margins[0, 1])


def test_ideas_that_failed_count_in_shares_where_it_is_known_how_many_were_tried() -> None:
    entries = realistic_boards().generators[0].entries[:3]
    more = dict(zip((e.result.id for e in entries), (0, 7, 0), strict=True))
    tried = [replace(e, result=_tried(e.result, len(e.result.ideas) + more[e.result.id])) for e in entries]
    tried[2] = replace(tried[2], result=_tried(tried[2].result, len(tried[2].result.ideas), "papers"))
    found = {m.label: m for m in paired_generators(tried)}["Reviewed of tried"]
    assert found.papers[:2] == tuple(e.result.group.tried for e in tried[:2]) and np.isnan(found.values[2])
    assert found.values[1] == pytest.approx(tried[1].result.figures.reviewed / tried[1].result.group.tried)
    assert found.margins[0, 1] != found.margins[1, 0] and np.isfinite(found.margins[0, 1])


def _tried(result: GeneratorResult, tried: int, known: str = "run") -> GeneratorResult:
    return result.model_copy(update={"group": result.group.model_copy(update={"tried": tried, "tried_from": known})})


def test_the_differences_of_a_pair_can_be_downloaded(page: Any, base: str) -> None:
    page.goto(f"{base}/site/{PAIR}")
    page.wait_for_selector("#compared table")
    with page.expect_download() as download:
        page.click("#compared .actions button")
    found = json.loads(Path(download.value.path()).read_text())
    fpr = next(row for row in found["differences"] if row["metric"] == "FPR")
    assert fpr["low"] < fpr["difference"] < fpr["high"] and fpr["difference"] == fpr["first"] - fpr["second"]
    assert found["first"]["id"] == FIRST.id and "ratings that are not on record" in found["notes"]
    assert "corrected for nothing" in found["multiple_comparisons"]
    assert found["multiple_comparisons"] in page.text_content("#compared")


def test_the_download_of_two_configurations_says_what_is_paired(page: Any, root: Path) -> None:
    page.goto(f"{root.as_uri()}/site/compare.html")
    page.wait_for_selector("#compared table")
    page.select_option("[name=board]", index=4)
    page.wait_for_selector(".shown-pair:has-text('Mean score')")
    metric = loads(root, page.input_value("[name=board]"))["metrics"][2]
    shown = {}
    for order in ("as they stand", "swapped"):
        with page.expect_download() as download:
            page.click("#compared .actions button")
        shown[order] = json.loads(Path(download.value.path()).read_text())["differences"]
        page.click("[name=swap]")
    mean, share = shown["as they stand"][0], shown["as they stand"][2]
    assert mean["paired"] == metric["shared"][0] > 9 and "paired by idea" in mean["method"]
    assert share["low"] == pytest.approx(share["difference"] - metric["margins"][0] * metric["unit"])
    assert share["high"] == pytest.approx(share["difference"] + metric["above"][0] * metric["unit"])
    assert (shown["swapped"][2]["low"], shown["swapped"][2]["high"]) == (-share["high"], -share["low"])


@pytest.mark.parametrize(("papers", "entries"), [(500, 200), (20_000, 10), (30, 200), (10**7, 2)])
def test_all_pairs_are_compared_until_there_are_too_many(papers: int, entries: int) -> None:
    assert compared(papers) == entries


def loads(root: Path, name: str) -> dict[str, Any]:
    text = (root / "site" / "compare" / f"{name}.js").read_text()
    return json.loads(re.fullmatch(r"peerassayBoard\((.*)\);\n", text).group(1))


def test_two_entries_stand_side_by_side_and_the_address_says_which(page: Any, base: str) -> None:
    page.goto(f"{base}/site/{PAIR}")
    page.wait_for_selector("#compared table")
    auc = paired_reviewers(BOARD)[0]
    difference, margin = auc.values[0] - auc.values[3], auc.margins[0, 3]
    told = page.text_content(".shown-pair")
    assert told.startswith(f"AUC: +{difference:.3f} [{difference - margin:.3f}".replace("0.", ".").replace("-", "−"))
    assert page.input_value("[name=a]") == FIRST.id and page.input_value("[name=b]") == SECOND.id
    assert page.locator("#compared table >> nth=0 >> tbody tr").count() == 2 + len(DECIDED)
    assert page.locator("#compared caption span").count() == 3
    assert "corrected for nothing" in page.text_content("#compared")
    auc = page.locator("#compared table >> nth=1 >> tr", has=page.locator("th:text-is('AUC')")).locator("td")
    assert auc.all_text_contents()[0].startswith(f"{FIRST.figures.scores['auc'].value:.3f}".removeprefix("0"))
    page.click("[name=swap]")
    assert page.text_content(".shown-pair").startswith(f"AUC: −{difference:.3f} [−".replace("0.", "."))
    assert f"a={SECOND.id}&b={FIRST.id}" in page.url
    other = page.context.new_page()
    other.goto(page.url)
    other.wait_for_selector("#compared table")
    assert other.inner_text("main") == page.inner_text("main")


def test_the_papers_on_which_two_differ_most_come_first(page: Any, root: Path) -> None:
    page.goto(f"{root.as_uri()}/site/{PAIR}")
    page.wait_for_selector("#compared table")
    rows = page.locator("#compared table >> nth=2 >> tbody tr")
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
