"""Importing a dataset from whatever holds it: what `peerassay data import` does, and the Python API."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .calibration_split import SHARE, with_calibration
from .dataset import Dataset
from .errors import InputError
from .hub.read import exported_folder, read_dataset
from .importers.huggingface import HUB, import_huggingface
from .importers.recipe_import import import_recipe
from .importers.recipes import recipe_of
from .importers.table import import_table, rows_to_dataset
from .records import DatasetCard
from .registry import check_classes, check_name, list_names, load_card, new_card, open_path, save_dataset
from .undecided import read_undecided

if TYPE_CHECKING:
    import pandas as pd


def import_dataset(
    name: str,
    source: str | os.PathLike[str] | pd.DataFrame | Sequence[Mapping[str, Any]],
    *,
    columns: Mapping[str, str] | None = None,
    texts: str | os.PathLike[str] | None = None,
    huggingface: bool = False,
    split: str | Sequence[str] | None = None,
    config: str | None = None,
    undecided: bool = False,
    recipe: str = "",
    parts: Sequence[str] = (),
    calibration_share: float = SHARE,
    save: bool = True,
    overwrite: bool = False,
    described: Mapping[str, str] | None = None,
) -> Dataset:
    """Import a dataset under a name, and save it in the data home, from where `load_dataset(name)` loads it.

    `source` is a folder of texts with its table of decisions, one that `data export` wrote (on the hub too), a .csv,
    .tsv, .json or .jsonl table, "hf:OWNER/NAME", a DataFrame, or a list of mappings. `columns` maps our fields
    (paper_id, title, text, decision, ratings, ...) to columns of other names; `texts` is a folder of texts, ID.txt.
    With `huggingface`, `split` and `config`, a path is read by the `datasets` library. With `recipe`, the name of one
    of `recipes`, a file or folder is read as that published data set, of which `parts` are the venues and years wanted
    ("iclr2024"). Where the source has no split, `calibration_share` of the papers are put aside for fits, see
    `with_calibration`. `described` goes on the card: title, source, licence, text_version.

    With `undecided`, `source` is a folder of papers or a table without decisions, for sealed forecasts alone.

    Raises InputError for a name that is taken (unless `overwrite`), what cannot be read, and papers of one decision.
    """
    check_name(name, overwrite=overwrite or not save)
    by_library = huggingface or (isinstance(source, (str, os.PathLike)) and os.fspath(source).startswith(HUB))
    if texts and (by_library or not isinstance(source, (str, os.PathLike))):
        raise InputError("a folder of texts (--texts) goes with a table's file or a recipe")
    if (split or config) and not by_library:
        raise InputError("a split or configuration (--hf-split, --hf-config) is for the Hugging Face library (--hf)")
    if undecided:
        if not isinstance(source, (str, os.PathLike)) or huggingface or split or config or recipe:
            raise InputError("papers that are not decided come from a table's file or a folder of papers")
        dataset = read_undecided(name, source, columns=columns, texts=texts).with_card(name=name, **(described or {}))
        if save:
            save_dataset(dataset, overwrite=overwrite)
        return dataset
    exported: Path | None = None
    if not isinstance(source, (str, os.PathLike)):
        dataset = _from_rows(name, source, columns)
    elif recipe:
        dataset = import_recipe(
            recipe_of(recipe),
            Path(source),
            name=name,
            columns=columns,
            texts=Path(texts) if texts else None,
            parts=parts,
        )
    elif exported := None if columns or texts or split or config else exported_folder(os.fspath(source)):
        dataset = read_dataset(exported, name)
    elif by_library:
        dataset = import_huggingface(name, os.fspath(source), columns=columns, split=split, config=config)
    elif not Path(source).exists():
        raise InputError(
            f"{source}: no such file or folder; give a table (.csv, .tsv, .json, .jsonl), a folder of texts with its "
            f"table, or hf:OWNER/NAME"
        )
    elif columns or texts:
        path = Path(source)
        dataset = import_table(path, new_card(name, path), columns=columns, texts=Path(texts) if texts else None)
    else:
        dataset = open_path(Path(source), name)
    dataset = dataset.with_card(name=name, **(described or {}))
    check_classes(dataset.card)
    if not exported:
        dataset = with_calibration(dataset, calibration_share)
    if save:
        save_dataset(dataset, overwrite=overwrite)
    return dataset


def _from_rows(
    name: str, rows: pd.DataFrame | Sequence[Mapping[str, Any]], columns: Mapping[str, str] | None
) -> Dataset:
    to_dict = getattr(rows, "to_dict", None)
    listed = [_unwrapped(dict(row)) for row in (rows if to_dict is None else to_dict("records"))]
    revision = f"made {datetime.now(UTC).date().isoformat()}"
    card = DatasetCard(name=name, revision=revision, source="rows in memory")
    return rows_to_dataset(listed, card, where=f"rows of {name}", columns=columns)


def _unwrapped(value: Any) -> Any:
    """The value without arrays and numbers of NumPy, in which a DataFrame keeps lists."""
    if isinstance(value, Mapping):
        return {name: _unwrapped(cell) for name, cell in value.items()}
    if isinstance(value, (list, tuple)):
        return [_unwrapped(cell) for cell in value]
    return _unwrapped(value.tolist()) if type(value).__module__ == "numpy" else value


def list_datasets() -> pd.DataFrame:
    """The datasets that `load_dataset` takes by name now, a row each; those that cannot be read are left out."""
    import pandas as pd

    cards: list[DatasetCard] = []
    for name in list_names():
        try:
            cards.append(load_card(name))
        except InputError:
            continue
    wanted = ("name", "title", "papers", "accepted", "labels", "text_version", "splits", "hash")
    return pd.DataFrame([{field: getattr(card, field) for field in wanted} for card in cards])
