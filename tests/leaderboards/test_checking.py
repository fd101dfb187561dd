"""What the check refuses, with the reason, and that the rest stays."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_results import changed, only
from peerassay.data.errors import InputError
from peerassay.leaderboards.differences import difference
from peerassay.leaderboards.records import ReviewerResult
from peerassay.leaderboards.store import MOST_BYTES, check_size, read_record, with_digest, write_record
from peerassay.leaderboards.validation import Checked, check_results, rerun_all

CAREFUL, FLOOR = "reviewers/sample-all/careful-*.json", "reviewers/sample-all/floor-length-*.json"
STRONG, HUMAN, SAMPLE = "generators/diffusion/strong-*.json", "datasets/made-up-all.json", "datasets/sample-all.json"
ALL = 13
ANSWER = {"score": None, "decision": None, "p_accept": None, "failed": ""}
Change = Callable[[dict[str, Any]], None]


def one(results: Path, pattern: str) -> Path:
    (path,) = results.glob(pattern)
    return path


@pytest.fixture
def few(made_once: Path, tmp_path: Path) -> Path:
    """A folder with one reviewer on the bundled dataset and one generator: quick to check."""
    only(made_once, tmp_path / "few", SAMPLE, CAREFUL, STRONG)
    return tmp_path / "few"


def refused(results: Path) -> dict[str, str]:
    """The reasons by the files' names, less their digits."""
    return {refusal.path.name: refusal.reason for refusal in check_results([results]).refused}


def reason(results: Path, path: Path) -> str:
    """Why this file is refused; all others have to be sound."""
    checked = check_results([results])
    assert [refusal.path for refusal in checked.refused] == [path]
    assert path not in checked.sound
    return checked.refused[0].reason


def setter(where: str, value: Any) -> Change:
    """Set a field, by its path with dots."""

    def change(body: dict[str, Any]) -> None:
        *path, last = where.split(".")
        for part in path:
            body = body[int(part) if isinstance(body, list) else part]
        body[int(last) if isinstance(body, list) else last] = value

    return change


def test_what_add_wrote_is_sound(made_once: Path) -> None:
    checked = check_results([made_once])
    assert (len(checked.sound), checked.refused) == (ALL, [])
    assert set(checked.papers) == {"sample-all", "made-up-all"}


