"""The pictures of the documentation, from runs of the bundled data (make gallery).

Usage: `python docs/gallery.py RUNS IMAGES`. Runs that are in RUNS already are used as they are.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

PEERASSAY = [sys.executable, "-m", "peerassay"]
RUNS = {
    "decisions": "bench -d iclr2022-scores",
    "stress": "stress -d sample --split all -r learned:iclr2022 "
    "--manipulations injection:visible,laundering,degradation",
    "released": "score bundled:generated --calibration bundled:gpt-4o-1shot",
    "site": "leaderboard build",
    "paper": "scientist run -t epidemic -m offline --offline-literature",
}
"""Folders in RUNS, and the commands that make them."""

DRAWINGS = ("roc", "leaks")
"""Drawings of the report, shown at half their size."""

COLOURS = 64
LARGEST = 90_000
"""Bytes of a picture, at most."""


@dataclass(frozen=True)
class Picture:
    """A page of a run as a browser shows it; `pages` may match several files, the first is taken."""

    name: str
    pages: str
    width: int = 1280
    height: int = 900
    dark: bool = False
    at: str = ""
    """The text of the heading to which the page is scrolled."""


PICTURES = (
    Picture("report", "decisions/report.html", at="Scores"),
    Picture("report-headline", "decisions/report.html"),
    Picture("report-dark", "decisions/report.html", dark=True, at="Differences between reviewers"),
    Picture("report-phone", "decisions/report.html", width=390, height=800),
    Picture("card", "stress/cards/*/card.html", height=1100),
    Picture("scores", "released/report.html"),
    Picture("board-reviewers", "site/reviewers.html"),
    Picture("board-generators", "site/generators.html"),
    Picture("run-page", "paper/index.html"),
)


def make_runs(folder: Path) -> None:
    """Make the runs that are not there yet; exit codes 1 and 3 report findings, not faults."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, command in RUNS.items():
        if not (folder / name).exists():
            print(f"peerassay {command}", flush=True)
            words = [*PEERASSAY, *command.split(), "--out", name]
            done = subprocess.run(words, cwd=folder, stdout=subprocess.DEVNULL, check=False)
            if done.returncode not in (0, 1, 3):
                sys.exit(f"peerassay {command}: exit code {done.returncode}")


def photograph(browser: Browser, picture: Picture, runs: Path, target: Path) -> None:
    """Take a picture as PNG."""
    page_file = min(runs.glob(picture.pages), default=None)
    if page_file is None:
        sys.exit(f"{runs / picture.pages}: no such page; delete the folder of its run to have it made again")
    page = browser.new_page(
        viewport={"width": picture.width, "height": picture.height},
        color_scheme="dark" if picture.dark else "light",
    )
    page.goto(page_file.resolve().as_uri())
    if picture.at:
        heading = page.get_by_role("heading", name=picture.at, exact=True).first
        heading.evaluate("heading => heading.scrollIntoView()")
    page.screenshot(path=target)
    page.close()


def keep(image: Image.Image, target: Path) -> None:
    """Write a picture as WebP; one that is too large for a repository is refused."""
    image.convert("RGB").quantize(COLOURS).convert("RGB").save(target, lossless=True, quality=100, method=6)
    if target.stat().st_size > LARGEST:
        sys.exit(f"{target}: {target.stat().st_size:,} bytes, more than {LARGEST:,}")


def paper_pages(runs: Path) -> Image.Image:
    """The first two pages of the paper, side by side."""
    document = pypdfium2.PdfDocument(runs / "paper" / "idea_01" / "paper.pdf")
    pages = [document[number].render(scale=1).to_pil() for number in range(2)]
    sheet = Image.new("RGB", (sum(page.width for page in pages), max(page.height for page in pages)), "white")
    left = 0
    for page in pages:
        sheet.paste(page, (left, 0))
        left += page.width
    return sheet


def main(runs: Path, images: Path) -> None:
    """Make the runs, then the pictures."""
    make_runs(runs)
    images.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for picture in PICTURES:
            shot = runs / f"{picture.name}.png"
            photograph(browser, picture, runs, shot)
            with Image.open(shot) as image:
                keep(image, images / f"{picture.name}.webp")
        browser.close()
    keep(paper_pages(runs), images / "paper.webp")
    for name in DRAWINGS:
        with Image.open(runs / "decisions" / "figures" / f"{name}.png") as drawing:
            keep(drawing.reduce(2), images / f"{name}.webp")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
