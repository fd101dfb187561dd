"""Datasets as Hugging Face folders, read by the real library, and back."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

datasets = pytest.importorskip("datasets", reason="needs the extra peerassay[hf]")

from peerassay.data.dataset import Dataset, build  # noqa: E402
from peerassay.data.errors import InputError  # noqa: E402
from peerassay.data.hub.front_matter import kind_of  # noqa: E402
from peerassay.data.hub.write import export_dataset  # noqa: E402
from peerassay.data.importing import import_dataset  # noqa: E402
from peerassay.data.licences import open_licence  # noqa: E402
from peerassay.data.records import DatasetCard, Judgement, Paper, Section  # noqa: E402
from peerassay.data.registry import load_dataset  # noqa: E402


@pytest.fixture(autouse=True)
def _quiet() -> None:
    datasets.disable_progress_bars()


def small(**card: Any) -> Dataset:
    """Four papers in which every field of the records occurs, filled and empty."""
    texts = ["One text.\n---\nkind: run", "Zwei: „Text“ 🙂", "# Three\n\ntext", 'Four "quoted" \\ text']
    papers = [
        Paper(
            id=f"p{number}",
            title="A title: with | signs",
            abstract="An abstract.",
            text=text,
            source="md",
            text_version="submission",
            venue="ICLR" if number else "",
            year=2024 if number else None,
            sections=(Section(title="Three", start=0, end=7),) if number == 2 else (),
        )
        for number, text in enumerate(texts)
    ]
    judgements = [
        Judgement(paper_id="p0", decision="reject"),
        Judgement(paper_id="p1", decision="accept", tier="oral", ratings=(8, 6.5), confidences=(3, 4), group="g"),
        Judgement(paper_id="p2", decision="reject", tier="reject", initial_ratings=(3,), final_ratings=(5,)),
        Judgement(paper_id="p3", decision="accept", recommendations=(True, False), split="calibration"),
    ]
    described = {"licence": "CC BY 4.0", "scale": (1, 5, 8, 10), "notes": ["A note | of two"], **card}
    return build(DatasetCard(name="small", **described), papers, judgements)


def rewritten(folder: Path, split: str, name: str | None = None, **columns: Any) -> None:
    """Change a split's columns, or its name, as somebody would with the library."""
    path = folder / "data" / f"{split}.parquet"
    table = datasets.Dataset.from_parquet(str(path), cache_dir=str(folder.parent / "cache"))
    for column, values in columns.items():
        table = table.remove_columns([column]) if column in table.column_names else table
        table = table if values is None else table.add_column(column, values)
    path.unlink()
    table.to_parquet(path.with_stem(name or split))
    card = folder / "README.md"
    said = re.sub(r"dataset_info:.*?\npeerassay:", "peerassay:", card.read_text(), flags=re.DOTALL)
    card.write_text(said.replace(f"{split}\n", f"{name}\n").replace(f"{split}.parq", f"{name}.parq") if name else said)


@pytest.mark.parametrize("dataset", [small(), load_dataset("sample"), load_dataset("iclr2022-scores")])
def test_a_dataset_comes_back_with_the_same_hash(dataset: Dataset, tmp_path: Path) -> None:
    exported = export_dataset(dataset, tmp_path / "hub")
    assert exported.notes == [] and exported.texts == dataset.card.has_texts
    back = import_dataset("back", tmp_path / "hub")
    assert (back.papers, back.judgements) == (dataset.papers, dataset.judgements)
    assert back.card == dataset.card.model_copy(update={"name": "back"})
    assert load_dataset("back").card.hash == dataset.card.hash
    loaded = datasets.load_dataset(str(tmp_path / "hub"), cache_dir=str(tmp_path / "cache"))
    assert {split: len(rows) for split, rows in loaded.items()} == dataset.card.splits
    assert loaded["test"].features["decision"].names == ["reject", "accept"]
    assert loaded["test"]["text"] == [
        p.text for p, j in zip(dataset.papers, dataset.judgements, strict=True) if j.split == "test"
    ]


def test_the_card_names_licence_configurations_splits_and_features(tmp_path: Path) -> None:
    import yaml

    export_dataset(small(), tmp_path / "hub")
    front, body = (tmp_path / "hub" / "README.md").read_text().split("---\n")[1:3]
    said = yaml.safe_load(front)
    assert said["license"] == "cc-by-4.0"
    assert said["configs"][0]["data_files"][0] == {"split": "test", "path": "data/test.parquet"}
    assert [(split["name"], split["num_examples"]) for split in said["dataset_info"]["splits"]] == [
        ("test", 3),
        ("calibration", 1),
    ]
    assert "- A note \\| of two" in body and "| `ratings` |" in body


