"""Published data sets by name at the command line, and what may be done with them at once."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from peerassay.data.importers import recipe_pull
from peerassay.data.importers.recipes import recipe_of, recipes
from peerassay.data.registry import load_dataset

from tests.data.recipe_layouts import PAPERLISTS, WORDS, WRITERS

Call = Callable[..., tuple[int, str, str]]


def test_recipes_are_listed_with_source_licence_and_what_is_not_verified(typed: Call) -> None:
    code, out, _ = typed("data", "recipes", "--json")
    listed = json.loads(out)
    assert code == 0 and set(listed) == set(recipes())
    assert listed["re2"]["licence"].startswith("Apache-2.0") and "wording of decisions" in listed["re2"]["unverified"]
    assert "data pull re2" in typed("data", "recipes")[1]


def test_the_documents_list_each_recipe_as_its_data_file_has_it() -> None:
    text = (Path(__file__).parents[2] / "docs" / "datasets.md").read_text()
    for name, recipe in recipes().items():
        cells = (f"[`{name}`]({recipe.source.split(' ')[0]})", recipe.title, recipe.licence, recipe.takes)
        assert f"| {' | '.join(cells)} | {', '.join(recipe.unverified)} |" in text


def test_import_by_recipe_and_its_card(typed: Call, tmp_path: Path) -> None:
    source = WRITERS["re2"](tmp_path)
    code, out, err = typed("data", "import", "re2", "--from", source, "--as", "mine", "--part", "iclr2023", "--json")
    assert (code, json.loads(out)["name"], json.loads(out)["papers"]) == (0, "mine", 4), err
    out = typed("data", "info", "mine")[1]
    assert all(words in out for words in ("re2", "sha256:", "Apache-2.0", "the source"))
    assert "not verified" in out and "names of the files in papers/" in out
    assert "Not verified in parts: mine; data info NAME tells" in " ".join(typed("data", "list")[1].split())
    code, _, err = typed("data", "import", "re2", source, "--map", "decision=verdict")
    assert code == 2 and "unknown column 'verdict'" in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("import", "re3", "--from", "x"), "unknown recipe 're3'; did you mean re2?"),
        (("import", "mine", "x", "--part", "iclr"), "mine is none"),
        (("import", "re2"), "give one place to import from"),
        (("pull", "reviewbnch"), "unknown recipe 'reviewbnch'; did you mean reviewbench"),
        (("pull", "snor"), "download the table from https://zenodo.org/records/15866613, then `peerassay data import"),
        (("pull", "paperlists"), "choose, as in --part iclr2024"),
        (("pull", "iclr2024", "--part", "iclr2023"), "--part goes with a recipe"),
        (("import", "re2", "--from", "nowhere"), "get re2 by `peerassay data pull re2`"),
        (("import", "mlrbench", "--from", "x", "--as", "mine"), "--as goes with data sets of decisions; mlrbench is"),
        (("import", "mine", "x.csv", "--hf-split", "test"), "is for the Hugging Face library (--hf)"),
        (("import", "mine", "hf:a/b", "--texts", "x"), "a folder of texts (--texts) goes with"),
        (("pull", "fars", "--map", "rating=x"), "--map goes with data sets of decisions; fars is human scores"),
        (("pull", "iclr2024", "--map", "text=body"), "here a field is named by --field"),
        (("pull", "iclr2024", "--as", "mine"), "--as goes with a recipe or a data set of the hub"),
        (("pull", "hf:a/b", "--texts", "x"), "--texts goes with a recipe"),
        (("pull", "re2", "--field", "rating=x"), "--field goes with venues of OpenReview; re2 is none"),
        (("pull", "re2", "--undecided"), "--undecided goes with venues of OpenReview"),
        (("pull", "re2", "--as", "a/b"), "dataset name 'a/b': use letters"),
        (("pull", "re2", "--map", "decision"), "--map decision: expected FIELD=COLUMN"),
    ],
)
def test_wrong_use_is_one_line(typed: Call, arguments: tuple[str, ...], words: str) -> None:
    code, out, err = typed("data", *arguments)
    assert (code, out) == (2, "") and words in err


def test_the_list_of_venues_says_what_is_not_verified(typed: Call) -> None:
    out = " ".join(typed("data", "venues")[1].split())
    assert "Verified no: names of invitations and fields, and the values, are as far as known." in out
    listed = json.loads(typed("data", "venues", "--json")[1])
    assert [form["verified"] for form in listed["colm"]["forms"]] == [False]


@pytest.mark.skipif("PEERASSAY_SLOW" not in os.environ, reason="fits a learned reviewer; PEERASSAY_SLOW=1 runs it")
def test_train_and_calibrate_work_at_once(typed: Call, tmp_path: Path) -> None:
    rows = [
        {"question_id": f"h{i}", "outcome": ("accept", "reject")[i % 2],
         "paper_text": f"# Paper {i}\n\nAbstract\n\n" + ("Strong words win. " if i % 2 == 0 else "No. ") * (40 + i)}
        for i in range(120)
    ]  # fmt: skip
    (tmp_path / "review.json").write_text(json.dumps(rows))
    share = ("--calibration-share", "0.5")
    code, out, err = typed("data", "import", "hyperagents", "--from", "review.json", *share, "--json")
    assert code == 0, err
    assert 40 <= json.loads(out)["splits"]["calibration"] <= 80
    assert typed("train", "-d", "hyperagents", "--kind", "surface", "--no-test")[0] == 0
    bench = ("bench", "-d", "hyperagents", "-r", "floor:length", "--split", "all", "--no-audit", "--draws", "100")
    code, _, err = typed(*bench, "--out", "run")
    assert code == 0, err
    code, _, err = typed("calibrate", "run", "--out", "cal.json")
    assert code == 0, err


def test_a_table_of_arxiv_numbers_is_told_how_to_get_the_texts(typed: Call, tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text(
        json.dumps([{"id": f"2401.0000{i}", "decision": d, "title": "T"} for i, d in enumerate(("Accept", "Reject"))])
    )
    code, _, err = typed("data", "import", "mine", "t.json")
    assert code == 0
    assert "https://arxiv.org/pdf/2401.00000" in err and "--texts" in err


class Lists(BaseHTTPRequestHandler):
    """One file of a list of papers."""

    def do_GET(self) -> None:
        body = json.dumps(PAPERLISTS).encode()
        found = self.path == "/nips/nips2023.json"
        self.send_response(200 if found else 404)
        self.end_headers()
        self.wfile.write(body if found else b"")

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def lists(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A loopback server in place of the recipe's address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Lists)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}/{{folder}}/{{folder}}{{year}}.json"
    recipe = recipe_of("paperlists")
    there = recipe.model_copy(update={"get": recipe.get.model_copy(update={"url": address})})
    monkeypatch.setattr("peerassay.data.importers.recipes.recipes", lambda: {"paperlists": there})
    monkeypatch.setattr(recipe_pull, "POLICY", recipe_pull.RequestPolicy(interval=0, attempts=1))
    yield
    server.shutdown()
    server.server_close()


@pytest.mark.usefixtures("lists")
def test_a_list_of_papers_is_pulled_by_venue_and_year(typed: Call) -> None:
    code, out, err = typed("data", "pull", "paperlists", "--part", "neurips2023", "--json")
    assert code == 0, err
    card = json.loads(out)
    assert (card["papers"], card["text_version"], card["scale"][-1]) == (2, "none", 10)
    code, _, err = typed("data", "pull", "paperlists", "--part", "iclr2030", "--overwrite")
    assert code == 2 and "it may have no such venue and year" in err


@pytest.mark.usefixtures("lists")
def test_a_pulled_list_takes_columns_texts_and_a_name(typed: Call, tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    for name in ("p1", "p2"):
        (tmp_path / "texts" / f"{name}.md").write_text(f"# {name}\n\nABSTRACT\n\n{WORDS}\n")
    pull = ("data", "pull", "paperlists", "--part", "neurips2023", "--texts", "texts")
    code, out, err = typed(*pull, "--as", "mine", "--map", "ratings=", "--json")
    assert code == 0, err
    card = json.loads(out)
    assert (card["name"], card["papers"], card["text_version"]) == ("mine", 2, "unknown")
    mine = load_dataset("mine")
    assert all(WORDS in paper.text for paper in mine.papers) and not any(j.ratings for j in mine.judgements)
    assert "note: Imported by the recipe paperlists" in err
    code, _, err = typed(*pull, "--map", "decision=verdict")
    assert code == 2 and "unknown column 'verdict'" in err
    code, _, err = typed(*pull[:-1], "nowhere")
    assert code == 2 and "nowhere: no such folder" in err


def test_a_pulled_data_set_of_the_hub_takes_them_as_an_imported_one(
    typed: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = WRITERS["reviewbench"](tmp_path / "hub")
    monkeypatch.setattr(recipe_pull, "commit_of", lambda *_: "c" * 40)
    monkeypatch.setattr(recipe_pull, "snapshot_of", lambda *_: source)
    options = ("--part", "iclr2024", "--map", "title=venue", "--map", "confidences=", "--calibration-share", "0")
    assert typed("data", "pull", "reviewbench", "--as", "pulled", *options)[0] == 0
    assert typed("data", "import", "reviewbench", "--from", source, "--as", "imported", *options)[0] == 0
    pulled, imported = load_dataset("pulled"), load_dataset("imported")
    assert pulled.papers == imported.papers and pulled.judgements == imported.judgements
    assert {paper.title for paper in pulled.papers} == {"ICLR 2024"}
    assert (pulled.card.revision, pulled.card.hash) == ("c" * 40, imported.card.hash)
