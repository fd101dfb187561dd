"""Papers by their arXiv number or address, from a loopback server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from arxiv_server import FakeArxiv, fake_arxiv
from made_pdfs import BODY, pdf
from peerassay.data.errors import InputError
from peerassay.data.papers.arxiv import arxiv_number, on_disk
from peerassay.data.papers.load import load_paper


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeArxiv]:
    with fake_arxiv() as fake:
        monkeypatch.setenv("PEERASSAY_ARXIV_URL", fake.url)
        yield fake


@pytest.mark.parametrize(
    ("name", "number"),
    {
        "2408.06292": "2408.06292",
        "2408.06292v2": "2408.06292v2",
        "arXiv:2408.06292v2": "2408.06292v2",
        "arxiv: 0704.0001": "0704.0001",
        "cs/0101001": "cs/0101001",
        "arXiv:math.GT/0309136v1": "math.GT/0309136v1",
        "hep-th/9901001": "hep-th/9901001",
        "https://arxiv.org/abs/2408.06292": "2408.06292",
        "http://www.arxiv.org/pdf/2408.06292v1.pdf": "2408.06292v1",
        "https://export.arxiv.org/pdf/cs/0101001": "cs/0101001",
        "arxiv.org/html/2408.06292v2#S3": "2408.06292v2",
        "https://arxiv.org/abs/2408.06292?context=cs": "2408.06292",
        "https://doi.org/10.48550/arXiv.2408.06292": "2408.06292",
        "paper.pdf": None,
        "2408.062": None,
        "data/0101001": None,
        "https://example.org/abs/2408.06292": None,
        "drafts/2408.06292.pdf": None,
    }.items(),
)
def test_names_of_arxiv(name: str, number: str | None) -> None:
    assert arxiv_number(name) == number


def test_a_paper_is_fetched_once_and_read(server: FakeArxiv) -> None:
    server.files["/pdf/2408.06292v2"] = pdf(BODY)
    said: list[str] = []
    (path,) = on_disk(["https://arxiv.org/abs/2408.06292v2"], said.append)
    assert load_paper(Path(path)).paper.id == "2408.06292v2"
    assert "one hand clapping" in load_paper(Path(path)).paper.text
    assert on_disk(["other.pdf", "arXiv:2408.06292v2"], said.append) == ["other.pdf", path]
    assert server.asked == {"/pdf/2408.06292v2": 1}
    assert [line.split(path)[0] for line in said] == [
        "arXiv:2408.06292v2: fetched to ",
        "arXiv:2408.06292v2: kept from before in ",
    ]
    assert server.agents == {"peerassay (automated literature search)"}


def test_old_numbers_redirects_and_a_busy_server(server: FakeArxiv) -> None:
    server.moved["/pdf/cs/0101001"] = "/pdf/cs/0101001v1"
    server.files["/pdf/cs/0101001v1"] = pdf(BODY)
    server.busy = 1
    (path,) = on_disk(["cs/0101001"], lambda _: None)
    assert Path(path).name == "cs-0101001.pdf"
    assert Path(path).read_bytes() == pdf(BODY)


def test_a_file_of_that_name_goes_first(server: FakeArxiv, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("2408.06292").write_bytes(pdf(BODY))
    assert on_disk(["2408.06292"], lambda _: None) == ["2408.06292"]
    assert not server.asked
    assert load_paper(Path("2408.06292")).pages == 1


def test_what_cannot_be_fetched_is_told_in_one_line(server: FakeArxiv, monkeypatch: pytest.MonkeyPatch) -> None:
    server.files["/pdf/2408.00001"] = b"<html>PDF unavailable</html>"
    for name, message in {
        "2408.99999": "arXiv:2408.99999: unknown to http",
        "2408.00001": "arXiv:2408.00001: .* sent no PDF",
        "https://example.org/paper.pdf": "only addresses of arXiv are fetched; download the paper",
        "arXiv:2408": "no number of arXiv",
    }.items():
        with pytest.raises(InputError, match=message) as raised:
            on_disk([name], lambda _: None)
        assert "\n" not in str(raised.value)
    monkeypatch.setenv("PEERASSAY_ARXIV_URL", "http://127.0.0.1:9")
    with pytest.raises(InputError, match=r"not fetched from .*: no connection .*; download the PDF and name it"):
        on_disk(["2408.06292"], lambda _: None)
