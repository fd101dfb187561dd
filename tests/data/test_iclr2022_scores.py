"""The bundled dataset of numbers alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from peerassay.data.dataset import build
from peerassay.data.errors import InputError
from peerassay.data.iclr2022_scores import FOLDER, NAME, write_judgements
from peerassay.data.records import DatasetCard, Judgement, Paper
from peerassay.data.registry import list_names, load_card, load_dataset, open_path
from peerassay.reviewer.bundled import released_note

MOST_BYTES = 300_000
MOST_WORDS = 3
"""A cell of numbers, a decision or an id has no more of them."""


def test_it_holds_the_papers_of_the_published_table_and_others_for_calibration() -> None:
    dataset = load_dataset("iclr2022-scores")
    assert "iclr2022-scores" in list_names()
    assert dataset.card.splits == {"calibration": 519, "test": 500}
    assert dataset.card.tiers == {"reject": 606, "poster": 320, "spotlight": 72, "oral": 21}
    assert sum(j.accepted for j in dataset.subset("test").judgements) == 184
    assert not dataset.card.has_texts and load_card("iclr2022-scores") == dataset.card
    assert all(not (paper.text or paper.title or paper.abstract) for paper in dataset.papers)
    assert {r for j in dataset.judgements for r in j.ratings} <= set(dataset.card.scale)


def test_what_humans_said_is_what_the_data_has(shared_data: Path) -> None:
    ours = {j.paper_id: j for j in load_dataset("iclr2022-scores").judgements}
    assert ours == {j.paper_id: j for j in open_path(shared_data / "iclr2022", "iclr2022").judgements}


def test_its_files_are_small_and_hold_no_text() -> None:
    files = [path for path in FOLDER.parent.rglob("*") if path.is_file()]
    assert len(files) > 15
    assert sum(path.stat().st_size for path in files) < MOST_BYTES
    for path in files:
        if path.suffix in (".csv", ".tsv"):
            cells = path.read_text().replace(",", "\t").replace("\n", "\t").split("\t")
            assert max(len(cell.split()) for cell in cells) <= MOST_WORDS, path


def test_who_reads_texts_is_told_how_to_get_them() -> None:
    with pytest.raises(
        InputError, match=r"iclr2022-scores has no texts, and mine reads them; get them by `peerassay d"
    ):
        load_dataset("iclr2022-scores").require_texts("mine")
    load_dataset("sample").require_texts("mine")


def test_the_missing_dataset_with_texts_is_told_by_its_command() -> None:
    with pytest.raises(
        InputError, match=r"mean iclr2022-scores\?.*`peerassay data pull iclr2022` .* import iclr2022 FOLDER"
    ):
        load_dataset("iclr2022")
    with pytest.raises(
        InputError, match=r"get it by `peerassay data pull iclr2024` \(OpenReview, needs an account\)\)$"
    ):
        load_dataset("iclr2024")


def test_a_dataset_with_texts_takes_no_empty_one() -> None:
    with pytest.raises(InputError, match="1 papers have an empty text"):
        build(DatasetCard(name="x"), [Paper(id="a", text="")], [Judgement(paper_id="a", decision="reject")])


def test_papers_in_groups_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="groups"):
        write_judgements([Judgement(paper_id="a", decision="reject", group="g")], tmp_path / "x.tsv")


def test_what_is_left_out_of_a_split_is_told() -> None:
    assert released_note(NAME, "test") == released_note("sample", "all") == ""
    for split in ("calibration", "all"):
        assert "gpt-4o-1shot" in released_note(NAME, split) and "--split test has them" in released_note(NAME, split)
