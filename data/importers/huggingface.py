"""Import papers and decisions from a Hugging Face dataset, on the hub or on disk.

The fields are those of `table.py`; `columns` maps our names to the dataset's. Labels kept as numbers with names
(`ClassLabel`) are read by their names. Splits may be the classes themselves (accept, reject).
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..dataset import Dataset
from ..errors import InputError, unknown
from ..records import DatasetCard, parse_decision
from .cells import SPLITS, refuse_other_class
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
    ref = str(ref)
    with tempfile.TemporaryDirectory() as cache:
        with _one_line_errors(ref):
            import datasets

            if ref.startswith(HUB):
                pin = commit_of(ref.removeprefix(HUB), revision)
                loaded = datasets.load_dataset(ref.removeprefix(HUB), config, revision=pin)
            else:
                pin = _hash_of_path(Path(ref))
                loaded = _load_local(Path(ref), config, cache)
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


@contextmanager
def _one_line_errors(ref: str) -> Iterator[None]:
    """Within, errors of the library, also that it is missing, become an InputError of one line."""
    try:
        import datasets.exceptions
    except ModuleNotFoundError:
        raise InputError("reading Hugging Face datasets needs the library: pip install 'peerassay[hf]'") from None
    try:
        yield
    except (datasets.exceptions.DatasetsError, ValueError, OSError) as error:
        raise InputError(f"{ref}: cannot be read as a dataset: {_why(error)}") from None


def tables_at(path: Path, cache: str) -> dict[str, tuple[list[str], Iterator[dict[str, Any]]]]:
    """Columns and rows of a file, or of each split of what `save_to_disk` wrote, labels by their names.

    Rows are read from disk one by one; `cache` is a folder that must stay until they are.

    Raises InputError where the library is missing, or the file cannot be read.
    """
    with _one_line_errors(str(path)), _without_bars():
        tables = _splits_of(_load_local(path, None, cache))
        return {name: (table.column_names, _named_rows(table)) for name, table in tables.items()}


@contextmanager
def _without_bars() -> Iterator[None]:
    """Within, the library draws no progress."""
    import datasets

    if datasets.are_progress_bars_disabled():
        yield
        return
    datasets.disable_progress_bars()
    try:
        yield
    finally:
        datasets.enable_progress_bars()


def commit_of(repository: str, revision: str | None = None) -> str:
    """The commit that the revision (a branch, a tag, a commit; None for the newest) stands for on the hub."""
    from huggingface_hub import HfApi

    with _hub_errors(repository, revision):
        found = HfApi().dataset_info(repository, revision=revision, timeout=20).sha
    return found or revision or ""


def snapshot_of(repository: str, commit: str, patterns: Sequence[str]) -> Path:
    """The folder with the files of a dataset on the hub, those of the patterns; they are kept, so that it goes on where
    it was stopped.

    Raises InputError where the library is missing, or the hub cannot be reached.
    """
    with _one_line_errors(f"{HUB}{repository}"):
        from huggingface_hub import snapshot_download

    with _hub_errors(repository, commit):
        return Path(snapshot_download(repository, repo_type="dataset", revision=commit, allow_patterns=list(patterns)))


@contextmanager
def _hub_errors(repository: str, revision: str | None) -> Iterator[None]:
    """Within, errors of the hub become an InputError of one line."""
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, RepositoryNotFoundError, RevisionNotFoundError

    try:
        yield
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


def _hash_of_path(path: Path) -> str:
    """As `hash_of_files`, of the file or of all files of the folder."""
    if not path.exists():
        hint = f" (for the hub write {HUB}{path})" if len(path.parts) == 2 else ""
        raise InputError(f"{path}: no such file or folder{hint}")
    return hash_of_files([path], path)


def hash_of_files(paths: Iterable[Path], root: Path) -> str:
    """SHA-256 over the names, from `root` on, and the contents of files, and of all files in folders."""
    digest = hashlib.sha256()
    for file in sorted(f for path in paths for f in (path.rglob("*") if path.is_dir() else [path]) if f.is_file()):
        digest.update(str(file.relative_to(root)).encode() + b"\0")
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
    there = _splits_of(loaded)
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


def _splits_of(loaded: Any) -> dict[str, datasets.Dataset]:
    """What the library loaded, by the names of its splits."""
    there = dict(loaded) if isinstance(loaded, dict) else {loaded.split or "train": loaded}
    return {str(name): table for name, table in there.items()}


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
        elif (len(tables) > 1 or name.lower() == "test") and "split" not in found and name.lower() in SPLITS:
            said = {"split": name}
        for number, row in enumerate(_named_rows(table), start=1):
            if _decision(name) and "decision" in found:
                refuse_other_class(_decision(name), row[found["decision"]], f"{name}: row {number}")
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


def _why(error: BaseException) -> str:
    """The error in a line, with the ends of what caused it where the library only says that something did."""
    lines = [line.strip() for line in str(error.__cause__ or "").splitlines() if line.strip()]
    return " ".join(dict.fromkeys([_first_line(error), *lines[:1], *lines[-1:]]))[:300]


def _first_line(error: BaseException) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