@pytest.mark.parametrize(
    ("pattern", "where", "value", "said"),
    [
        (CAREFUL, "papers.3.score", 2.25, "figure"),
        (
            CAREFUL,
            "figures.scores.auc.value",
            0.99,
            "figures.scores.auc.value: 0.99 is in the file, its scores",
        ),
        (CAREFUL, "figures.decisions.0.metrics.f1.low", 0.5, "figures.decisions.0.metrics.f1.low"),
        (CAREFUL, "figures.coverage", 1.0, "figures.coverage: 1.0 is in the file"),
        (CAREFUL, "figures.n", 33, "figures.n: 33"),
        (CAREFUL, "figures.reviewed", 32, "figures.reviewed"),
        (CAREFUL, "figures.name", "better", 'figures.name: "better"'),
        (CAREFUL, "figures.usd_per_review", 0.5, "figures.usd_per_review"),
        (
            CAREFUL,
            "figures.scores.spearman",
            {"value": 0.9, "low": None, "high": None, "n": 32},
            "figures.scores.spearman",
        ),
        (CAREFUL, "figures.noted", 33, "noted is 33 of 32"),
        (CAREFUL, "figures.usage.calls", -1.0, "figures.usage: a mean is below 0"),
        (CAREFUL, "samples.0.score", 9.75, "is not on record with this score and decision"),
        (CAREFUL, "samples.0.paper", "paper 00000000, accepted", "is not on record with this score"),
        (CAREFUL, "dataset_hash", "0" * 64, "another revision"),
        (CAREFUL, "status", "verified", "status: verified, but careful cannot be run again"),
        (CAREFUL, "papers.0.key", "00000000", "1 papers are not in sample-all, e.g. 00000000"),
        (CAREFUL, "papers.3.score", 1e200, "field overall: Input should be less than or equal to"),
        (CAREFUL, "worth", {"value": 21.0, "n": 32}, "worth is no number of humans with its interval"),
        (CAREFUL, "worth", {"value": 1.0, "low": 1.5, "high": 2.0, "n": 32}, "worth is no number of humans"),
        (FLOOR, "spec", "replay:mine.csv", "name: floor:length belongs to a reviewer of ours"),
        (STRONG, "ideas.0.score", 9.5, "accepted false at a score of 9.5"),
        (STRONG, "ideas.1.score", 5.25, "figures.m"),
        (STRONG, "ideas.0.score", 11.0, "score 11 is not on the scale 1 to 10"),
        (STRONG, "ideas.0.stage", "unfinished", "stage unfinished, score"),
        (STRONG, "ideas.0.accepted", None, "accepted null at a score"),
        (STRONG, "ideas.3.accepted", True, "a verdict without a score"),
        (STRONG, "threshold", 1.0, "a threshold of 1"),
        (STRONG, "figures.mean.high", 9.0, "figures.mean.high: 9.0"),
        (STRONG, "figures.accepted", 9, "figures.accepted: 9"),
        (STRONG, "figures.tried", 10, "figures.tried: 10"),
        (STRONG, "group.tried", 12, "figure"),
        (STRONG, "group.tried", 11, "group.tried: 11, but 12 ideas are there"),
        (STRONG, "group.tried", 10**9, "the boards take 2000"),
        (STRONG, "group.usd", 1.0, "figures.usd: 168.0 is in the file, its scores give 1.0"),
        (STRONG, "ideas.0.usd", 1000.0, "group.usd: 168 for all ideas, but those on record cost 1000"),
        (STRONG, "samples.0.score", 9.75, "samples: no paper has the score 9.75"),
        (HUMAN, "ceilings.0.metrics.auc.value", 1.5, "auc is no share with its interval"),
        (HUMAN, "ceilings.0.metrics.auc.low", 0.999, "auc is no share with its interval"),
        (STRONG, "status", "verified", "cannot write these papers again"),
        (STRONG, "ideas.2.name", "idea_0", "idea idea_0 is there more than once"),
        (STRONG, "group.template", "grokking", "name and template are not those of its group"),
    ],
)
def test_a_change_is_refused_although_the_digest_fits(
    made_once: Path, tmp_path: Path, pattern: str, where: str, value: object, said: str
) -> None:
    path = changed(only(made_once, tmp_path / "r", SAMPLE, pattern), setter(where, value))
    assert said in reason(tmp_path / "r", path)


