"""The report of a score run: complete, self-contained, escaped, and true to the figures."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from made_scores import made_idea, made_record
from peerassay.bench.scores.idea_tables import papers_table
from peerassay.bench.scores.metrics import ScoreMetrics
from peerassay.bench.scores.records import ScoreRecord
from peerassay.bench.scores.report import headlines, write_score_report
from peerassay.bench.scores.summary import summarise_scores
from peerassay.bench.scores.tables import score_tables
from peerassay.presentation.numbers import show
from peerassay.reviewer.review import Review, failed
from test_report import Page

HOSTILE = '<script>alert("x")</script>\u202e{{7*7}}'
CLEAN = '<script>alert("x")</script> {{7*7}}'
Reported = tuple[Path, ScoreRecord, ScoreMetrics]


def enriched() -> tuple[ScoreRecord, dict[str, Review]]:
    """Two templates, two configurations, with everything that a record can have, and hostile names."""
    groups = {
        ("t", "good"): (14, [7.0, 8, 7, 8, 9, 7, 8, 7, 8, 9]),
        ("t", HOSTILE): (12, [3.0, 4, 3, 4, 2, 3, 4, 3, 4, 2]),
        ("u", "good"): (3, [5.0, 6.0]),
        ("u", HOSTILE): (3, [5.5, 6.0]),
    }
    record, reviews = made_record(groups)
    lost = made_idea("t", "good", HOSTILE, finished=False, ended=f"experiments: {HOSTILE}")
    broken = made_idea("t", "good", "broken", title=HOSTILE)
    reviews[broken.id] = failed(broken.id, "no answer")
    ideas = [
        idea.model_copy(update={"numbers_checked": 9, "violations": 1, "hidden": 1, "injections": 0, "usd": 2.5})
        for idea in record.ideas
    ]
    changes: dict[str, Any] = {
        "ideas": [*ideas, lost, broken],
        "groups": [
            group.model_copy(update={"usd": 40.0, "settings": {"model": HOSTILE}, "scientist_fingerprint": "beef"})
            for group in record.groups
        ],
        "command": ["peerassay", "score", f"papers {HOSTILE}"],
    }
    return ScoreRecord.model_validate(record.model_dump() | changes), reviews


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Reported:
    folder = tmp_path_factory.mktemp("score")
    record, reviews = enriched()
    figures = summarise_scores(record, reviews)
    assert write_score_report(folder, record, figures) == folder / "report.html"
    return folder, record, figures


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_all_files_are_there_and_the_same_again(reported: Reported, tmp_path: Path) -> None:
    folder, record, figures = reported
    names = ["metrics.json", "report.html", "report.md", "groups.csv", "pairs.csv", "papers.csv", "scores.csv"]
    names += [
        f"figures/{n}.{e}"
        for n in ("distributions", "histograms", "differences", "funnel")
        for e in ("svg", "png", "pdf")
    ]
    write_score_report(tmp_path, record, figures)
    for name in names:
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()
    assert sorted(str(p.relative_to(folder)) for p in folder.rglob("*.*")) == sorted(names)


def test_metrics_are_the_figures(reported: Reported) -> None:
    folder, _, figures = reported
    text = (folder / "metrics.json").read_text(encoding="utf-8")
    assert ScoreMetrics.model_validate_json(text) == figures
    json.loads(text, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))


def test_the_page_needs_nothing_but_itself(reported: Reported) -> None:
    html = (reported[0] / "report.html").read_text(encoding="utf-8")
    page = Page(html)
    assert [i["src"] for i in page.of("img") if not str(i["src"]).startswith("data:image/svg+xml;base64,")] == []
    assert all(image["alt"] for image in page.of("img"))
    assert len(page.of("img")) == 4
    assert page.of("script") == page.of("link") == page.of("iframe") == []
    policy = next(m["content"] for m in page.of("meta") if m.get("http-equiv") == "Content-Security-Policy")
    assert str(policy).startswith("default-src 'none'")
    targets = {i["id"] for _, i in page.tags if "id" in i}
    assert {str(a["href"])[1:] for a in page.of("a")} <= targets


def test_hostile_names_are_text(reported: Reported) -> None:
    folder = reported[0]
    html, text = ((folder / name).read_text(encoding="utf-8") for name in ("report.html", "report.md"))
    assert "<script" not in html + text[: text.index("Command:")]
    assert "&lt;script" in html
    assert "{{7*7}}" in html
    assert "\u202e" not in html.replace(html[html.index("<pre>") : html.index("</pre>")], "")
    assert "\u202e" not in text


def test_the_tables_of_the_page_are_those_of_the_terminal(reported: Reported) -> None:
    folder, _, figures = reported
    on_page = [[" ".join(cell.split()) for cell in row] for row in Page((folder / "report.html").read_text()).rows]
    for table in [*score_tables(figures), papers_table(figures)]:
        for row in table.rows:
            assert [" ".join(cell.split()) for cell in row] in on_page
    scores = score_tables(figures)[0]
    assert scores.rows[0][:5] == ("t/good", "14", "11", "10", show(figures.groups[0].mean, digits=2))


def test_the_first_sentences_say_who_leads_and_whether_that_is_resolved(reported: Reported) -> None:
    first, second = headlines(reported[2])
    assert first.name == "t: good"
    assert "highest mean score, 7.80 [" in first.rest
    assert "over 10 papers of 14 ideas tried, 10 accepted; resolved from the second, " in first.rest
    assert CLEAN in first.rest
    assert second.name == f"u: {CLEAN}"
    assert "; not resolved from the second, good (+.25, p = 1.000 after Holm)" in second.rest
    assert all(h.rest in (reported[0] / "report.md").read_text().replace("&lt;", "<") for h in (first, second))


@pytest.mark.parametrize(
    ("groups", "words"),
    [
        (
            {("t", "a"): (5, [3.0, 4.0])},
            "has a mean score of 3.50 over 2 papers (too few for an interval) of 5 ideas tried, 0 accepted.",
        ),
        ({("t", "a"): (1, [3.0]), ("t", "b"): (1, [2.0])}, "too few papers to tell it from b."),
        (
            {("t", "a"): (1, [3.0]), ("t", "b"): (1, [])},
            "has a mean score of 3.00 over 1 paper (too few for an interval) of 1 idea tried, 0 accepted.",
        ),
        ({("t", "a"): (1, []), ("t", "b"): (2, [])}, ": no paper has a score, of 3 ideas tried."),
    ],
)
def test_the_first_sentence_of_small_batches(groups: Any, words: str, tmp_path: Path) -> None:
    record, reviews = made_record(groups)
    figures = summarise_scores(record, reviews)
    (headline,) = headlines(figures)
    assert headline.rest.strip().endswith(words.strip())
    assert words.strip() in write_score_report(tmp_path, record, figures).read_text()


def test_papers_go_by_score_and_the_unlisted_are_mentioned(reported: Reported) -> None:
    table = papers_table(reported[2])
    by_head = [dict(zip(table.heads, row, strict=True)) for row in table.rows]
    scores = [float(row["Score"]) for row in by_head if row["Score"] != "–"]
    assert scores == sorted(scores, reverse=True)
    assert [row["What became of it"] for row in by_head[-2:]] == [
        "review failed: no answer",
        f"unfinished: experiments: {CLEAN}",
    ]
    assert "6 more were tried" in table.note


def test_the_csv_files_hold_the_figures(reported: Reported) -> None:
    folder, _, figures = reported
    for row, group in zip(rows(folder / "groups.csv"), figures.groups, strict=True):
        assert (row["template"], row["configuration"]) == (group.template, group.configuration)
        assert float(row["mean"]) == group.mean.value
        assert (float(row["mean_low"]) if row["mean_low"] else None) == group.mean.low
        assert row["p_accept"] == row["p_accept_low"] == ""
        assert float(row["usd_per_paper"]) == group.usd_per_paper
    for row, pair in zip(rows(folder / "pairs.csv"), figures.pairs, strict=True):
        assert float(row["difference"]) == pair.difference
        assert row["resolved"] == str(pair.resolved)
    papers = rows(folder / "papers.csv")
    assert [row["id"] for row in papers] == [s.idea.id for s in figures.ideas]
    assert papers[-2]["reason"] == f"experiments: {HOSTILE}"


def test_a_long_list_of_papers_is_folded(tmp_path: Path) -> None:
    record, reviews = made_record({("t", "a"): (80, [float(i % 9 + 1) for i in range(80)])})
    page = write_score_report(tmp_path, record, summarise_scores(record, reviews)).read_text()
    assert "<summary>All 80, the highest score first</summary>" in page
