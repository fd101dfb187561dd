"""`peerassay data pull` of venues and of human scores, and `data export`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from openreview_server import PASSWORD, USERNAME, FakePaper, OpenReviewServer
from peerassay.data.importers import recipe_pull
from peerassay.data.registry import load_dataset

Call = Callable[..., tuple[int, str, str]]
VENUE = "ICLR.cc/2024/Conference"
SENT, REJECTED = "Submitted to ICLR 2024", f"{VENUE}/Rejected_Submission"


@pytest.fixture
def venue(monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenReviewServer]:
    """A venue of twelve papers, and a login to it."""
    monkeypatch.setenv("OPENREVIEW_USERNAME", USERNAME)
    monkeypatch.setenv("OPENREVIEW_PASSWORD", PASSWORD)
    verdicts = [("Accept (poster)", "ICLR 2024 poster", VENUE), ("Reject", SENT, REJECTED)]
    papers = [FakePaper(f"p{n}", n, [3 + 5 * (n % 2), 5], [4, 3], *verdicts[(n + 1) % 2]) for n in range(1, 13)]
    with OpenReviewServer(2024, papers) as server:
        yield server


def test_a_venue_is_pulled_once_and_a_name_that_is_taken_is_refused_at_once(
    typed: Call, venue: OpenReviewServer
) -> None:
    pull = ("data", "pull", "iclr2024", "--base-url", venue.url, "--no-pdfs")
    code, out, err = typed(*pull, "--calibration-share", "0.5", "--json")
    assert code == 0, err
    card = json.loads(out)
    assert (card["papers"], card["accepted"], card["text_version"]) == (12, 6, "latest")
    assert card["splits"]["calibration"] + card["splits"]["test"] == 12
    assert load_dataset("iclr2024").card.hash == card["hash"]
    asked = venue.requests.total()
    code, out, err = typed(*pull)
    assert (code, out, venue.requests.total()) == (2, "", asked), "before anything is asked for"
    assert "iclr2024 is there already" in err and "--overwrite" in err
    code, out, _ = typed(*pull, "--overwrite", "--limit", "4")
    assert code == 0 and "base rate     0.500 (2 accepted)" in out
    code, _, err = typed(*pull, "--undecided", "--overwrite")
    assert code == 2 and "is decided already; pull it without --undecided" in err


def test_human_scores_are_pulled_as_a_file_and_not_as_a_dataset(
    typed: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    review = {"reviewerLabel": "A", "scores": {"rating": 3, "confidence": 4}}
    for code in ("FA1", "FA2"):
        (tmp_path / "hub" / "data" / code).mkdir(parents=True)
        (tmp_path / "hub" / "data" / code / "human_review.json").write_text(json.dumps({"reviews": [review]}))
    monkeypatch.setattr(recipe_pull, "commit_of", lambda *_: "c" * 40)
    monkeypatch.setattr(recipe_pull, "snapshot_of", lambda *_: tmp_path / "hub")
    code, out, err = typed("data", "pull", "fars", "--json")
    assert code == 0, err
    said = json.loads(out)
    assert (said["papers"], said["reviews"], said["recipe"]) == (2, 2, "fars")
    assert [paper["reviews"] for paper in json.loads(Path(said["file"]).read_text())] == [[review]] * 2
    code, out, err = typed("data", "pull", "fars")
    assert (code, out) == (0, "") and "(2 papers, 2 human reviews)" in " ".join(err.split()), err
    assert "fars" not in typed("data", "list")[1]


@pytest.mark.parametrize("texts", [True, False])
def test_what_is_exported_comes_back_as_it_was(typed: Call, tmp_path: Path, texts: bool) -> None:
    pytest.importorskip("datasets")
    folder = tmp_path / "hub"
    code, out, err = typed("data", "export", "sample", "--out", folder, "--texts" if texts else "--no-texts", "--json")
    assert code == 0, err
    sample = load_dataset("sample")
    assert json.loads(out) == {"folder": str(folder), "texts": texts, "hash": sample.card.hash, "notes": []}
    code, out, err = typed("data", "import", "mine", folder, "--json")
    assert code == 0, err
    assert (json.loads(out)["hash"] == sample.card.hash) is texts
    assert load_dataset("mine").judgements == sample.judgements


def test_an_export_says_what_it_left_out_and_what_it_cannot_do(typed: Call, tmp_path: Path) -> None:
    pytest.importorskip("datasets")
    code, out, err = typed("data", "export", "sample", "--out", tmp_path / "a", "--licence", "all rights reserved")
    assert (code, out) == (0, "")
    said = " ".join(err.split())
    assert "Texts are left out: the dataset's licence (all rights reserved)" in said
    assert "(32 papers, without texts)" in said and "next: peerassay data import NAME" in said
    for options, words in (
        (("sample", "--out", tmp_path / "a"), "is there already and not empty; choose another folder"),
        (("iclr2022-scores", "--out", tmp_path / "b", "--texts"), "has no texts to pass on; leave --texts out"),
        (("smple", "--out", tmp_path / "b"), "unknown dataset 'smple'; did you mean sample?"),
    ):
        code, out, err = typed("data", "export", *options)
        assert (code, out) == (2, "") and words in " ".join(err.split())
    assert not (tmp_path / "b").exists()