@pytest.mark.parametrize(
    ("pattern", "where", "value", "said"),
    [
        (CAREFUL, "rank", 1, "field rank: Extra inputs are not permitted"),
        (CAREFUL, "figures.extra", 1, "field figures.extra: 1 is written where nothing is meant"),
        (CAREFUL, "traits.better", True, "field traits.better: true is written where nothing is meant"),
        (CAREFUL, "figures.n", "32", 'field figures.n: "32" is written where 32 is meant'),
        (CAREFUL, "papers.0.score", True, "field papers.0.score"),
        (CAREFUL, "papers.0.decision", "maybe", "field papers.0.decision"),
        (CAREFUL, "papers.0.key", "../../x", "field papers.0.key"),
        (CAREFUL, "papers.0.p_accept", 1.5, "field papers.0.p_accept"),
        (CAREFUL, "format", 2, "field format"),
        (CAREFUL, "board", "generators", "field board"),
        (CAREFUL, "name", "../../../etc/cron.d/x", "field name: looks like a path"),
        (CAREFUL, "name", "a\u0007b", "field name: has control characters"),
        (CAREFUL, "name", "a\u2028b", "field name: has control characters"),
        (CAREFUL, "name", "", "field name"),
        (CAREFUL, "name", "n" * 500, "field name"),
        (CAREFUL, "name", "\ud800", "field name"),
        (CAREFUL, "spec", "s" * 2001, "field spec"),
        (CAREFUL, "dataset", "../sample-all", "field dataset"),
        (CAREFUL, "id", "UPPER", "field id"),
        (CAREFUL, "dataset", "other-all", "not at its place: its content belongs to reviewers/other-all"),
        (CAREFUL, "name", "renamed", "not at its place: its content belongs to reviewers/sample-all/renamed-"),
        (CAREFUL, "fingerprint", "e" * 12, "not at its place"),
        (CAREFUL, "id", "another-id", "id 'another-id' is not the file's name"),
        (STRONG, "template", "nanogpt", "not at its place: its content belongs to generators/nanogpt"),
        (STRONG, "ideas.0.usd", -1, "field ideas.0.usd"),
        (STRONG, "ideas.0.paper_sha256", "<b>", "field ideas.0.paper_sha256"),
        (STRONG, "text", "shredded", "field text"),
        (STRONG, "ideas.0.stage", "won", "field ideas.0.stage"),
        (STRONG, "group.settings.runs", 5, "field group.settings.runs"),
        (HUMAN, "papers.0.extra", 1, "field papers.0.extra"),
        (HUMAN, "hash", "abc", "field hash"),
        (HUMAN, "split", "test", "not at its place"),
    ],
)
def test_what_is_no_record_is_refused(
    made_once: Path, tmp_path: Path, pattern: str, where: str, value: object, said: str
) -> None:
    path = changed(only(made_once, tmp_path / "r", pattern), setter(where, value))
    assert said in reason(tmp_path / "r", path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"\xff\xfe{}", "not UTF-8 (byte 0)"),
        (b"{", "not JSON"),
        (b"[1]", "expected a JSON object, found list"),
        (b"{}", "Field required"),
        (b'{"papers": NaN}', "not JSON (NaN is no number of JSON)"),
        (b'{"papers": -Infinity}', "-Infinity is no number"),
        (b'{"papers": 1e999}', "1e999 is no finite number"),
        (b'{"id": 1, "id": 2}', "the name 'id' is there twice"),
        (b"[" * 100_000, "not JSON"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not JSON"),
        (b" " * (MOST_BYTES + 1), "larger than 5 MB"),
    ],
)
def test_what_is_no_strict_json_is_refused(few: Path, content: bytes, said: str) -> None:
    path = one(few, CAREFUL)
    path.write_bytes(content)
    assert said in reason(few, path)


@pytest.mark.parametrize("word", ["NaN", "Infinity", "1e400"])
def test_a_figure_that_is_no_number_is_refused(few: Path, word: str) -> None:
    path = one(few, CAREFUL)
    body = json.loads(path.read_text(encoding="utf-8"))
    body["figures"]["scores"]["auc"]["high"] = 0.123456
    path.write_text(json.dumps(body).replace("0.123456", word), encoding="utf-8")
    assert "no number of JSON" in reason(few, path) or "no finite number" in reason(few, path)


def test_a_changed_score_is_refused_by_the_digest(few: Path) -> None:
    path = changed(one(few, CAREFUL), setter("papers.0.score", 2.25), seal=False)
    assert "digest does not fit" in reason(few, path)


@pytest.mark.parametrize("pattern", [SAMPLE, CAREFUL])
def test_a_file_without_a_digest_is_refused(few: Path, pattern: str) -> None:
    path = changed(one(few, pattern), lambda body: body.pop("digest"), seal=False)
    assert "has no digest" in refused(few)[path.name]


def test_the_status_is_not_part_of_the_digest(made_once: Path, few: Path) -> None:
    changed(only(made_once, few, FLOOR), setter("status", "verified"), seal=False)
    assert refused(few) == {}


@pytest.mark.parametrize("number", [1, 5])
def test_missing_papers_are_refused(few: Path, number: int) -> None:
    path = changed(one(few, CAREFUL), lambda body: body["papers"].__delitem__(slice(number)))
    assert f"{number} of 32 papers are missing" in reason(few, path)


