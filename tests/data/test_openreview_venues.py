"""Venues other than ICLR through the real openreview-py from a loopback server: the shape of each, with made papers."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

pytest.importorskip("openreview", reason="needs the extra peerassay[openreview]")
pytest.importorskip("pypdfium2", reason="needs the extra peerassay[openreview]")

from openreview_server import DECIDED, PASSWORD, REVIEWED, USERNAME, OpenReviewServer
from openreview_shapes import FakePaper, Revision, Shape
from peerassay.data.dataset import Dataset, load, save
from peerassay.data.errors import InputError
from peerassay.data.importers.openreview import pull
from peerassay.data.records import Judgement


@pytest.fixture(autouse=True)
def _login(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENREVIEW_USERNAME", USERNAME)
    monkeypatch.setenv("OPENREVIEW_PASSWORD", PASSWORD)


def get(name: str, shape: Shape, papers: list[FakePaper], folder: Path, **options: object) -> Dataset:
    with OpenReviewServer(0, papers, shape=shape) as server:
        return pull(name, folder, base_url=server.url, **{"pdfs": False, **options})


def by_id(dataset: Dataset) -> dict[str, Judgement]:
    return {judgement.paper_id: judgement for judgement in dataset.judgements}


def neurips(year: int) -> Shape:
    old = {"api": 1, "listing": "Blind_Submission", "paper": "Paper"} if year < 2023 else {}
    return Shape(f"NeurIPS.cc/{year}/Conference", **old)


def accepted_and_opted_in(year: int) -> list[FakePaper]:
    venue = f"NeurIPS.cc/{year}/Conference"
    rejected = venue if year < 2023 else f"{venue}/Rejected_Submission"
    return [
        FakePaper("a1", 1, ["5: Borderline", 6], [4, 3], "Accept (poster)", f"NeurIPS {year} poster", venue),
        FakePaper("b2", 2, [6, 5], [4, 3], "Accept (oral)", f"NeurIPS {year} oral", venue),
        FakePaper("c3", 3, [2, 3], [4, 4], "Reject", f"Submitted to NeurIPS {year}", rejected),
    ]


@pytest.mark.parametrize("year", [2021, 2024, 2025])
def test_neurips_is_marked_as_a_biased_sample_with_counts(year: int, tmp_path: Path) -> None:
    dataset = get(f"neurips{year}", neurips(year), accepted_and_opted_in(year), tmp_path)
    found = by_id(dataset)
    assert [found[i].decision for i in ("a1", "b2", "c3")] == ["accept", "accept", "reject"]
    assert found["a1"].ratings == (5, 6)
    assert dataset.card.name == f"neurips{year}"
    assert dataset.card.scale == (tuple(range(1, 7)) if year == 2025 else tuple(range(1, 11)))
    assert f"NeurIPS {year} shows 2 papers as accepted and 1 as rejected" in dataset.card.sample
    assert "0.667" in dataset.card.sample
    assert {(p.venue, p.year) for p in dataset.papers} == {("NeurIPS", year)}
    save(dataset, tmp_path / "saved")
    assert load(tmp_path / "saved").card == dataset.card


def test_a_venue_that_shows_accepted_papers_only_is_refused_with_counts(tmp_path: Path) -> None:
    shape = Shape("colmweb.org/COLM/2024/Conference")
    papers = [FakePaper(f"p{n}", n, [7, 8], [], "Accept", "COLM", shape.id) for n in range(5)]
    with pytest.raises(InputError, match=r"COLM 2024: all 5 papers shown .* are accepted; it publishes accepted ones"):
        get("colm2024", shape, papers, tmp_path)
    papers[0].verdict, papers[0].venueid = "Reject", f"{shape.id}/Rejected_Submission"
    papers[0].venue = "Submitted to COLM"
    dataset = get("colm2024", shape, papers, tmp_path)
    assert "4 papers as accepted and 1 as rejected" in dataset.card.sample
    assert any(note.startswith("Not verified") and "https://" in note for note in dataset.card.notes)


@pytest.mark.parametrize("name", ["icml2023", "emnlp2025"])
def test_venues_without_public_reviews_are_refused_before_a_request(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"not public.* \(https://"):
        pull(name, tmp_path, base_url="http://127.0.0.1:9")


def test_icml_2025_has_its_own_rating_field_and_scale(tmp_path: Path) -> None:
    shape = Shape("ICML.cc/2025/Conference", rating="overall_recommendation")
    papers = [
        FakePaper("a1", 1, [4, 5], [], "Accept (poster)", "ICML 2025 poster", shape.id),
        FakePaper("b2", 2, [1, 2], [], "Reject", "Submitted to ICML 2025", f"{shape.id}/Rejected_Submission"),
        FakePaper("c3", 3, [6, 2], [], "Reject", "Submitted to ICML 2025", f"{shape.id}/Rejected_Submission"),
    ]
    dataset = get("icml2025", shape, papers, tmp_path)
    assert by_id(dataset)["a1"].ratings == (4, 5)
    assert dataset.card.scale == (1, 2, 3, 4, 5)
    assert dataset.card.excluded == {"ratings off the year's scale": 1}


@pytest.mark.parametrize("year", [2022, 2024])
def test_corl_rates_in_words(year: int, tmp_path: Path) -> None:
    old = {"api": 1, "listing": "Blind_Submission", "paper": "Paper"} if year == 2022 else {}
    shape = Shape(f"robot-learning.org/CoRL/{year}/Conference", rating="recommendation", **old)
    papers = [
        FakePaper("a1", 1, ["Strong Accept", "Weak Accept: it walks"], [], "Accept (Oral)", f"CoRL {year} Oral"),
        FakePaper("b2", 2, ["Weak Reject", "Strong Reject"], [], "Reject", f"Submitted to CoRL {year}"),
    ]
    found = by_id(get(f"corl{year}", shape, papers, tmp_path))
    assert (found["a1"].ratings, found["b2"].ratings) == ((4, 3), (2, 1))
    assert found["a1"].tier == "oral"


def test_emnlp_2023_says_what_stands_as_a_rating(tmp_path: Path) -> None:
    shape = Shape("EMNLP/2023/Conference", rating="Soundness", confidence="Reviewer_Confidence")
    papers = [
        FakePaper("a1", 1, ["4: Strong"], ["3: Pretty sure"], "Accept-Findings", "EMNLP 2023 Findings", shape.id),
        FakePaper("b2", 2, ["2: Borderline"], ["4: Quite sure"], "Reject", "Submitted to EMNLP 2023",
                  f"{shape.id}/Rejected_Submission"),
    ]  # fmt: skip
    dataset = get("emnlp2023", shape, papers, tmp_path)
    found = by_id(dataset)
    assert (found["a1"].ratings, found["a1"].confidences, found["b2"].decision) == ((4,), (3,), "reject")
    assert any("Soundness" in note and "Excitement" in note for note in dataset.card.notes)


TMLR = Shape(
    "TMLR",
    paper="Paper",
    review="Review",
    rating="claims_and_evidence",
    verdict="recommendation",
    stated={
        "submission_name": "",
        "under_review_venue_id": "TMLR/Under_Review",
        "review_name": "",
        "decision_name": "",
    },
)


def in_year(year: int) -> int:
    return int(datetime.datetime(year, 5, 4, tzinfo=datetime.UTC).timestamp() * 1000)


def tmlr_papers() -> list[FakePaper]:
    return [
        FakePaper("a1", 1, ["Yes", "Yes"], [], "Accept as is", "Accepted by TMLR", "TMLR", made=in_year(2023)),
        FakePaper("b2", 2, ["Yes", "No"], [], "Accept with minor revision", "Accepted by TMLR", "TMLR",
                  made=in_year(2024)),
        FakePaper("c3", 3, ["No", "No"], [], "Reject", "Rejected by TMLR", "TMLR/Rejected", made=in_year(2024)),
        FakePaper("d4", 4, ["Yes"], [], None, "Under review for TMLR", "TMLR/Under_Review", made=in_year(2024)),
        FakePaper("e5", 5, ["Yes"], [], None, "Withdrawn by Authors", "TMLR/Withdrawn_Submission",
                  made=in_year(2024)),
        FakePaper("f6", 6, ["Yes"], [], "Accept as is", "Retracted", "TMLR/Retracted_Acceptance", made=in_year(2024)),
        FakePaper("g7", 7, [], [], None, "Submitted to TMLR", "TMLR/Submitted", made=in_year(2024)),
    ]  # fmt: skip


def test_tmlr_rolls_and_has_yes_or_no_instead_of_ratings(tmp_path: Path) -> None:
    dataset = get("tmlr", TMLR, tmlr_papers(), tmp_path / "all")
    found = by_id(dataset)
    assert {i: j.decision for i, j in found.items()} == {"a1": "accept", "b2": "accept", "c3": "reject"}
    assert {i: j.recommendations for i, j in found.items()} == {
        "a1": (True, True), "b2": (True, False), "c3": (False, False),
    }  # fmt: skip
    assert not any(j.ratings for j in dataset.judgements)
    assert dataset.card.scale == ()
    assert dataset.card.sample == ""
    assert dataset.card.excluded == {"no decision": 2, "retracted": 1, "withdrawn": 1}
    assert {p.id: p.year for p in dataset.papers} == {"a1": 2023, "b2": 2024, "c3": 2024}
    assert any("No ratings: TMLR asks reviewers for yes or no" in note for note in dataset.card.notes)
    year = get("tmlr2024", TMLR, tmlr_papers(), tmp_path / "year")
    assert set(by_id(year)) == {"b2", "c3"}
    assert year.card.excluded["submitted in another year"] == 1


def test_any_group_of_api_2_is_read_from_what_it_says(tmp_path: Path) -> None:
    shape = Shape(
        "auai.org/UAI/2024/Conference",
        listing="Paper_Submission",
        paper="Paper_Submission",
        review="Peer_Review",
        rating="overall_score",
        decision="Final_Decision",
        verdict="outcome",
        stated={"review_rating": "overall_score", "decision_field_name": "outcome"},
    )
    papers = [
        FakePaper("a1", 1, [7, 6], [], "Accept", "UAI 2024 oral", shape.id),
        FakePaper("b2", 2, [3, 4], [], "Reject", "Submitted to UAI", f"{shape.id}/Rejected_Paper_Submission"),
    ]
    dataset = get("uai2024", shape, papers, tmp_path, group=shape.id)
    assert dataset.card.name == "uai2024"
    assert dataset.card.scale == (3, 4, 6, 7)
    assert by_id(dataset)["b2"].ratings == (3, 4)
    assert any(note.startswith("Not verified") for note in dataset.card.notes)
    assert {p.year for p in dataset.papers} == {2024}


def test_a_group_of_a_journal_has_the_layout_of_tmlr_and_a_known_one_its_own(tmp_path: Path) -> None:
    journal = Shape("DMLR", paper="Paper", review="Review", rating="claims_and_evidence", verdict="recommendation",
                    stated=TMLR.stated)  # fmt: skip
    papers = [paper for paper in tmlr_papers() if paper.id in ("a1", "c3")]
    for paper in papers:
        paper.venueid = paper.venueid.replace("TMLR", "DMLR")
    dataset = get("dmlr", journal, papers, tmp_path / "dmlr", group="DMLR")
    assert by_id(dataset)["c3"].recommendations == (False, False)
    known = get("mine", neurips(2024), accepted_and_opted_in(2024), tmp_path, group="neurips.cc/2024/Conference/")
    assert known.card.scale == tuple(range(1, 11))
    assert known.card.name == "mine"


def test_a_group_that_is_none_is_named_with_near_ones(tmp_path: Path) -> None:
    for name, group in (("x", "NeurIPS.cc/2024/Conferense"), ("iclr2031", None)):
        with pytest.raises(InputError, match=r"unknown group '.*'; did you mean .*/Conference.*no such group yet"):
            get(name, neurips(2024), [], tmp_path / name, group=group)
    with pytest.raises(InputError, match=r"ICML.cc/2025/Conference: OpenReview has no such group yet"):
        get("icml2025", neurips(2024), [], tmp_path / "later")
    with pytest.raises(InputError, match=r"--field review=: .*only rating may be empty"):
        get("iclr2024", neurips(2024), [], tmp_path / "field", fields={"review": ""})
    empty = Shape("Some/Group", stated={"submission_name": ""})
    with pytest.raises(InputError, match=r"no field submission_name.*--field submissions="):
        get("x", empty, [], tmp_path / "none", group="Some/Group")


def test_a_layout_that_changed_names_the_field_and_those_that_are_there(tmp_path: Path) -> None:
    shape = Shape("ICLR.cc/2026/Conference", rating="overall_score", more={"soundness": 3})
    papers = [
        FakePaper("a1", 1, [6, 8], [], "Accept (poster)", "ICLR 2026 poster", shape.id),
        FakePaper("b2", 2, [2, 4], [], "Reject", "Submitted to ICLR 2026", f"{shape.id}/Rejected_Submission"),
    ]
    told = r"none of 4 review notes has a rating in the field 'rating'.*fields there: .*overall_score.*--field rating="
    with pytest.raises(InputError, match=told):
        get("iclr2026", shape, papers, tmp_path)
    dataset = get("iclr2026", shape, papers, tmp_path, fields={"rating": "overall_score"})
    assert by_id(dataset)["a1"].ratings == (6, 8)
    without = get("iclr2026", shape, papers, tmp_path, fields={"rating": ""}, ratings="initial")
    assert not any(judgement.ratings for judgement in without.judgements)
    assert "No ratings: none were asked for." in without.card.notes
    shape.verdict = "outcome"
    with pytest.raises(InputError, match=r"none of 2 decision notes has a verdict in the field 'decision'"):
        get("iclr2026", shape, papers, tmp_path / "other", fields={"rating": "overall_score"})


def test_a_venue_without_decisions_names_the_sealed_forecast(tmp_path: Path) -> None:
    shape = neurips(2025)
    papers = [FakePaper("a1", 1, [4], [], None, "NeurIPS 2025 Submission", f"{shape.id}/Submission")]
    with pytest.raises(InputError, match=r"NeurIPS 2025 is not decided yet.*--undecided`, then `bench --seal`"):
        get("neurips2025", shape, papers, tmp_path)


def rebutted(api: int) -> tuple[Shape, list[FakePaper]]:
    shape = neurips(2022 if api == 1 else 2024)
    texts = [Revision("sent", REVIEWED - 5, "As sent"), Revision("later", DECIDED + 5, "Camera ready")]
    papers = [
        FakePaper("a1", 1, ["7: Accept", "6: Weak"], [4, 3], "Accept", "", first_ratings=["5: Below", "6: Weak"]),
        FakePaper("b2", 2, [3, 4], [4, 3], "Reject", "", first_ratings=[3, 4]),
        FakePaper("c3", 3, [2, 3], [4, 3], "Reject", ""),
    ]
    for paper in papers:
        paper.revisions = [Revision(f"{paper.id}-{r.id}", r.created, r.text) for r in texts]
    return shape, papers


@pytest.mark.parametrize("api", [1, 2])
def test_ratings_before_and_after_rebuttal_are_kept_apart(api: int, tmp_path: Path) -> None:
    shape, papers = rebutted(api)
    name = "neurips2022" if api == 1 else "neurips2024"
    dataset = get(name, shape, papers, tmp_path, pdfs=True)
    found = by_id(dataset)
    assert (found["a1"].ratings, found["a1"].initial_ratings, found["a1"].final_ratings) == ((5, 6), (5, 6), (7, 6))
    assert found["b2"].initial_ratings == found["b2"].final_ratings == (3, 4)
    assert (found["c3"].ratings, found["c3"].initial_ratings) == ((2, 3), ())
    assert {p.text_version for p in dataset.papers} == {"submission"}
    told = next(note for note in dataset.card.notes if note.startswith("Ratings used"))
    assert "(initial); both are on record for 2 papers, 1 of which changed." in told
    assert "does not show the first ratings of the other 1" in told
    with OpenReviewServer(0, papers, shape=shape) as server:
        final = pull(name, tmp_path, base_url=server.url, ratings="final")
        assert not server.asked
    assert by_id(final)["a1"].ratings == (7, 6)
    assert by_id(final)["a1"].initial_ratings == (5, 6)
    save(final, tmp_path / "saved")
    assert load(tmp_path / "saved").card.hash == final.card.hash
