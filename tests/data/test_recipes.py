"""Published data sets by their recipes, from rebuilt layouts of a few rows."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

datasets = pytest.importorskip("datasets", reason="needs the extra peerassay[hf]")

from peerassay.data.calibration_split import with_calibration  # noqa: E402
from peerassay.data.dataset import Dataset, build  # noqa: E402
from peerassay.data.errors import InputError  # noqa: E402
from peerassay.data.importers.recipe_import import import_recipe  # noqa: E402
from peerassay.data.importers.recipe_rows import class_of  # noqa: E402
from peerassay.data.importers.recipe_scores import import_human_scores  # noqa: E402
from peerassay.data.importers.recipes import is_recipe, recipe_of, recipes  # noqa: E402
from peerassay.data.importers.venue_years import VenueYear, known_scale, venue_year  # noqa: E402
from peerassay.data.importing import import_dataset  # noqa: E402
from peerassay.data.records import DatasetCard, Judgement, Paper  # noqa: E402
from peerassay.data.registry import load_dataset  # noqa: E402

from tests.data.recipe_layouts import PAPERLISTS, SNOR, WRITERS, in_parquet, re2_rows, reviewbench_rows  # noqa: E402

TEN = tuple(map(float, range(1, 11)))
SIX = (1.0, 3.0, 5.0, 6.0, 8.0, 10.0)


@pytest.fixture(autouse=True)
def _quiet() -> None:
    datasets.disable_progress_bars()


def imported(name: str, source: Path, **options: Any) -> Dataset:
    return import_recipe(recipe_of(name), source, **options)


def papers_of(folder: Path, rows: list[dict[str, Any]], name: str = "iclr2023.json", **options: Any) -> Dataset:
    (folder / name).write_text(json.dumps(rows))
    return imported("paperlists", folder, **options)


def test_every_recipe_tells_source_licence_layout_and_how_to_get_it() -> None:
    for name, recipe in recipes().items():
        assert is_recipe(name) and recipe.layout and recipe.takes and "https://" in recipe.source
        assert [bool(recipe.get.hub), bool(recipe.get.url), bool(recipe.get.hand)].count(True) == 1, name
        assert recipe.command.count("`") == 2
        assert set(recipe.required) <= set(recipe.columns)


def test_recipes_go_by_names_as_people_write_them() -> None:
    assert recipe_of("DeepReview-13K") is recipe_of("deepreview13k")
    with pytest.raises(InputError, match=r"unknown recipe 'reviewbnch'; did you mean reviewbench.*data recipes"):
        recipe_of("reviewbnch")


@pytest.mark.parametrize(
    ("name", "papers", "accepted", "version", "scale", "ratings", "excluded"),
    [
        ("re2", 8, 4, "submission", TEN, (7, 5), {}),
        ("reviewhub", 4, 2, "submission", (), (), {}),
        ("reviewbench", 4, 2, "latest", TEN, (6, 8), {}),
        ("snor", 2, 1, "none", SIX, (6, 8), {"no accept or reject (Withdrawn)": 1}),
        ("paperlists", 2, 1, "none", SIX, (6, 8, 5),
         {"no accept or reject (Withdraw)": 1, "no accept or reject (Desk Reject)": 1}),
        ("hyperagents", 2, 1, "unknown", (), (), {}),
        ("deepreview13k", 4, 2, "unknown", SIX, (6, 8), {}),
    ],
)  # fmt: skip
def test_each_layout_imports_by_name(
    tmp_path: Path,
    name: str,
    papers: int,
    accepted: int,
    version: str,
    scale: tuple[float, ...],
    ratings: tuple[float, ...],
    excluded: dict[str, int],
) -> None:
    dataset = import_dataset(f"{name}-made", WRITERS[name](tmp_path), recipe=name)
    card = dataset.card
    assert (len(dataset), card.accepted, card.text_version, card.scale) == (papers, accepted, version, scale)
    assert (card.excluded, card.recipe, card.licence) == (excluded, name, recipe_of(name).licence)
    assert card.revision.startswith("sha256:")
    assert any(judgement.ratings == ratings for judgement in dataset.judgements)
    assert all(paper.text for paper in dataset.papers) == card.has_texts
    assert bool(card.get_texts) == (not card.has_texts)
    assert load_dataset(f"{name}-made").card == card


def test_the_same_rows_in_parquet_give_the_same_papers(tmp_path: Path) -> None:
    rows = [{**row, "reviews": json.dumps(row["reviews"])} for row in re2_rows("test")]
    WRITERS["re2"](tmp_path)
    plain = imported("re2", tmp_path)
    for path in tmp_path.glob("RE*.json"):
        path.unlink()
    in_parquet(tmp_path / "test-00000-of-00001.parquet", rows)
    columnar = imported("re2", tmp_path)
    assert list(columnar.papers) == [p for p in plain.papers if p.id.startswith("test")]
    assert list(columnar.judgements) == [j for j in plain.judgements if j.paper_id.startswith("test")]


def test_initial_and_final_ratings_are_apart_and_the_text_decides_which_are_used(tmp_path: Path) -> None:
    found = {j.paper_id: j for j in imported("re2", WRITERS["re2"](tmp_path)).judgements}
    assert (found["test1"].initial_ratings, found["test1"].final_ratings) == ((7, 5), (8, 5))
    assert found["test1"].ratings == (7, 5) and found["test1"].confidences == (3, 3)
    rows = [
        {"id": str(i), "decision": decision, "text": "Words.", "text_version": version,
         "reviews": [{"initial_score": {"rating": 3}, "final_score": {"rating": 5}}, {"initial_score": {"rating": 4}}]}
        for i, (decision, version) in enumerate([("accept", "submission"), ("reject", "camera-ready"), ("reject", "")])
    ]  # fmt: skip
    made = import_dataset("made", rows, save=False)
    assert [j.ratings for j in made.judgements] == [(3, 4), (5, 4), (3, 4)]
    assert {(j.initial_ratings, j.final_ratings) for j in made.judgements} == {((3, 4), (5, 4))}
    assert any("initial for 2 papers, final for the others" in note for note in made.card.notes)


def test_splits_of_the_source_stay_and_classes_are_no_splits(tmp_path: Path) -> None:
    (tmp_path / "re2").mkdir()
    (tmp_path / "hub").mkdir()
    dataset = imported("re2", WRITERS["re2"](tmp_path / "re2"))
    assert {(j.paper_id[:4], j.split) for j in dataset.judgements} == {("test", "test"), ("trai", "calibration")}
    assert with_calibration(dataset) is dataset
    hub = imported("reviewhub", WRITERS["reviewhub"](tmp_path / "hub"))
    assert {(j.paper_id[:6], j.decision, j.split) for j in hub.judgements} == {
        ("accept", "accept", "test"),
        ("reject", "reject", "test"),
    }


@pytest.mark.parametrize(
    ("name", "decision"),
    [("accept", "accept"), ("Rejected", "reject"), ("not_accepted", "reject"), ("test", None), ("1", None)],
)
def test_names_of_classes(name: str, decision: str | None) -> None:
    assert class_of(name) == decision


def test_a_paper_whose_class_and_decision_disagree_is_left_out_and_named(tmp_path: Path) -> None:
    source = WRITERS["reviewhub"](tmp_path)
    odd = {"paper_id": "odd", "title": "T", "abstract": "A.", "decision_text": "Reject", "md_path": "md/accept0.md"}
    (source / "iclr2024" / "accept.jsonl").write_text(json.dumps(odd))
    dataset = imported("reviewhub", source)
    reason = "its columns of decisions, or they and its class, disagree"
    assert dataset.card.excluded == {reason: 1}
    assert f"Left out, {reason}: odd." in dataset.card.notes


def test_a_changed_layout_names_column_near_ones_and_the_layout_known(tmp_path: Path) -> None:
    WRITERS["re2"](tmp_path)
    rows = [{k.replace("initial_ratings", "initial_rating"): v for k, v in r.items()} for r in re2_rows("test")]
    (tmp_path / "REVIEWS_test.json").write_text(json.dumps(rows))
    words = (
        r"REVIEWS_test.json: the recipe re2 finds no column 'review_initial_ratings_unified' for initial_ratings "
        r"\(near: review_initial_rating_unified.*commit 28fdfda.*--map initial_ratings=COLUMN"
    )
    with pytest.raises(InputError, match=words):
        imported("re2", tmp_path)
    (tmp_path / "REVIEWS_train.json").unlink()
    dataset = imported("re2", tmp_path, columns={"initial_ratings": "review_initial_rating_unified"})
    assert dataset.judgements[1].initial_ratings == (7, 5)
    with pytest.raises(InputError, match="unknown column 'review_initial_ratin'; did you mean"):
        imported("re2", tmp_path, columns={"initial_ratings": "review_initial_ratin"})
    assert imported("re2", tmp_path, columns={"initial_ratings": ""}).judgements[1].ratings == (8, 5)


def test_a_column_that_is_there_and_tells_nothing_is_refused(tmp_path: Path) -> None:
    rows = [{**row, "reviews_json": "[]"} for row in reviewbench_rows("iclr")]
    (tmp_path / "iclr.jsonl").write_text("\n".join(map(json.dumps, rows)))
    with pytest.raises(InputError, match="reviews_json tells no ratings of any of 2 papers; the layout known"):
        imported("reviewbench", tmp_path)
    for row in rows:
        row["reviews_json"], row["decision"], row["venue"] = '[{"rating": 5}]', "", None
    (tmp_path / "iclr.jsonl").write_text("\n".join(map(json.dumps, rows)))
    with pytest.raises(InputError, match="decision or venue tells no decision of any of 2 papers"):
        imported("reviewbench", tmp_path)


def test_an_unseen_layout_is_matched_by_near_names(tmp_path: Path) -> None:
    rows = [{"Paper ID": i, "final_decision": d, "full_text": "Words.", "review_scores": "[5, 6]"}
            for i, d in (("a", "Accept"), ("b", "Reject"))]  # fmt: skip
    in_parquet(tmp_path / "test.parquet", rows)
    assert [j.ratings for j in imported("deepreview13k", tmp_path).judgements] == [(5, 6), (5, 6)]
    in_parquet(tmp_path / "test.parquet", [{"a": "x", "ratin": 3}])
    with pytest.raises(InputError, match=r"no column 'id' for paper_id .*layout known is that of not seen"):
        imported("deepreview13k", tmp_path)


def test_texts_missing_in_the_second_folder_are_counted_and_named(tmp_path: Path) -> None:
    WRITERS["re2"](tmp_path)
    next(tmp_path.rglob("test0.md")).unlink()
    next(tmp_path.rglob("test1.md")).write_text("")
    card = imported("re2", tmp_path).card
    assert card.excluded == {"no text in papers/": 1, "text cannot be read": 1}
    assert "Left out, no text in papers/: test0." in card.notes
    (tmp_path / "papers").rename(tmp_path / "elsewhere")
    with pytest.raises(InputError, match=r"papers: no such folder.*`peerassay data pull re2`, or name it by --texts"):
        imported("re2", tmp_path)
    assert len(imported("re2", tmp_path, texts=tmp_path / "elsewhere")) == 6
    (tmp_path / "papers").mkdir()
    with pytest.raises(InputError, match=r"no file ID.txt, .*for any of the 8 papers, such as te.*--texts FOLDER"):
        imported("re2", tmp_path)


def test_papers_without_decisions_are_counted_and_named(tmp_path: Path) -> None:
    rows = [
        *PAPERLISTS,
        {"id": "p5", "title": "Five", "status": "Active"},
        {"id": "p6", "title": "Six", "status": None},
    ]
    card = papers_of(tmp_path, rows).card
    assert card.excluded["no accept or reject (Active)"] == card.excluded["no accept or reject (empty)"] == 1
    assert "Left out, no accept or reject (empty): p6." in card.notes


def test_where_one_column_says_withdrawn_no_other_makes_it_a_rejection(tmp_path: Path) -> None:
    odd = {"id": "s4", "title": "F", "raw_decision": "Accept", "normalized_decision": "reject", "review_scores": "[3]"}
    (tmp_path / "snor.json").write_text(json.dumps([*SNOR, odd]))
    card = imported("snor", tmp_path / "snor.json").card
    assert (card.papers, card.excluded["no accept or reject (Withdrawn)"]) == (2, 1)
    assert card.withdrawn == {"s3": "Withdrawn"}
    assert "Left out, its columns of decisions, or they and its class, disagree: s4." in card.notes


def test_ids_that_stand_in_two_years_are_kept_apart(tmp_path: Path) -> None:
    (tmp_path / "iclr2024.json").write_text(json.dumps([{**row, "title": f"New {row['id']}"} for row in PAPERLISTS]))
    dataset = papers_of(tmp_path, PAPERLISTS)
    assert [p.id for p in dataset.papers] == ["p1.iclr2023", "p1.iclr2024", "p2.iclr2023", "p2.iclr2024"]
    assert {(p.id[-4:], p.year) for p in dataset.papers} == {("2023", 2023), ("2024", 2024)}
    assert any(note.startswith("2 ids stand in several venues or years") for note in dataset.card.notes)
    (tmp_path / "iclr2024.json").unlink()
    with pytest.raises(InputError, match=r"iclr2023.json: row 5: p1 stands twice in ICLR 2023, first in .*row 1"):
        papers_of(tmp_path, [*PAPERLISTS, PAPERLISTS[0]])


def test_ids_of_two_years_get_the_texts_of_their_own_year(tmp_path: Path) -> None:
    rows = [{**re2_rows("test")[i], "paper_id": "17", "conference_year_track": f"ICLR {year} Conference"}
            for i, year in ((0, 2023), (3, 2024))]  # fmt: skip
    (tmp_path / "REVIEWS_test.json").write_text(json.dumps(rows))
    for year in (2023, 2024):
        (tmp_path / "papers" / f"ICLR {year}").mkdir(parents=True)
        (tmp_path / "papers" / f"ICLR {year}" / "17.md").write_text(f"# Of {year}\n\nWords of {year}.\n")
    found = {p.id: p.text.split()[-1] for p in imported("re2", tmp_path).papers}
    assert found == {"17.iclr2023": "2023.", "17.iclr2024": "2024."}
    (tmp_path / "REVIEWS_test.json").write_text(json.dumps([rows[0], {**rows[1], "paper_id": "18"}]))
    (tmp_path / "papers" / "18.md").write_text("# Eighteen\n\nWords.\n")
    card = imported("re2", tmp_path).card
    assert (card.papers, card.excluded) == (1, {"text cannot be read": 1})


def test_what_differs_from_the_layout_known_is_on_the_card(tmp_path: Path) -> None:
    rows = [{k: v for k, v in row.items() if k not in ("decision", "abstract")} for row in reviewbench_rows("iclr")]
    for row, venue in zip(rows, ("ICLR 2024 poster", "Submitted to ICLR 2024"), strict=True):
        row["venue"] = venue
    (tmp_path / "iclr.jsonl").write_text("\n".join(map(json.dumps, rows)))
    card = imported("reviewbench", tmp_path).card
    assert card.accepted == 1
    assert "Read by other names: decision from venue, in place of decision." in card.notes


def test_parts_are_venues_and_years(tmp_path: Path) -> None:
    source = WRITERS["reviewbench"](tmp_path)
    for part in ("iclr2024", "ICLR", "iclr 2024"):
        assert {p.venue for p in imported("reviewbench", source, parts=[part]).papers} == {"ICLR"}
    assert imported("reviewbench", source, parts=["iclr"]).card.scale == SIX
    assert len(imported("reviewbench", source, parts=["2024"])) == 4
    with pytest.raises(InputError, match="unknown part 'iclr2025'; did you mean iclr2024"):
        imported("reviewbench", source, parts=["iclr2025"])


def test_the_scale_is_that_of_venue_and_year(tmp_path: Path) -> None:
    assert known_scale(venue_year("ICLR 2020")) == (1, 3, 6, 8)
    assert known_scale(VenueYear("ICLR Workshop on X", 2023)) == ()
    many = [{"id": f"m{i}", "title": "T", "status": "Reject", "rating": "3;5"} for i in range(3)]
    rows = [*PAPERLISTS, *many, {"id": "p7", "title": "S", "status": "Reject", "rating": "4;5"}]
    card = papers_of(tmp_path, rows).card
    assert card.excluded["ratings off the scale of ICLR 2023 (1, 3, 5, 6, 8, 10)"] == 1
    assert card.scale == SIX
    with pytest.raises(InputError, match=r"ratings of 2 of 2 papers of ICLR 2020 are off its scale \(1, 3, 6, 8\)"):
        (tmp_path / "iclr2023.json").unlink()
        papers_of(tmp_path, PAPERLISTS, "iclr2020.json")


def test_confidences_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    rated = {"title": "T", "rating": "6;8"}
    told = [("Poster", "sure;4"), ("Reject", "3;4"), ("Reject", "3;4;5")]
    rows = [{"id": f"p{n}", "status": status, "confidence": sure, **rated} for n, (status, sure) in enumerate(told)]
    dataset = papers_of(tmp_path, rows)
    assert [judgement.confidences for judgement in dataset.judgements] == [(), (3, 4), ()]
    notes = " ".join(dataset.card.notes)
    assert "confidence: confidences of 1 papers cannot be read and are left out: p0." in notes
    assert "Confidences of 1 papers are left out: they are not one for each rating (p2)." in notes


def test_a_scale_that_nobody_verified_is_marked(tmp_path: Path) -> None:
    rows = [
        {"id": f"p{n}", "status": status, "rating": "6;8", "title": "T"}
        for n, status in enumerate(("Poster", "Reject"))
    ]
    marked = papers_of(tmp_path, rows, "colm2024.json").card
    assert marked.scale == tuple(range(1, 11))
    assert "Not verified: the scale of ratings of COLM 2024." in marked.unverified
    (tmp_path / "other").mkdir()
    other = papers_of(tmp_path / "other", rows, "iclr2023.json").card
    assert not any("scale" in note for note in other.unverified)


@pytest.mark.parametrize(
    ("cell", "ratings"),
    [("6;8;5", (6, 8, 5)), ("6: marginally above; 8: accept", (6, 8)), ([6, None, "8"], (6, 8)), (None, ()), ("", ())],
)
def test_cells_of_ratings(tmp_path: Path, cell: Any, ratings: tuple[float, ...]) -> None:
    rows = [*PAPERLISTS, {"id": "z", "title": "Z", "status": "Reject", "rating": cell}]
    found = {j.paper_id: j.ratings for j in papers_of(tmp_path, rows).judgements}
    assert found["z"] == ratings


def test_ratings_that_cannot_be_read_leave_one_paper_out_and_most_papers_refuse(tmp_path: Path) -> None:
    rows = [*PAPERLISTS, {"id": "z", "title": "Z", "status": "Reject", "rating": "six"}]
    assert papers_of(tmp_path, rows).card.excluded["rating holds no ratings that can be read"] == 1
    with pytest.raises(InputError, match="3 rating holds no ratings that can be read; .*the layout known"):
        papers_of(tmp_path, [*PAPERLISTS[:2], *({**rows[-1], "id": f"z{i}"} for i in range(3))])


def test_lines_of_json_under_the_name_of_a_document_with_a_mark_are_read(tmp_path: Path) -> None:
    (tmp_path / "iclr2023.json").write_text("\n".join(map(json.dumps, PAPERLISTS)), encoding="utf-8-sig")
    assert len(imported("paperlists", tmp_path)) == 2


def test_abstracts_are_the_texts_where_the_recipe_says_so(tmp_path: Path) -> None:
    rows = [{**row, "abstract": "We do." if row["id"] != "p2" else ""} for row in PAPERLISTS]
    rows.append({"id": "p9", "title": "Nine", "status": "Reject", "abstract": "We try.", "rating": "3;3"})
    dataset = papers_of(tmp_path, rows)
    assert [p.text for p in dataset.papers] == ["# One\n\nABSTRACT\n\nWe do.\n", "# Nine\n\nABSTRACT\n\nWe try.\n"]
    assert dataset.card.excluded["no abstract"] == 1 and dataset.card.text_version == "unknown"


def test_arxiv_numbers_are_told_how_to_get(tmp_path: Path) -> None:
    rows = [{**row, "arxiv_id": f"2401.0000{i}"} for i, row in enumerate(PAPERLISTS)]
    assert "https://arxiv.org/pdf/2401.00000" in papers_of(tmp_path, rows).card.get_texts
    (tmp_path / "set.csv").write_text("question_id,paper_text,outcome\n2401.00001,,accept\n2401.00002,,reject\n")
    with pytest.raises(InputError, match=r"no text for any of the 2 papers.*--texts FOLDER.*arxiv.org/pdf/2401.00001"):
        imported("hyperagents", tmp_path / "set.csv")


def test_what_is_not_there_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file or folder; get re2 by `peerassay data pull re2`"):
        imported("re2", tmp_path / "nowhere")
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(InputError, match=r"none of REVIEWS_\*.json, .* there \(notes.txt\); re2 takes REVIEWS_train"):
        imported("re2", tmp_path)
    with pytest.raises(InputError, match="no texts, and training reads them; get them by `peerassay data pull iclr20"):
        papers_of(tmp_path, PAPERLISTS).require_texts("training")


def made(ids: list[str], titles: dict[str, str] | None = None) -> Dataset:
    papers = [Paper(id=name, text="Words.", title=(titles or {}).get(name, "")) for name in ids]
    judgements = [Judgement(paper_id=n, decision="accept" if int(n[1:]) % 3 else "reject") for n in ids]
    return build(DatasetCard(name="made"), papers, judgements)


def splits(dataset: Dataset) -> dict[str, str]:
    return {judgement.paper_id: judgement.split for judgement in dataset.judgements}


def test_the_calibration_split_is_a_fifth_and_added_papers_move_none() -> None:
    ids = [f"p{i}" for i in range(1000)]
    whole, part = splits(with_calibration(made(ids))), splits(with_calibration(made(ids[:500])))
    assert {name: whole[name] for name in part} == part
    assert Counter(whole.values())["calibration"] / 1000 == pytest.approx(0.2, abs=0.04)
    half = splits(with_calibration(made(ids), 0.5))
    assert {n for n in whole if whole[n] == "calibration"} <= {n for n in half if half[n] == "calibration"}
    assert set(splits(with_calibration(made(ids), 0)).values()) == {"test"}


def test_a_resubmission_stays_on_the_side_of_its_first_version() -> None:
    ids = [f"p{i}" for i in range(400)]
    found = splits(with_calibration(made(ids, {name: f"A  Title {int(name[1:]) // 2}!" for name in ids})))
    assert all(found[f"p{2 * i}"] == found[f"p{2 * i + 1}"] for i in range(200))


def test_too_few_papers_are_not_split_and_a_wrong_share_is_refused() -> None:
    few = with_calibration(made(["p1", "p3"]))
    assert set(splits(few).values()) == {"test"}
    assert "Too few papers for a calibration split of 20%: all are test papers." in few.card.notes
    for share in (1, -0.1, float("nan")):
        with pytest.raises(InputError, match="calibration-share"):
            with_calibration(few, share)


FARS = {"paper": {"code": "FA1", "title": "One", "status": "published"}, "numerical_score": 5.1,
        "reviews": [{"reviewerLabel": "A", "text": "x", "scores": {"rating": 3, "confidence": 4}}, None],
}  # fmt: skip


def test_human_scores_of_ai_papers_become_one_file(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text(json.dumps([FARS]))
    for code in ("FA1", "FA2"):
        (tmp_path / "data" / code).mkdir(parents=True)
        (tmp_path / "data" / code / "human_review.json").write_text(json.dumps({"reviews": FARS["reviews"]}))
        (tmp_path / "data" / code / "paperreview.json").write_text('{"title": "One", "numerical_score": 5.1}')
    recipe = recipe_of("fars")
    whole = import_human_scores(recipe, tmp_path / "one.json", tmp_path / "a")
    parted = import_human_scores(recipe, tmp_path / "data", tmp_path / "b")
    assert (whole.papers, whole.reviews, parted.papers, parted.reviews) == (1, 1, 2, 2)
    first = json.loads(parted.path.read_text())[0]
    assert [first] == json.loads(whole.path.read_text())
    assert first["reviews"] == [{"reviewerLabel": "A", "scores": {"rating": 3, "confidence": 4}}]
    (tmp_path / "one.json").write_text(json.dumps([FARS, FARS]))
    with pytest.raises(InputError, match="paper 2: paper FA1 stands twice"):
        import_human_scores(recipe, tmp_path / "one.json", tmp_path / "a")
    (tmp_path / "one.json").write_text(json.dumps([{"paper": {"code": "x"}, "review": []}]))
    with pytest.raises(InputError, match=r"no column 'reviews' for reviews \(near: review; "):
        import_human_scores(recipe, tmp_path / "one.json", tmp_path / "a")
    (tmp_path / "one.json").write_text(json.dumps([{**FARS, "reviews": [{"scores": [3]}]}]))
    with pytest.raises(InputError, match="paper 1: a review, or its scores, is no object"):
        import_human_scores(recipe, tmp_path / "one.json", tmp_path / "a")
    with pytest.raises(InputError, match="fars: human scores without accept or reject decisions are no dataset"):
        import_dataset("fars", tmp_path / "one.json", recipe="fars")


def test_the_table_of_human_and_judge_is_checked_and_kept(tmp_path: Path) -> None:
    table = tmp_path / "human_and_judge.csv"
    head = "reviewer_id,model_name,workshop_name,Overall_human,Overall_llm\n"
    table.write_text(f"{head}1,claude,w1,4,6.0\n2,claude,w1,,6.0\n1,gemini,w1,7,5.5\n")
    found = import_human_scores(recipe_of("mlrbench"), tmp_path, tmp_path / "out")
    assert (found.papers, found.reviews, found.path.read_text()) == (2, 2, table.read_text())
    table.write_text(head.replace("Overall_human", "Overall_humans") + "1,claude,w1,4,6\n")
    with pytest.raises(InputError, match=r"no column 'Overall_human' for human \(near: Overall_humans"):
        import_human_scores(recipe_of("mlrbench"), table, tmp_path / "out")


def test_the_released_table_of_human_and_judge(shared_data: Path, tmp_path: Path) -> None:
    source = shared_data / "generated_papers" / "mlrbench" / "human_and_judge.csv"
    found = import_human_scores(recipe_of("mlrbench"), source, tmp_path)
    assert (found.papers, found.reviews) == (30, 60)