def test_a_repeated_paper_is_refused(few: Path) -> None:
    path = changed(one(few, CAREFUL), lambda body: body["papers"].append(body["papers"][0]))
    assert "is there more than once" in reason(few, path)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (ANSWER, "needs `overall` or `decision`"),
        ({**ANSWER, "failed": "broken", "score": 3.0}, "failed, but has a score"),
        ({**ANSWER, "failed": "broken", "p_accept": 0.5}, "failed, but has a score, a decision or a probability"),
    ],
)
def test_a_paper_of_which_nothing_or_too_much_is_said_is_refused(few: Path, answer: dict[str, Any], said: str) -> None:
    path = changed(one(few, CAREFUL), lambda body: body["papers"][0].update(answer))
    assert said in reason(few, path)


def test_a_hidden_failure_is_refused(few: Path) -> None:
    """A review that failed cannot be turned into a right answer with the figures left alone."""

    def mend(body: dict[str, Any]) -> None:
        failed = next(paper for paper in body["papers"] if paper["failed"])
        failed.update(failed="", score=5.0, decision="reject")

    path = changed(one(few, CAREFUL), mend)
    assert "figures." in reason(few, path)


def test_other_labels_for_the_bundled_dataset_are_refused_with_all_results_on_it(results: Path) -> None:
    changed(results / SAMPLE, lambda body: body["papers"][0].update(accepted=not body["papers"][0]["accepted"]))
    reasons = refused(results)
    assert "not the bundled dataset sample: papers.0.accepted" in reasons["sample-all.json"]
    assert sum("no sound file datasets/sample-all.json" in said for said in reasons.values()) == 3
    assert len(check_results([results]).sound) == ALL - 4


def test_another_revision_of_the_bundled_dataset_is_refused(results: Path) -> None:
    changed(results / SAMPLE, setter("hash", "1" * 64))
    assert "another revision" in refused(results)["sample-all.json"]


def test_a_missing_dataset_is_told_by_the_results_on_it(few: Path) -> None:
    (few / SAMPLE).unlink()
    assert "no sound file datasets/sample-all.json" in reason(few, one(few, CAREFUL))


@pytest.mark.parametrize("accepted", [True, False])
def test_a_dataset_of_one_class_is_refused(results: Path, accepted: bool) -> None:
    changed(results / HUMAN, lambda body: [paper.update(accepted=accepted) for paper in body["papers"]])
    assert "all papers are of one class" in refused(results)["made-up-all.json"]


def test_a_dataset_with_a_key_twice_is_refused(results: Path) -> None:
    changed(results / HUMAN, lambda body: body["papers"].append(body["papers"][0]))
    assert "is there more than once" in refused(results)["made-up-all.json"]


def test_the_same_result_under_two_names_is_refused(few: Path) -> None:
    path = one(few, CAREFUL)
    digits = path.stem.rsplit("-", 1)[1]
    copy = Path(shutil.copy(path, path.with_name(f"dear-{digits}.json")))

    def rename(body: dict[str, Any]) -> None:
        body["name"] = body["figures"]["name"] = "dear"
        body["id"] = copy.stem

    changed(copy, rename)
    assert "the same result is in careful-" in reason(few, copy)


@pytest.mark.parametrize("name", ["learned:iclr2022", "floor:length"])
def test_the_name_of_a_reviewer_of_ours_is_kept_for_it(few: Path, name: str) -> None:
    path = one(few, CAREFUL)
    result = read_record(path, ReviewerResult)
    named = {"name": name, "figures": result.figures.model_copy(update={"name": name})}
    path.unlink()
    path = write_record(few, with_digest(result.model_copy(update=named)))
    assert f"name: {name} belongs to a reviewer of ours" in reason(few, path)


@pytest.mark.parametrize(
    "place", ["datasets/deep/x.json", "reviewers/x.json", "notes/x.json", "x.json", "reviewers/sample-all/x.txt"]
)
def test_a_file_out_of_place_is_refused(few: Path, place: str) -> None:
    path = few / place
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(one(few, CAREFUL), path)
    assert "not at a place for results" in reason(few, path)


