"""Papers as they should not be, in `review`, `score` and `data import`: odd names, one word, none; and arXiv."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "data"))
from arxiv_server import fake_arxiv
from made_pdfs import pdf
from pdf_layouts import page

Typed = Callable[..., tuple[int, str, str]]
WORDS = "# On Clouds\n\n## Abstract\n\n" + "We weigh clouds and find them light. " * 20


def test_review(typed: Typed) -> None:
    Path("caf\udce9.md").write_text(WORDS)
    Path("one.txt").write_text("Word")
    Path("empty.pdf").touch()
    code, out, err = typed("review", "caf\udce9.md", "one.txt", "empty.pdf", "--json")
    assert code == 3
    reviews = {Path(entry["paper"]["path"]).name: entry for entry in json.loads(out)["reviews"]}
    assert set(reviews) == {"caf\ufffd.md", "one.txt"}
    assert "one.txt: only 1 word: no paper, and no verdict on it means anything" in " ".join(err.split())
    assert reviews["one.txt"]["paper"]["notes"] == ["only 1 word: no paper, and no verdict on it means anything"]
    assert reviews["caf\ufffd.md"]["paper"]["notes"] == []
    assert "not read: empty.pdf: empty; give a file with the paper's text" in err
    code, out, err = typed("review", "empty.pdf")
    assert (code, out) == (2, "")
    assert "peerassay: empty.pdf: empty" in err


def test_score(typed: Typed) -> None:
    Path("papers").mkdir()
    Path("papers/whole.md").write_text(WORDS)
    Path("papers/one.md").write_text("Word")
    Path("papers/empty.md").touch()
    code, _, err = typed("score", "papers")
    assert code == 3
    said = " ".join(err.split())
    assert "papers/empty.md: empty; give a file with the paper's text" in said
    assert "no paper, and no verdict on it means anything" in said
    Path("odd").mkdir()
    Path("odd/caf\udce9.md").write_text(WORDS)
    code, _, err = typed("score", "odd")
    assert code == 2
    assert "is not UTF-8; rename it" in err


def test_data_import(typed: Typed) -> None:
    folder = Path("data")
    (folder / "papers").mkdir(parents=True)
    (folder / "decisions.tsv").write_text("paper_id\tdecision\na\taccept\nb\treject\nc\treject\n")
    for name, text in {"a": WORDS, "b": "Word", "c": ""}.items():
        (folder / "papers" / f"{name}.txt").write_text(text)
    code, out, err = typed("data", "import", "odd", "data", "--json")
    assert code == 0
    card = json.loads(out)
    assert (card["papers"], card["excluded"]) == (2, {"file cannot be read": 1})
    assert "c.txt: empty" in " ".join(card["notes"])
    assert "1 papers have fewer than 50 words (b)" in err


def test_review_of_a_paper_on_arxiv(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    with fake_arxiv() as server:
        monkeypatch.setenv("PEERASSAY_ARXIV_URL", server.url)
        server.files["/pdf/2408.06292v2"] = pdf(page())
        code, out, err = typed("review", "https://arxiv.org/abs/2408.06292v2", "--json")
        assert code == 0
        assert json.loads(out)["reviews"][0]["paper"]["title"] == "Careful Weighing of Clouds"
        assert "arXiv:2408.06292v2: fetched to" in err
        code, out, err = typed("review", "2408.99999")
        assert (code, out) == (2, "")
        assert "arXiv:2408.99999: unknown to http" in err
