"""Import papers and decisions from a Hugging Face dataset, on the hub or on disk.

The fields are those of `table.py`; `columns` maps our names to the dataset's. Labels kept as numbers with names
(`ClassLabel`) are read by their names. Splits may be the classes themselves (accept, reject).
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..dataset import Dataset
from ..errors import InputError, unknown
from ..records import DatasetCard, parse_decision
from .cells import SPLITS
from .columns import find_columns
from .table import FIELDS, rows_to_dataset

if TYPE_CHECKING:
    import datasets

HUB = "hf:"
BUILDERS = {".parquet": "parquet", ".json": "json", ".jsonl": "json", ".csv": "csv", ".tsv": "csv", ".arrow": "arrow"}


def import_huggingface(
    name: str,
    ref: str | Path,
    *,
    columns: Mapping[str, str] | None = None,
    split: str | Sequence[str] | None = None,
    config: str | None = None,
    revision: str | None = None,
) -> Dataset:
    """The dataset `name` from `ref`: `hf:owner/name` on the hub, or a file or folder on disk.

    On disk: a .parquet, .json, .jsonl, .csv, .tsv or .arrow file, a folder of such files, or what `save_to_disk`
    wrote. `split` (one or several names) is needed where there are several that are not the classes, "all" for every
    one; train and validation are then calibration. The card's revision pins the source: the hub's commit, or the
    SHA-256 of the files.

    Raises InputError where the `datasets` library is missing, the source is not there or cannot be reached, a split,
    configuration or column is unknown, or a row is wrong.
    """
    try:
        import datasets
        from datasets.exceptions import DatasetsError
    except ModuleNotFoundError:
        raise InputError("reading Hugging Face datasets needs the library: pip install 'peerassay[hf]'") from None
    ref = str(ref)
    with tempfile.TemporaryDirectory() as cache:
        try:
            if ref.startswith(HUB):
                pin = _commit(ref.removeprefix(HUB), revision)
                loaded = datasets.load_dataset(ref.removeprefix(HUB), config, revision=pin)
            else:
                pin = _hash_of_files(Path(ref))
                loaded = _load_local(Path(ref), config, cache)
        except (DatasetsError, ValueError, OSError) as error:
            raise InputError(f"{ref}: cannot be read as a dataset: {_first_line(error)}") from None
        tables = _chosen_splits(loaded, [split] if isinstance(split, str) else split or (), ref)
        table = next(iter(tables.values()))
        card = DatasetCard.model_validate(
            {
                "name": name,
                "title": name,
                "source": " ".join(["Hugging Face dataset", ref, *([f"({config})"] if config else [])]),
                "licence": table.info.license or "unknown",
                "revision": pin,
                "notes": ["Which version the texts are is not known: camera-ready text gives the decision away."],
            }
        )
        return rows_to_dataset(_rows_of(tables, columns or {}), card, where=ref, columns=columns)


def _commit(repository: str, revision: str | None) -> str:
    """The commit that the revision (a branch, a tag, a commit; None for the newest) stands for on the hub."""
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, RepositoryNotFoundError, RevisionNotFoundError

    try:
        found = HfApi().dataset_info(repository, revision=revision, timeout=20).sha
    except RevisionNotFoundError:
        raise InputError(f"{HUB}{repository}: no revision {revision!r} on the hub") from None
    except RepositoryNotFoundError:
        raise InputError(f"{HUB}{repository}: not on the hub, or private (then log in by `hf auth login`)") from None
    except HFValidationError as error:
        raise InputError(f"{HUB}{repository}: expected hf:owner/name ({_first_line(error)})") from None
    except HfHubHTTPError as error:
        raise InputError(f"{HUB}{repository}: the hub refused: {_first_line(error)}") from None
    except Exception as error:  # the transport's own errors: another library in every major version of the hub client
        raise InputError(
            f"{HUB}{repository}: the hub cannot be reached ({type(error).__name__}); "
            "check the connection, or give the path of a downloaded copy"
        ) from None
    return found or revision or ""


def _load_local(path: Path, config: str | None, cache: str) -> Any:
    import datasets

    if (path / "state.json").is_file() or (path / "dataset_dict.json").is_file():
        return datasets.load_from_disk(str(path))
    if path.is_dir():
        return _by_split(path, cache) or datasets.load_dataset(str(path), config, cache_dir=cache)
    builder = BUILDERS.get(path.suffix.lower())
    if builder is None:
        raise InputError(f"{path}: expected a folder or a file ending in {', '.join(BUILDERS)}")
    options: dict[str, Any] = {"sep": "\t"} if path.suffix == ".tsv" else {}
    return datasets.load_dataset(builder, data_files=str(path), cache_dir=cache, **options)


def _hash_of_files(path: Path) -> str:
    """SHA-256 over the names and contents of the file, or of all files of the folder."""
    if not path.exists():
        hint = f" (for the hub write {HUB}{path})" if len(path.parts) == 2 else ""
        raise InputError(f"{path}: no such file or folder{hint}")
    files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    digest = hashlib.sha256()
    for file in files:
        digest.update(str(file.relative_to(path)).encode() + b"\0")
        with file.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return f"sha256:{digest.hexdigest()}"


def _by_split(folder: Path, cache: str) -> Any:
    """The files of a folder as splits, where all are named after one, and some after a class (`accept.parquet`,
    `reject-00000-of-00002.parquet`); None for other names."""
    import datasets

    found: dict[str, list[str]] = {}
    kinds: set[str] = set()
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in BUILDERS:
            name = re.split(r"-\d{5}-of-\d{5}", path.stem)[0]
            found.setdefault(name, []).append(str(path))
            kinds.add(path.suffix.lower())
    known = all(name in SPLITS or _decision(name) for name in found)
    if len(kinds) != 1 or not known or not any(map(_decision, found)):
        return None
    return datasets.load_dataset(BUILDERS[kinds.pop()], data_files=found, cache_dir=cache)


def _chosen_splits(loaded: Any, wanted: Sequence[str], ref: str) -> dict[str, datasets.Dataset]:
    """The splits asked for, by name; without a name the only one there is, or all where they are the classes."""
    there = dict(loaded) if isinstance(loaded, dict) else {loaded.split or "train": loaded}
    there = {str(name): table for name, table in there.items()}
    names = [name for item in wanted for name in item.split(",") if name]
    if "all" in names and "all" not in there:
        names = [*there]
    classes = {_decision(name) for name in there}
    if not names and len(there) > 1 and classes != {"accept", "reject"}:
        raise InputError(f"{ref}: has several splits; choose with --hf-split {','.join(there)}, or --hf-split all")
    for name in names:
        if name not in there:
            raise unknown("split", name, there)
    return {name: there[name] for name in names or there}


def _decision(name: str) -> str:
    """The decision that a split is named after; empty for none."""
    try:
        return parse_decision(re.sub(r"[_-]+", " ", name))[0] if not name.isdigit() else ""
    except ValueError:
        return ""


def _rows_of(tables: Mapping[str, datasets.Dataset], columns: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """The rows of all splits, with what their names say: the class, or of several what each is for."""
    for name, table in tables.items():
        found = find_columns(table.column_names, FIELDS, columns)
        said: dict[str, str] = {}
        if _decision(name) and "decision" not in found:
            said = {"decision": _decision(name)}
        elif len(tables) > 1 and "split" not in found and name.lower() in SPLITS:
            said = {"split": name}
        for row in _named_rows(table):
            yield {**row, **said}


def _named_rows(table: datasets.Dataset) -> Iterator[dict[str, Any]]:
    """The rows, with the names of labels in place of their numbers."""
    names: dict[str, list[str]] = {column: kind.names for column, kind in table.features.items() if _is_label(kind)}
    rows: Iterator[dict[str, Any]] = iter(table)  # pyright: ignore[reportAssignmentType]
    for row in rows:
        yield {**row, **{c: names[c][row[c]] for c in names if row[c] is not None and row[c] >= 0}}


def _is_label(kind: Any) -> bool:
    import datasets

    return isinstance(kind, datasets.ClassLabel)


def _first_line(error: BaseException) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
