"""Folders of texts with a table, the AI-Scientist release's layout among them."""

from __future__ import annotations

from pathlib import Path

import pytest
from peerassay.data.dataset import Dataset
from peerassay.data.errors import InputError
from peerassay.data.importers.texts import find_table, import_texts
from peerassay.data.records import DatasetCard

CARD = DatasetCard(name="toy")
RELEASE = "paper_id\t0\t1\t2\t3\t4\t5\t6\tdecision\n"


def folder_of(root: Path, texts: str, ids: list[str], table: str, content: str) -> Path:
    (root / texts).mkdir(parents=True, exist_ok=True)
    for i in ids:
        (root / texts / f"{i}.txt").write_text(
            f"# A STUDY OF {i.upper()}## S\n\nWords of {i}, naïve.\n", encoding="utf-8"
        )
    (root / table).write_text(content, encoding="utf-8")
    return root


def test_the_release_layout(tmp_path: Path) -> None:
    folder_of(
        tmp_path,
        "iclr_parsed",
        ["a", "b"],
        "ratings_subset.tsv",
        RELEASE + "a\t6.0\t8.0\t6.0\t\t\t\t\tAccept (Spotlight)\nb\t3.0\t3.0\t5.0\t1.0\t\t\t\tReject\n"
        "c\t5.0\t\t\t\t\t\t\tReject\nd\t5.0\t\t\t\t\t\t\tReject\n",
    )
    dataset = import_texts(tmp_path, CARD)
    assert [p.id for p in dataset.papers] == ["a", "b"]
    assert [j.ratings for j in dataset.judgements] == [(6, 8, 6), (3, 3, 5, 1)]
    assert [j.tier for j in dataset.judgements] == ["spotlight", "reject"]
    assert dataset.card.excluded == {"no text file": 2}
    assert dataset.papers[0].text.endswith("Words of a, naïve.\n")
    assert dataset.papers[0].title == "A STUDY OF AS"


def test_papers_beside_decisions(tmp_path: Path) -> None:
    folder_of(
        tmp_path,
        "papers",
        ["a", "b", "w"],
        "decisions.tsv",
        "paper_id\ttitle\tdecision\tratings\tsplit\n"
        "a\tOn a\tAccept (Oral)\t8;8\ttest\nb\t\tReject\t3;5\tcalibration\nw\tOn w\tWithdrawn\t\ttest\n",
    )
    dataset = import_texts(tmp_path, CARD)
    assert [p.title for p in dataset.papers] == ["On a", "A STUDY OF BS"]
    assert dataset.card.splits == {"calibration": 1, "test": 1}
    assert dataset.card.excluded == {"no accept or reject (Withdrawn)": 1}
    assert dataset.card.scale == (3, 5, 8)


def test_texts_beside_the_table_itself(tmp_path: Path) -> None:
    folder_of(tmp_path, ".", ["a"], "decisions.csv", "paper_id,decision\na,Reject\n")
    assert import_texts(tmp_path, CARD).papers[0].id == "a"


def test_title_cut_in_parts_and_texts_without_one(tmp_path: Path) -> None:
    folder_of(tmp_path, "papers", [], "decisions.tsv", "paper_id\tdecision\na\tReject\nb\tReject\n")
    (tmp_path / "papers" / "a.txt").write_text("\n# A LONG TIT\n## LE OF THINGS\n\nAnna Author\n")
    (tmp_path / "papers" / "b.txt").write_text("No heading here.\n# Later\n")
    assert [p.title for p in import_texts(tmp_path, CARD).papers] == ["A LONG TIT LE OF THINGS", ""]


def test_no_table(tmp_path: Path) -> None:
    assert find_table(tmp_path) is None
    with pytest.raises(InputError, match=r"no table of decisions; expected one of decisions\.tsv"):
        import_texts(tmp_path, CARD)


def test_no_texts(tmp_path: Path) -> None:
    folder_of(tmp_path, "papers", ["z"], "decisions.tsv", "paper_id\tdecision\na\tReject\nb\tReject\n")
    with pytest.raises(InputError, match=r"no file ID\.txt for any of the 2 ids in decisions\.tsv"):
        import_texts(tmp_path, CARD)


def test_no_ids(tmp_path: Path) -> None:
    folder_of(tmp_path, "papers", ["a"], "decisions.tsv", "key\tdecision\na\tReject\n")
    with pytest.raises(InputError, match=r"decisions\.tsv: no column 'paper_id' \(columns: key, decision\)"):
        import_texts(tmp_path, CARD)


def test_a_text_in_another_encoding_is_named(tmp_path: Path) -> None:
    folder_of(tmp_path, "papers", ["a"], "decisions.tsv", "paper_id\tdecision\na\tReject\nb\tReject\n")
    (tmp_path / "papers" / "b.txt").write_bytes("# Naïve\n".encode("latin-1"))
    with pytest.raises(InputError, match=r"b\.txt:1: not UTF-8 \(byte 4\)"):
        import_texts(tmp_path, CARD)


def test_an_empty_text_is_refused(tmp_path: Path) -> None:
    folder_of(tmp_path, "papers", [], "decisions.tsv", "paper_id\tdecision\na\tReject\n")
    (tmp_path / "papers" / "a.txt").write_text(" \n")
    with pytest.raises(InputError, match=r"a\.txt: empty; give a file"):
        import_texts(tmp_path, CARD)


@pytest.fixture(scope="module")
def iclr2022(shared_data: Path) -> Dataset:
    return import_texts(shared_data / "iclr2022", DatasetCard(name="iclr2022"))


def test_the_real_folder(iclr2022: Dataset) -> None:
    card = iclr2022.card
    assert (card.papers, card.accepted, card.excluded) == (1019, 413, {})
    assert card.splits == {"calibration": 519, "test": 500}
    assert card.tiers == {"reject": 606, "poster": 320, "spotlight": 72, "oral": 21}
    assert card.scale == (1, 3, 5, 6, 8, 10)
    assert sum(j.accepted for j in iclr2022.subset("test").judgements) == 184


def test_the_released_table_says_the_same(shared_data: Path, tmp_path: Path, iclr2022: Dataset) -> None:
    (tmp_path / "ratings_subset.tsv").symlink_to(shared_data / "iclr2022" / "ratings_subset.tsv")
    (tmp_path / "iclr_parsed").symlink_to(shared_data / "iclr2022" / "papers")
    released = {j.paper_id: j for j in import_texts(tmp_path, CARD).judgements}
    ours = {j.paper_id: j for j in iclr2022.subset("test").judgements}
    assert released.keys() == ours.keys()
    assert all(released[i].decision == ours[i].decision for i in ours)
    assert all(sorted(released[i].ratings) == sorted(ours[i].ratings) for i in ours)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("train.parquet", "is imported with --hf"),
        ("dataset_dict.json", "is imported with --hf"),
        ("mine.csv", r"to import one table give its file, as in .*mine\.csv"),
    ],
)
def test_a_folder_of_another_kind_names_the_way(tmp_path: Path, name: str, hint: str) -> None:
    (tmp_path / name).write_text("")
    with pytest.raises(InputError, match=f"no table of decisions; expected one of .*; .*{hint}"):
        import_texts(tmp_path, DatasetCard(name="toy"))
