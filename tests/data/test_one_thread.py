"""PDFium in several threads: a sound file stays sound, and the process goes on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.data.made_pdfs import pdf, text

READERS = """
import sys, threading
from pathlib import Path
from peerassay.data.papers.pdf.document import read_pdf
from peerassay.generator.latex.check import check_pdf
from peerassay.generator.page.pictures import page_pictures, _pages

path = Path(sys.argv[1])
content = path.read_bytes()
reads = [lambda: read_pdf(content, "x").text, lambda: check_pdf(path).pages,
         lambda: (_pages.cache_clear(), len(page_pictures(path, 1)))[1]]
wanted, found = [read() for read in reads], []

def work(read, value):
    for _ in range(25):
        assert read() == value
    found.append(value)

threads = [threading.Thread(target=work, args=pair) for pair in zip(reads * 2, wanted * 2)]
for thread in threads: thread.start()
for thread in threads: thread.join()
sys.exit(len(found) != len(threads))
"""


def test_threads_that_read_one_file_at_once_read_what_one_alone_does(tmp_path: Path) -> None:
    lines = [text(f"Line {row} of a page, with words to be read.", y=740 - 14 * row, size=10) for row in range(45)]
    path = tmp_path / "paper.pdf"
    path.write_bytes(pdf(*["".join(lines)] * 2))
    done = subprocess.run([sys.executable, "-c", READERS, str(path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