def test_texts_go_along_only_where_the_licence_says_so(tmp_path: Path) -> None:
    closed = small(licence="CC-BY-4.0 (the data set; papers are their authors')")
    with pytest.raises(InputError, match=r"--texts: the licence of small .* does not let texts be passed on"):
        export_dataset(closed, tmp_path / "refused", texts=True)
    assert not (tmp_path / "refused").exists()
    exported = export_dataset(closed, tmp_path / "bare")
    assert not exported.texts and "--licence" in exported.notes[0]
    whole = b"".join(path.read_bytes() for path in (tmp_path / "bare").rglob("*") if path.is_file())
    assert b"quoted" not in whole and b"An abstract" not in whole
    back = import_dataset("bare", tmp_path / "bare", save=False)
    assert back.judgements == closed.judgements and not back.card.has_texts
    assert any("Without texts" in note and closed.card.hash[:12] in note for note in back.card.notes)
    assert export_dataset(closed, tmp_path / "mine", licence="MIT").texts
    assert load_dataset(tmp_path / "mine").card.licence == "MIT"
    assert not export_dataset(small(), tmp_path / "asked", texts=False).texts


@pytest.mark.parametrize(
    ("words", "short"),
    [
        ("CC BY 4.0", "cc-by-4.0"),
        ("https://creativecommons.org/licenses/by-sa/4.0/", "cc-by-sa-4.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "cc0-1.0"),
        ("MIT, as the project", "mit"),
        ("Apache-2.0", "apache-2.0"),
        ("Apache-2.0 (the data set; papers and reviews are their authors')", ""),
        ("the authors' own, as stated on OpenReview; not redistributed here", ""),
        ("not MIT", ""),
        ("unknown", ""),
        ("", ""),
    ],
)
def test_only_a_licence_that_says_nothing_else_is_open(words: str, short: str) -> None:
    assert open_licence(words) == short


def test_what_others_changed_is_read_and_said(tmp_path: Path) -> None:
    export_dataset(small(), tmp_path / "hub")
    rewritten(tmp_path / "hub", "calibration", name="train", extra=["x"])
    rewritten(tmp_path / "hub", "test", extra=["x", "y", "z"])
    back = import_dataset("back", tmp_path / "hub", save=False)
    assert back.card.splits == {"calibration": 1, "test": 3} and back.card.hash == small().card.hash
    assert "Columns that are not read: extra." in back.card.notes
    rewritten(tmp_path / "hub", "test", title=["a", "b", "c"])
    changed = import_dataset("back", tmp_path / "hub", save=False)
    assert any("Not the records that were exported" in note for note in changed.card.notes)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ratings": None}, "no column ratings"),
        ({"ratings": ["many", "few", "none"]}, "test, row 1: field ratings"),
        ({"decision": ["accept", "reject", "perhaps"]}, "test, row 3: field decision"),
        ({"paper_id": ["p", "p", "q"]}, "ids stand more than once"),
        ({"name": "held-out"}, "held-out|cannot be read"),
        ({"name": "extra"}, "unknown split 'extra'"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_line(changes: dict[str, Any], words: str, tmp_path: Path) -> None:
    export_dataset(small(), tmp_path / "hub")
    rewritten(tmp_path / "hub", "test", **changes)
    if "name" not in changes:
        first = {column: values and values[:1] for column, values in changes.items()}
        rewritten(tmp_path / "hub", "calibration", **first)
    with pytest.raises(InputError, match=words):
        import_dataset("back", tmp_path / "hub", save=False)


def test_splits_of_other_columns_are_refused_with_the_reason(tmp_path: Path) -> None:
    export_dataset(small(), tmp_path / "hub")
    rewritten(tmp_path / "hub", "calibration", extra=["x"])
    with pytest.raises(InputError, match="column names don't match"):
        import_dataset("back", tmp_path / "hub", save=False)


def test_a_folder_without_its_card_is_no_dataset_of_ours(tmp_path: Path) -> None:
    export_dataset(small(), tmp_path / "hub")
    card = tmp_path / "hub" / "README.md"
    assert kind_of(tmp_path / "hub") == "dataset"
    card.write_text(card.read_text().replace("  kind: dataset\n", "  kind: [\n"))
    with pytest.raises(InputError, match="--hf"):
        import_dataset("back", tmp_path / "hub", save=False)
    card.unlink()
    with pytest.raises(InputError, match="--hf"):
        load_dataset(tmp_path / "hub")


def test_nothing_is_written_over(tmp_path: Path) -> None:
    export_dataset(small(), tmp_path / "hub")
    with pytest.raises(InputError, match="is there already and not empty"):
        export_dataset(small(), tmp_path / "hub")


def test_a_rating_that_is_no_number_is_refused_with_its_row(tmp_path: Path) -> None:
    export_dataset(small(), tmp_path / "hub")
    rewritten(tmp_path / "hub", "calibration", ratings=[[6.0, float("nan")]])
    with pytest.raises(InputError, match=r"calibration, row 1: field ratings\.1: Input should be a finite number"):
        import_dataset("back", tmp_path / "hub")
