"""Rows of the table of leak verdicts: from the audit on file, as bundled, on the page and on the site."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from peerassay.bench.audit.leaks import audit_fingerprint
from peerassay.bench.audit.on_file import AUDIT
from peerassay.bench.audit.records import AuditSummary
from peerassay.bench.audit.rows import LeakRow, leak_row, read_row, write_row
from peerassay.data.dataset import Dataset, build
from peerassay.data.errors import InputError
from peerassay.data.records import DatasetCard, Judgement, Paper
from peerassay.data.registry import load_dataset
from peerassay.leaderboards.boards import Boards
from peerassay.leaderboards.leaks import document, read_rows
from peerassay.leaderboards.places import installed_results
from peerassay.leaderboards.site.pages import all_pages

ROOT = Path(__file__).parents[2]
ROWS = {row.dataset: row for row in read_rows([installed_results()])[0]}


@pytest.fixture(scope="module")
def on_file() -> AuditSummary:
    return AuditSummary.model_validate_json(AUDIT.read_bytes())


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    """As many papers as the audit on file has, so that the row's counts fit."""
    papers = [Paper(id=f"p{n:04}", text="Invented.") for n in range(1019)]
    judgements = [Judgement(paper_id=p.id, decision="accept" if n % 5 < 2 else "reject") for n, p in enumerate(papers)]
    return build(DatasetCard(name="iclr2022", title="A title"), papers, judgements)


def test_a_row_holds_the_gravest_finding_of_either_form(
    dataset: Dataset, on_file: AuditSummary, tmp_path: Path
) -> None:
    row = leak_row(dataset, on_file, "peerassay data audit iclr2022")
    assert (row.raw.verdict, row.raw.gravest.name, row.scrubbed.verdict) == ("leak", "anonymous header", "clean")
    assert row.raw.gravest.balanced_accuracy.value == pytest.approx(0.997, abs=0.001)
    assert (row.raw.gravest.balanced_accuracy.low or 0) > 0.98
    assert row.raw.gravest.matched.auc is not None and row.raw.gravest.matched.auc.n == 275
    assert (row.scrubbed.findings, row.scrubbed.gravest.verdict) == (0, "signal")
    assert row.base_rate.value == pytest.approx(184 / 500)
    path = write_row(row, tmp_path / "results")
    assert path == tmp_path / "results" / "leaks" / "iclr2022.json"
    assert read_row(path) == read_row(write_row(row, tmp_path / "row.json")) == row
    assert on_file.on("raw").worst.startswith("anonymous header, AUC .997")


def test_the_bundled_row_of_iclr_2022_is_that_of_the_audit_on_file(dataset: Dataset, on_file: AuditSummary) -> None:
    made = leak_row(dataset, on_file, "")
    assert (made.raw, made.scrubbed) == (ROWS["iclr2022"].raw, ROWS["iclr2022"].scrubbed)


def test_bundled_rows_are_of_this_audit_and_of_these_datasets() -> None:
    assert set(ROWS) == {
        "iclr2017-abstracts", "iclr2018-abstracts", "iclr2021-abstracts", "iclr2022", "ladder", "sample",
    }  # fmt: skip
    assert {row.audit for row in ROWS.values()} == {audit_fingerprint()}, "made by an earlier audit: `make leaks`"
    for name in ("sample", "ladder"):
        assert ROWS[name].hash == load_dataset(name).card.hash
    assert ROWS["iclr2022"].hash == load_dataset("iclr2022-scores").card.hash or ROWS["iclr2022"].papers == 1019


def test_the_page_of_leak_verdicts_is_current() -> None:
    rows, refused = read_rows([installed_results()])
    assert refused == ()
    assert (ROOT / "docs" / "leaks.md").read_text(encoding="utf-8") == document(rows)


def test_a_dataset_without_texts_has_no_row(on_file: AuditSummary) -> None:
    scores = load_dataset("iclr2022-scores")
    with pytest.raises(InputError, match=r"has no texts of its own.*data pull iclr2022"):
        leak_row(scores, on_file, "")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"raw": {"verdict": "clean"}}, "field raw: the verdict 'clean' does not follow"),
        ({"accepted": 501}, "its counts or its hash cannot be"),
        ({"hash": "x"}, "its counts or its hash cannot be"),
        ({"extra": 1}, "field extra"),
    ],
)
def test_a_row_that_belies_itself_is_refused_and_named(change: dict[str, object], told: str, tmp_path: Path) -> None:
    body = ROWS["iclr2022"].model_dump(mode="json")
    for field, value in change.items():
        body[field] = {**body[field], **value} if isinstance(value, dict) else value
    (tmp_path / "leaks").mkdir()
    (tmp_path / "leaks" / "bad.json").write_text(json.dumps(body))
    rows, refused = read_rows([tmp_path])
    assert rows == ()
    assert told in refused[0].reason


def test_the_site_has_a_page_of_them() -> None:
    biased: LeakRow = ROWS["iclr2022"].model_copy(update={"sample": "Biased sample: <b>2</b> shown."})
    page = all_pages(Boards(reviewers=(), generators=(), leaks=(biased, ROWS["sample"])))["leaks.html"]
    assert "<bdi>.997</bdi> <small>[.991, 1.000]</small>" in page
    assert "Biased sample: &lt;b&gt;2&lt;/b&gt; shown." in page
    assert 'href="leaks.html" aria-current="page"' in page
    assert "No rows yet" in all_pages(Boards(reviewers=(), generators=()))["leaks.html"]
