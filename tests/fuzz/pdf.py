"""Random changes to small PDF files, read as papers are: `python tests/fuzz/pdf.py --seconds 600 --keep FOLDER`.

Each file must give a text or a clean error. What raises anything else, takes longer than `SLOWEST` seconds or ends the
process is kept as a file; the test of `tests/data/test_papers_layouts.py` reads those in `tests/fuzz/kept/pdf`.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import random
import re
import signal
import sys
import tempfile
import time
from pathlib import Path

from peerassay.data.errors import InputError
from peerassay.data.papers.load import load_paper

sys.path.insert(0, str(Path(__file__).parents[1] / "data"))
from made_pdfs import ORDER, locked_pdf, pdf, text
from pdf_layouts import LINES, NUMBERED, numbered, page, row_by_row

SLOWEST = 20
ROUND = 25
"""Files that one child process reads, so that one that crashes costs little."""
KEPT = Path(__file__).parent / "kept" / "pdf"
SEEDS = [
    *(pdf(numbered(kind)) for kind in NUMBERED),
    pdf(row_by_row(LINES[:14], LINES[14:]), page(), crop="/Rotate 90"),
    pdf(page() + text(ORDER, y=90, before="1 1 1 rg"), forms={"Fm": text(ORDER), "FmOff": text("Off")}),
    pdf("/Fm Do\n612 0 0 792 0 0 cm /Im Do\n" + text("Words", before="3 Tr"), forms={"Fm": text("In a form")}),
    locked_pdf(),
]
TOKENS = [
    b"0", b"-1", b"1e38", b"99999999999", b"nan", b"/Rotate 91", b"/MediaBox [0 0 0 0]", b"/Kids [2 0 R]", b"2 0 R",
    b"6 0 R", b"null", b"true", b"<<", b">>", b"[", b"]", b"(", b")", b"<", b"stream\n", b"endstream", b"endobj",
    b"obj", b"BT", b"ET", b"Tj", b"Tm", b"cm", b"q", b"Q", b"Do", b"/Fm Do", b"3 Tr", b"7 Tr", b"0 Tz", b"1e6 Tf",
    b"\0", b"\r", b"\xff\xfe", b"/Encrypt 3 0 R", b"/Type /ObjStm", b"/Filter /FlateDecode", b"/Length -1", b"%%EOF",
    b"startxref\n0",
]  # fmt: skip


def changed(draw: random.Random, content: bytes) -> bytes:
    """The file with some of its parts cut, doubled, moved, or replaced by tokens, numbers and parts of other files."""
    for _ in range(draw.randint(1, 6)):
        start = draw.randint(0, len(content))
        end = min(len(content), start + draw.choice((0, 1, 2, 8, 40, 200)))
        other = draw.choice(SEEDS)
        place = draw.randint(0, len(other))
        number = draw.choice([*re.finditer(rb"-?\d+(?:\.\d+)?", content)] or [None])
        kind = draw.randint(0, 6)
        if kind == 0:
            content = content[:start] + content[end:]
        elif kind == 1:
            content = content[:end] + content[start:]
        elif kind == 2:
            content = content[:start] + draw.choice(TOKENS) + content[end:]
        elif kind == 3 and number:
            content = content[: number.start()] + draw.choice(TOKENS[:8]) + content[number.end() :]
        elif kind == 4:
            content = content[:start] + draw.randbytes(end - start) + content[end:]
        elif kind == 5:
            content = content[:start] + other[place : place + 300] + content[end:]
        else:
            content = content[:end] if draw.random() < 0.1 else content
    return content


def read(path: Path) -> None:
    """Read the file as a paper. Raises what is not a clean error of one line."""
    try:
        load_paper(path)
    except InputError as error:
        if "\n" in str(error):
            raise ValueError(f"an error of several lines: {error}") from None


def one_round(seed: int, path: Path) -> int:
    """Read changed files in a child process, each from `path`; its exit status, 0 where all went well."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    draw = random.Random(seed)
    try:
        for _ in range(ROUND):
            path.write_bytes(changed(draw, draw.choice(SEEDS)))
            signal.alarm(SLOWEST)
            read(path)
            signal.alarm(0)
    except BaseException as error:
        with contextlib.suppress(OSError):
            path.with_suffix(".txt").write_text(f"{type(error).__name__}: {error}")
        os._exit(1)
    os._exit(0)


def main() -> None:
    """Fuzz for some seconds; exit with 1 where something was kept."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--seed", type=int, default=int(time.time()))
    options.add_argument("--keep", type=Path, default=KEPT)
    given = options.parse_args()
    given.keep.mkdir(parents=True, exist_ok=True)
    stop, rounds, crashes = time.monotonic() + given.seconds, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fuzz.pdf"
        while time.monotonic() < stop:
            if status := one_round(given.seed + rounds, path):
                content = path.read_bytes()
                name = hashlib.sha256(content).hexdigest()[:12]
                (given.keep / f"{name}.pdf").write_bytes(content)
                reason = path.with_suffix(".txt")
                print(f"{name}.pdf: {reason.read_text() if reason.exists() else f'status {status}'}", flush=True)
                reason.unlink(missing_ok=True)
                crashes += 1
            rounds += 1
    print(f"seed {given.seed}: about {rounds * ROUND} files, {crashes} crashes")
    sys.exit(bool(crashes))


if __name__ == "__main__":
    main()
