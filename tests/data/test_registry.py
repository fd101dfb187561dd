"""From a name or a path to a dataset."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from peerassay.data.dataset import build, save
from peerassay.data.errors import InputError
from peerassay.data.records import DatasetCard, Judgement, Paper
from peerassay.data.registry import (
    check_classes,
    check_name,
    data_home,
    list_names,
    load_card,
    load_dataset,
    save_dataset,
)

TABLE = "paper_id\tdecision\ttext\na\tAccept\tOne.\nb\tReject\tTwo.\n"


def toy(name: str = "toy", text: str = "Words."):
    return build(DatasetCard(name=name), [Paper(id="a", text=text)], [Judgement(paper_id="a", decision="reject")])


def raw_folder(folder: Path) -> Path:
    (folder / "papers").mkdir(parents=True)
    (folder / "papers" / "a.txt").write_text("# One\n\nWords.\n")
    (folder / "decisions.tsv").write_text("paper_id\tdecision\na\tReject\n")
    return folder


def test_the_data_home_is_the_environment_s() -> None:
    assert data_home() == Path(os.environ["PEERASSAY_DATA"])
    assert list_names() == ["sample", "ladder", "iclr2022-scores"]


def test_saved_and_raw_folders_of_the_data_home_are_listed() -> None:
    save_dataset(toy("zeta"))
    raw_folder(data_home() / "iclr2022")
    (data_home() / "notes").mkdir()
    (data_home() / "stray.txt").write_text("x")
    assert list_names() == ["sample", "ladder", "iclr2022-scores", "iclr2022", "zeta"]
    assert load_dataset("zeta") == toy("zeta")
    assert load_card("zeta") == toy("zeta").card
    raw = load_dataset("iclr2022")
    assert raw.card.name == load_card("iclr2022").name == "iclr2022"
    assert raw.card.text_version == "latest"
    assert raw.card.revision.startswith("files of 20")


def test_the_card_is_read_without_the_texts() -> None:
    folder = save_dataset(toy())
    (folder / "papers.jsonl").unlink()
    assert load_card("toy").papers == 1


def test_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(toy("kept"), tmp_path / "saved")
    assert load_dataset(str(tmp_path / "saved")).card.name == "kept"
    table = tmp_path / "mine.tsv"
    table.write_text(TABLE)
    assert load_dataset(str(table)).card.name == "mine"
    assert load_dataset(str(table)).card.source == "imported from mine.tsv"
    folder = raw_folder(tmp_path / "raw-1.2")
    assert load_dataset(str(folder)).card.name == "raw-1.2"
    monkeypatch.chdir(folder)
    assert load_dataset(".").card.name == "raw-1.2"


def test_the_data_home_comes_before_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    save(toy(text="Nearby words."), tmp_path / "toy")
    assert load_dataset("toy").papers[0].text == "Nearby words."
    save_dataset(toy(text="Words at home."))
    assert load_dataset("toy").papers[0].text == "Words at home."
    assert load_dataset("./toy").papers[0].text == "Nearby words."


def test_an_unknown_name_has_near_matches() -> None:
    save_dataset(toy("iclr2022"))
    with pytest.raises(InputError, match=r"iclr2021'; did you mean iclr2022 or iclr2022-scores\? .*data pull iclr2021"):
        load_dataset("iclr2021")
    with pytest.raises(InputError, match="known: iclr2022, iclr2022-scores, ladder, sample"):
        load_card("zzz")


def test_a_taken_name_is_kept_unless_overwritten() -> None:
    save_dataset(toy(text="Old."))
    with pytest.raises(InputError, match="dataset toy is there already .*--overwrite"):
        save_dataset(toy(text="New."))
    assert load_dataset("toy").papers[0].text == "Old."
    save_dataset(toy(text="New."), overwrite=True)
    assert load_dataset("toy").papers[0].text == "New."


@pytest.mark.parametrize("name", ["", "..", ".hidden", "a/b", "a b", "a\\b", "sample"])
def test_names_that_cannot_be_saved(name: str) -> None:
    with pytest.raises(InputError, match="dataset name"):
        check_name(name, overwrite=False)


@pytest.mark.parametrize("name", ["iclr2022", "my-set_1.0", "Zürich"])
def test_names_that_can_be_saved(name: str) -> None:
    check_name(name, overwrite=False)
    assert save_dataset(toy(name)).parent == data_home()


def test_a_path_that_is_no_dataset(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no table of decisions"):
        load_dataset(str(tmp_path))
    (tmp_path / "paper.pdf").write_bytes(b"%PDF")
    with pytest.raises(InputError, match=r"paper\.pdf: expected a file ending in"):
        load_dataset(str(tmp_path / "paper.pdf"))


@pytest.mark.parametrize(("accepted", "word"), [(0, "rejected"), (3, "accepted")])
def test_one_class_alone_is_no_dataset(accepted: int, word: str) -> None:
    check_classes(DatasetCard(name="toy", papers=3, accepted=1))
    card = DatasetCard(name="toy", papers=3, accepted=accepted, excluded={"no accept or reject (Withdrawn)": 2})
    with pytest.raises(InputError, match=rf"all 3 papers are {word}: .* \(left out: 2 no accept or reject"):
        check_classes(card)
