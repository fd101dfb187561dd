"""Seconds per paper of reading a PDF, with the search for hidden text.

python bench/speed/pdf.py [FOLDER]

FOLDER (default: `generated_papers/papers` in PEERASSAY_DATA or in `../shared/data` beside the checkout) is searched for
PDF files. One thread; the fastest of three rounds counts.
"""

# pyright: reportMissingImports=false
from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from peerassay.data.errors import InputError
from peerassay.data.papers.find import find_papers
from peerassay.data.papers.load import LoadedPaper, load_paper

ROUNDS = 3
BESIDE = Path(__file__).resolve().parents[3] / "shared" / "data"


def main(folder: str = "") -> None:
    """Print the seconds of each paper and the papers per second over all."""
    try:
        place = papers_folder(folder)
        if place is None:
            print(f"skipped: no papers at {' or '.join(map(str, places_of_papers()))}; give a folder of PDF files")
            return
        paths = [path for path in find_papers([str(place)]) if path.suffix == ".pdf"]
        if not paths:
            raise InputError(f"{place}: no PDF files; give another folder")
        total = sum(measured(path) for path in paths)
    except InputError as error:
        sys.exit(str(error))
    print(f"{len(paths)} papers, {total / len(paths):.3f} s per paper, {len(paths) / total:.1f} papers per second")


def papers_folder(folder: str) -> Path | None:
    """The folder asked for, else the first place where the generated papers are; None where they are not there.

    Raises InputError where a folder is asked for that is none.
    """
    if folder and not Path(folder).is_dir():
        raise InputError(f"{folder}: no such folder; give one of PDF files")
    return Path(folder) if folder else next((place for place in places_of_papers() if place.is_dir()), None)


def places_of_papers() -> list[Path]:
    """Where the generated papers may be."""
    folders = [Path(os.environ["PEERASSAY_DATA"])] if os.environ.get("PEERASSAY_DATA") else []
    return [home / "generated_papers" / "papers" for home in (*folders, BESIDE)]


def measured(path: Path) -> float:
    """Seconds of the fastest of ROUNDS rounds, printed with what was found."""
    seconds, loaded = zip(*(timed(path) for _ in range(ROUNDS)), strict=True)
    name, found = path.parent.name[:32], loaded[0]
    print(f"{name:34}{found.pages:4} pages {min(seconds):7.3f} s   hidden: {len(found.quarantine)}")
    return min(seconds)


def timed(path: Path) -> tuple[float, LoadedPaper]:
    """Seconds that one reading takes, and what it gives."""
    start = time.perf_counter()
    loaded = load_paper(path)
    return time.perf_counter() - start, loaded


if __name__ == "__main__":
    main(*sys.argv[1:])