def test_a_copy_under_another_name_is_refused(few: Path) -> None:
    path = Path(shutil.copy(one(few, CAREFUL), few / "reviewers" / "sample-all" / "copy.json"))
    assert "not at its place" in reason(few, path)


def test_a_readme_and_hidden_files_are_passed_over(few: Path) -> None:
    (few / "README.md").write_text("results")
    (few / "reviewers" / ".DS_Store").write_text("x")
    assert refused(few) == {}


def test_links_out_of_the_folder_are_refused(few: Path, tmp_path: Path) -> None:
    path = one(few, CAREFUL)
    outside = Path(shutil.move(path, tmp_path / path.name))
    path.symlink_to(outside)
    assert "a link that leads out of the folder" in reason(few, path)
    path.unlink()
    shutil.copy(outside, path)
    (tmp_path / "elsewhere").mkdir()
    link = few / "reviewers" / "elsewhere"
    link.symlink_to(tmp_path / "elsewhere")
    assert "not at a place for results" in reason(few, link)


def test_what_is_no_regular_file_is_refused(few: Path) -> None:
    path = few / "reviewers" / "sample-all" / "pipe.json"
    os.mkfifo(path)
    assert "not a regular file" in reason(few, path)


def test_a_missing_folder_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder of results"):
        check_results([tmp_path / "none"])


def test_an_empty_folder_is_sound(tmp_path: Path) -> None:
    assert check_results([tmp_path]) == Checked()


