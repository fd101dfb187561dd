"""Where datasets live and how a name or a path becomes a Dataset.

A name is looked for among the bundled datasets, then in the data home (`PEERASSAY_DATA` or the platform's user data
folder), where a dataset is a folder that `save` wrote or a raw folder that an importer can read as it stands.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from .dataset import Dataset, load, read_card, save
from .errors import InputError, unknown
from .hub.front_matter import kind_of
from .hub.read import read_dataset
from .iclr2022_scores import load_iclr2022_scores
from .importers.rows import SUFFIXES as TABLE_SUFFIXES
from .importers.table import import_table
from .importers.texts import find_table, import_texts
from .records import DatasetCard
from .sample_pairs import load_sample
from .venues import is_pullable

LADDER = Path(__file__).parent / "ladder"
BUNDLED: dict[str, Callable[[], Dataset]] = {
    "sample": load_sample,
    "ladder": lambda: load(LADDER),
    "iclr2022-scores": load_iclr2022_scores,
}
"""What every installation has, by name."""
KNOWN_SOURCES: dict[str, dict[str, object]] = {
    "iclr2022": {
        "title": "ICLR 2022 submissions with decisions and ratings",
        "source": "OpenReview, by way of the parsed texts released with The AI Scientist (Lu et al. 2024)",
        "licence": "the authors' own, as stated on OpenReview; not redistributed here",
        "text_version": "latest",
        "decided": "2022-01",
        "scale": (1, 3, 5, 6, 8, 10),
        "notes": [
            "The texts are the latest PDFs: camera-ready for accepted papers, anonymous submissions for rejected ones. "
            "They leak the decision; see `peerassay data audit iclr2022`.",
        ],
    }
}


def data_home() -> Path:
    """The folder of imported and pulled datasets."""
    import platformdirs

    chosen = os.environ.get("PEERASSAY_DATA")
    return Path(chosen) if chosen else platformdirs.user_data_path("peerassay", appauthor=False)


def list_names() -> list[str]:
    """The names that `load_dataset` takes now: bundled ones first, then those of the data home."""
    home = data_home()
    found = [f.name for f in sorted(home.iterdir()) if f.is_dir() and _is_dataset(f)] if home.is_dir() else []
    return [*BUNDLED, *(name for name in found if name not in BUNDLED)]


def load_dataset(name: str | os.PathLike[str]) -> Dataset:
    """The dataset of this name, or at this path (a saved dataset, a raw folder, a table file).

    Raises InputError for an unknown name, with near matches, or for a broken dataset.
    """
    name = os.fspath(name)
    if name in BUNDLED:
        return BUNDLED[name]()
    home = data_home()
    if "/" not in name and _is_dataset(home / name):
        return open_path(home / name, name)
    path = Path(name)
    if path.exists():
        return open_path(path, plain_name(path.resolve().name if path.is_dir() else path.stem))
    raise unknown_dataset(name, f"looked in {home}, and for a table or a folder of that path")


def unknown_dataset(name: str, looked: str) -> InputError:
    """The error for a name that no dataset here has, with near matches and the command that gets it."""
    get = f"get it by {how_to_get(name)}" if is_pullable(name) else "get more by `data import` or `data pull`"
    return unknown("dataset", name, list_names(), hint=f"{looked}; {get}")


def how_to_get(name: str) -> str:
    """The commands that get the papers of a venue that can be pulled."""
    release = ", or from the AI-Scientist release `peerassay data import iclr2022 FOLDER`" if name == "iclr2022" else ""
    return f"`peerassay data pull {name}` (OpenReview, needs an account){release}"


def load_card(name: str) -> DatasetCard:
    """The card of a dataset, without reading the texts where they were saved with their card."""
    folder = data_home() / name
    if name not in BUNDLED and (folder / "card.json").is_file():
        return read_card(folder)
    return load_dataset(name).card


def open_path(path: Path, name: str) -> Dataset:
    """Read a saved or exported dataset, a folder of texts with its table, or a table file, under the given name."""
    if (path / "card.json").is_file():
        return load(path)
    if kind := kind_of(path):
        if kind == "run":
            raise InputError(f"{path}: is a run that was exported; its reviews are a reviewer: -r replay:{path}")
        return read_dataset(path, name)
    card = new_card(name, path)
    if path.is_dir():
        return import_texts(path, card)
    return import_table(path, card)


def new_card(name: str, path: Path) -> DatasetCard:
    """The card of a dataset that is being imported, with what is known of a source of this name."""
    changed = datetime.fromtimestamp(path.stat().st_mtime, UTC).date().isoformat()
    known = KNOWN_SOURCES.get(name, {"source": f"imported from {path.name}"})
    return DatasetCard.model_validate({"name": name, "revision": f"files of {changed}", **known})


def save_dataset(dataset: Dataset, *, overwrite: bool = False) -> Path:
    """Write the dataset into the data home and return its folder.

    Raises InputError where the name is bundled, taken (unless `overwrite`), or not a plain folder name.
    """
    name = dataset.card.name
    check_name(name, overwrite=overwrite)
    save(dataset, data_home() / name)
    return data_home() / name


def check_classes(card: DatasetCard) -> None:
    """Refuse papers of one decision alone: nothing can be measured on them. Raises InputError with the counts."""
    if card.accepted in (0, card.papers):
        only = "accepted" if card.accepted else "rejected"
        left_out = "; ".join(f"{count} {reason}" for reason, count in card.excluded.items())
        raise InputError(
            f"all {card.papers} papers are {only}: agreement needs both classes"
            f"{f' (left out: {left_out})' if left_out else ''}; map the right column, as in --map decision=COLUMN"
        )


def plain_name(text: str) -> str:
    """The text as a dataset's name: letters, digits, "-", "_" and "." only."""
    return re.sub(r"[^\w.-]+", "-", text).lstrip(".") or "dataset"


def check_name(name: str, *, overwrite: bool) -> None:
    """Refuse names that are bundled, taken (unless `overwrite`) or would leave the data home. Raises InputError."""
    if name in BUNDLED:
        raise InputError(f"dataset name {name!r} is a bundled one; choose another name")
    if not name or not all(c.isalnum() or c in "-_." for c in name) or name.startswith("."):
        raise InputError(f"dataset name {name!r}: use letters, digits, '-', '_' and '.' only")
    if not overwrite and (data_home() / name).exists():
        raise InputError(
            f"dataset {name} is there already ({data_home() / name}); choose another name or pass --overwrite"
        )


def _is_dataset(path: Path) -> bool:
    if path.is_dir():
        return (path / "card.json").is_file() or find_table(path) is not None
    return path.suffix in TABLE_SUFFIXES and path.is_file()