def numbers(value: Any, where: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The places of all numbers in a JSON value."""
    if isinstance(value, (dict, list)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from numbers(inner, (*where, key))
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield where


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_one_number_changed_is_refused(made_once: Path, tmp_path: Path, data: st.DataObject) -> None:
    pattern = data.draw(st.sampled_from((CAREFUL, FLOOR, STRONG, HUMAN)))
    body = json.loads(one(made_once, pattern).read_text(encoding="utf-8"))
    place = data.draw(st.sampled_from(list(numbers(body))))
    inner = body
    for part in place[:-1]:
        inner = inner[part]
    old = inner[place[-1]]
    new = data.draw(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-5, 100))
    inner[place[-1]] = new if new != old else old + 1
    folder = tmp_path / "r"
    shutil.rmtree(folder, ignore_errors=True)
    path = folder / one(made_once, pattern).relative_to(made_once)
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(body), encoding="utf-8")
    assert [refusal.path for refusal in check_results([folder]).refused] == [path]


FIGURES = ("figures.scores.auc", "figures.scores.brier", "figures.decisions.0.metrics.mcc", "figures.decisions.1")


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_one_figure_changed_is_refused_although_the_digest_fits(
    made_once: Path, tmp_path: Path, data: st.DataObject
) -> None:
    folder = tmp_path / "r"
    shutil.rmtree(folder, ignore_errors=True)
    for pattern in (SAMPLE, CAREFUL):
        path = folder / one(made_once, pattern).relative_to(made_once)
        path.parent.mkdir(parents=True)
        shutil.copy(one(made_once, pattern), path)
    unchecked = ("usage", "findings", "noted")
    body = json.loads(path.read_text(encoding="utf-8"))
    places = [place for place in numbers(body["figures"]) if place[0] not in unchecked]
    place = ".".join(map(str, ("figures", *data.draw(st.sampled_from(places)))))
    factor = data.draw(st.sampled_from((0.5, 1.0001, 1 + 1e-6)))

    def scale(body: dict[str, Any]) -> None:
        inner: Any = body
        for part in place.split(".")[:-1]:
            inner = inner[int(part) if isinstance(inner, list) else part]
        last = place.rsplit(".", 1)[1]
        inner[last] = inner[last] * factor if inner[last] * factor != inner[last] else inner[last] + 1e-3

    changed(path, scale)
    assert [refusal.path for refusal in check_results([folder]).refused] == [path]


def test_the_last_digits_of_a_figure_may_differ() -> None:
    assert difference({"a": [0.1 + 0.2, 1]}, {"a": [0.3, 1.0]}, tolerance=1e-9) is None
    assert difference({"a": 1.0}, {"a": 1.0 + 1e-8}, tolerance=1e-9) == ("a", 1.0, 1.0 + 1e-8)
    assert difference({"a": True}, {"a": 1}) == ("a", True, 1)
    assert difference({"a": []}, {"a": [None]}) is not None
    assert difference({"a": None}, {}) is not None


@pytest.fixture
def verified(made_once: Path, tmp_path: Path) -> Path:
    """A file that claims to be verified, in a folder of its own beside its dataset and one that is not here."""
    path = only(made_once, tmp_path / "verified", SAMPLE, HUMAN, FLOOR)
    return changed(path, setter("status", "verified"))


def test_verified_rows_are_made_again(verified: Path, tmp_path: Path) -> None:
    checked = check_results([tmp_path / "verified"])
    outcomes = {again.path: again.rerun.outcome for again in rerun_all(checked)}
    assert outcomes == {
        tmp_path / "verified" / SAMPLE: "same",
        tmp_path / "verified" / HUMAN: "impossible",
        verified: "same",
    }
    assert checked.refused == []


def test_a_verified_row_with_other_scores_is_found_by_the_rerun_alone(verified: Path, tmp_path: Path) -> None:
    """Scores in the same order give the same figures: nothing but the reviews themselves can tell."""

    def stretch(body: dict[str, Any]) -> None:
        for row in body["papers"]:
            row["score"] = row["score"] * 2
        for row in body["figures"]["decisions"]:
            row["threshold"] = row["threshold"] and row["threshold"] * 2

    changed(verified, stretch)
    checked = check_results([tmp_path / "verified"])
    assert checked.refused == []
    rerun_all(checked)
    (refusal,) = checked.refused
    assert "32 of 32 papers come out differently" in refusal.reason
    assert verified not in checked.sound


def test_a_worth_that_the_data_does_not_give_is_found_by_the_rerun(verified: Path, tmp_path: Path) -> None:
    changed(verified, setter("worth", {"value": 3.0, "low": 2.0, "high": 4.0, "n": 32}))
    checked = check_results([tmp_path / "verified"])
    assert checked.refused == []
    rerun_all(checked)
    assert [refusal.path for refusal in checked.refused] == [verified]
    assert "worth" in checked.refused[0].reason


def test_a_verified_row_under_another_name_or_with_other_traits_is_found_by_the_rerun(
    verified: Path, tmp_path: Path
) -> None:
    result = read_record(verified, ReviewerResult)
    named = {"name": "dear", "figures": result.figures.model_copy(update={"name": "dear"})}
    traits = {"traits": result.traits.model_copy(update={"decision_rule": "its own"})}
    for update, said in ((named, "is called floor:length, not dear"), (traits, "has other traits")):
        folder = tmp_path / said
        shutil.copytree(tmp_path / "verified" / "datasets", folder / "datasets")
        write_record(folder, with_digest(result.model_copy(update=update)))
        checked = check_results([folder])
        assert checked.refused == []
        rerun_all(checked)
        (refusal,) = checked.refused
        assert said in refusal.reason


def test_a_record_too_large_to_be_read_again_is_refused(few: Path) -> None:
    result = read_record(one(few, CAREFUL), ReviewerResult)
    check_size(result)
    with pytest.raises(InputError, match="would take 6.0 MB; results have at most 5"):
        check_size(result.model_copy(update={"notes": ("n" * 2000,) * 3000}))


def test_a_reviewer_or_rules_that_changed_since_are_told(verified: Path, tmp_path: Path) -> None:
    changed(verified, setter("scrub_rules", "00000000"))
    checked = check_results([tmp_path / "verified"])
    rerun_all(checked)
    assert "made with the scrubbing rules 00000000" in checked.refused[0].reason
