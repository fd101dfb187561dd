"""Pulling a year of ICLR through the real openreview-py from a loopback server; every paper is invented."""

from __future__ import annotations

import datetime
import email.utils
import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("openreview", reason="needs the extra peerassay[openreview]")
pytest.importorskip("pypdfium2", reason="needs the extra peerassay[openreview]")

from openreview_server import (
    DECIDED,
    PASSWORD,
    REVIEWED,
    TOKEN,
    USERNAME,
    OpenReviewServer,
    tiny_pdf,
)
from openreview_shapes import FakePaper, Revision
from peerassay.data.dataset import Dataset, load, save
from peerassay.data.errors import InputError
from peerassay.data.importers.openreview import pull
from peerassay.data.importers.openreview_notes import number
from peerassay.data.importers.openreview_texts import pdf_text
from peerassay.data.records import Judgement

PDF_PATHS = ("/pdf", "/references/pdf", "/notes/edits/attachment")


@pytest.fixture(autouse=True)
def _login(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENREVIEW_USERNAME", USERNAME)
    monkeypatch.setenv("OPENREVIEW_PASSWORD", PASSWORD)


def no_sleep(seconds: float) -> None:
    raise AssertionError(f"asked to sleep {seconds} s")


def get(server: OpenReviewServer, folder: Path, **options: object) -> Dataset:
    return pull(f"iclr{server.year}", folder, base_url=server.url, **{"sleep": no_sleep, **options})


def versions(paper: str) -> list[Revision]:
    return [
        Revision(f"{paper}-camera", DECIDED + 5, f"Camera ready of {paper}"),
        Revision(f"{paper}-first", REVIEWED - 500, f"First draft of {paper}"),
        Revision(f"{paper}-sent", REVIEWED - 5, f"As submitted {paper}"),
        Revision(f"{paper}-rebuttal", REVIEWED + 50, f"After rebuttal {paper}"),
    ]


def papers_2022() -> list[FakePaper]:
    return [
        FakePaper("a1", 1, ["8: accept, good paper", "6: marginally above"], ["4: sure", "3: fairly"],
                  "Accept (Spotlight)", "ICLR 2022 Spotlight", revisions=versions("a1")),
        FakePaper("b2", 2, ["3: reject, not good enough", "1: strong reject"], ["5: certain"],
                  "Reject", "ICLR 2022 Submitted", revisions=versions("b2")),
        FakePaper("c3", 3, ["5: marginally below"], [], None, "ICLR 2022 Submitted", revisions=versions("c3")),
        FakePaper("d4", 4, ["10: strong accept"], ["4"], "Accept (Oral)", "ICLR 2022 Oral", revisions=versions("d4")),
        FakePaper("e5", 5, ["5: marginally below"], venue=""),
        FakePaper("f6", 6, ["5: marginally below"], withdrawn=True),
    ]  # fmt: skip


def papers_2024(year: int = 2024) -> list[FakePaper]:
    venue = f"ICLR.cc/{year}/Conference"
    sent = f"Submitted to ICLR {year}"
    return [
        FakePaper("a1", 1, [8, "6: marginally above"], [4, 3], "Accept (poster)", f"ICLR {year} poster", venue,
                  revisions=versions("a1")),
        FakePaper("b2", 2, [3, 5], [4, 4], "Reject", sent, f"{venue}/Rejected_Submission", revisions=versions("b2")),
        FakePaper("c3", 3, [6, 6], [4, 4], None, f"ICLR {year} oral", venue, revisions=versions("c3")),
        FakePaper("d4", 4, [5], [2], None, sent, f"{venue}/Rejected_Submission", revisions=versions("d4")),
        FakePaper("e5", 5, [5], [2], None, f"ICLR {year} Conference Withdrawn Submission",
                  f"{venue}/Withdrawn_Submission"),
        FakePaper("f6", 6, [], [], None, f"ICLR {year} Conference Desk Rejected Submission",
                  f"{venue}/Desk_Rejected_Submission"),
        FakePaper("g7", 7, [5], [2], None, sent, f"{venue}/Submission"),
        FakePaper("h8", 8, [3], [2], "Reject", f"ICLR {year} poster", venue),
    ]  # fmt: skip


def by_id(dataset: Dataset) -> dict[str, Judgement]:
    return {judgement.paper_id: judgement for judgement in dataset.judgements}


def test_iclr_2022_through_api_1(tmp_path: Path) -> None:
    with OpenReviewServer(2022, papers_2022()) as server:
        server.closed = {"Withdrawn_Submission": 11, "Desk_Rejected_Submission": 2}
        dataset = get(server, tmp_path)
    assert dataset.card.name == "iclr2022"
    assert dataset.card.excluded == {"desk rejected": 2, "no decision": 1, "withdrawn": 12}
    assert dataset.card.scale == (1, 3, 5, 6, 8, 10)
    assert dataset.card.revision == datetime.datetime.now(datetime.UTC).date().isoformat()
    found = by_id(dataset)
    assert set(found) == {"a1", "b2", "c3", "d4"}
    assert (found["a1"].tier, found["a1"].ratings, found["a1"].confidences) == ("spotlight", (8, 6), (4, 3))
    assert (found["b2"].decision, found["b2"].ratings, found["b2"].confidences) == ("reject", (3, 1), ())
    assert any(note.startswith("Confidences of 1 papers") and "(b2)" in note for note in dataset.card.notes)
    assert (found["c3"].decision, found["c3"].tier) == ("reject", "reject")
    assert found["d4"].tier == "oral"
    assert dataset.card.decided == datetime.datetime.fromtimestamp(DECIDED / 1000, datetime.UTC).date().isoformat()


def test_the_submission_is_read_and_not_the_camera_ready(tmp_path: Path) -> None:
    for year, papers in ((2022, papers_2022()), (2024, papers_2024())):
        with OpenReviewServer(year, papers) as server:
            dataset = get(server, tmp_path / str(year), limit=2)
        assert [paper.text for paper in dataset.papers] == [f"As submitted {p.id}" for p in dataset.papers]
        assert {(p.text_version, p.source) for p in dataset.papers} == {("submission", "pdf")}
        assert dataset.card.text_version == "submission"
        assert server.requests["/pdf"] == 0


def test_iclr_2024_through_api_2(tmp_path: Path) -> None:
    with OpenReviewServer(2024, papers_2024()) as server:
        dataset = get(server, tmp_path)
    assert dataset.card.excluded == {
        "decision note and venue disagree": 1,
        "desk rejected": 1,
        "no decision": 1,
        "withdrawn": 1,
    }
    found = by_id(dataset)
    assert {name: j.tier for name, j in found.items()} == {
        "a1": "poster", "b2": "reject", "c3": "oral", "d4": "reject",
    }  # fmt: skip
    assert found["a1"].ratings == (8, 6)
    assert dataset.card.base_rate == 0.5
    save(dataset, tmp_path / "saved")
    assert load(tmp_path / "saved").card.hash == dataset.card.hash


def test_half_an_emoji_in_a_title_is_replaced(tmp_path: Path) -> None:
    papers = papers_2024()
    papers[0].title = "Cut \ud83d"
    with OpenReviewServer(2024, papers) as server:
        dataset = get(server, tmp_path)
    assert dataset.papers[0].title == "Cut \ufffd"
    save(dataset, tmp_path / "saved")


def test_iclr_2026_has_a_scale_of_even_numbers(tmp_path: Path) -> None:
    papers = papers_2024(2026)
    for paper in papers:
        paper.ratings = [0, 4, 10]
    papers[1].ratings = [5, 4, 2]
    with OpenReviewServer(2026, papers) as server:
        dataset = get(server, tmp_path, pdfs=False)
    assert dataset.card.scale == (0, 2, 4, 6, 8, 10)
    assert by_id(dataset)["a1"].ratings == (0, 4, 10)
    assert dataset.card.excluded["ratings off the year's scale"] == 1


@pytest.mark.parametrize(
    ("year", "verdicts"),
    [
        (2017, ("Accept (Poster)", "Invite to Workshop Track")),
        (2018, ("Accept (Oral)", "Reject")),
        (2019, ("Accept (Poster)", "Reject")),
        (2020, ("Accept (Talk)", "Reject")),
        (2021, ("Accept (Spotlight)", "Reject")),
        (2023, ("Accept: notable-top-5%", "Reject")),
        (2025, ("Accept (Poster)", "Reject")),
    ],
)
def test_every_year_has_its_own_invitations(year: int, verdicts: tuple[str, str], tmp_path: Path) -> None:
    papers = [FakePaper("a1", 1, ["6: good"], ["3"], verdicts[0]), FakePaper("b2", 2, ["3: bad"], ["4"], verdicts[1])]
    with OpenReviewServer(year, papers) as server:
        dataset = get(server, tmp_path, pdfs=False)
    found = by_id(dataset)
    assert (found["a1"].decision, found["b2"].decision) == ("accept", "reject")
    assert (found["a1"].ratings, found["b2"].ratings) == ((6,), (3,))
    assert dataset.papers[0].text == "# Invented paper 1\n\nABSTRACT\n\nAn invented abstract of paper 1.\n"
    assert {p.text_version for p in dataset.papers} == {"latest"}


def test_early_years_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="2017 or a later year"):
        pull("iclr2016", tmp_path)


@pytest.mark.parametrize("page_cap", [1000, 90])
@pytest.mark.parametrize("year", [2021, 2025])
def test_pages_are_followed_to_the_end(year: int, page_cap: int, tmp_path: Path) -> None:
    verdicts = ("Accept (Poster)", "Reject")
    papers = [FakePaper(f"p{n:05}", n, [6], verdict=verdicts[n % 2]) for n in range(1, 1051)]
    seen: list[int] = []
    with OpenReviewServer(year, papers, page_cap=page_cap) as server:
        dataset = get(server, tmp_path, pdfs=False, progress=lambda done, _total, _what: seen.append(done))
    assert [p.id for p in dataset.papers] == [p.id for p in papers]
    assert dataset.card.accepted == 525
    assert server.requests["/notes"] >= 1050 // min(page_cap, 200)
    assert seen[-1] == 1050
    assert seen == sorted(seen)


@pytest.mark.parametrize("html", [False, True])
def test_without_a_login_the_error_says_how_to_log_in(
    html: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENREVIEW_USERNAME")
    monkeypatch.delenv("OPENREVIEW_PASSWORD")
    for year in (2022, 2024):
        with OpenReviewServer(year, papers_2024()) as server:
            server.html_challenge = html
            with pytest.raises(InputError, match="OPENREVIEW_USERNAME and OPENREVIEW_PASSWORD"):
                get(server, tmp_path / str(year))


def test_a_token_serves_as_login(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENREVIEW_TOKEN", TOKEN)
    with OpenReviewServer(2024, papers_2024()) as server:
        assert len(get(server, tmp_path, pdfs=False)) == 4
        assert server.requests["/login"] == 0


def test_a_second_factor_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    for year in (2022, 2024):
        with OpenReviewServer(year, []) as server:
            server.mfa = True
            with pytest.raises(InputError, match="second factor"):
                get(server, tmp_path / str(year))


def test_no_secret_in_files_errors_or_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with OpenReviewServer(2022, papers_2022()) as server:
        get(server, tmp_path / "work")
        monkeypatch.setenv("OPENREVIEW_PASSWORD", "wrong-secret-99")
        with pytest.raises(InputError, match="Invalid username or password") as caught:
            get(server, tmp_path / "other")
    assert "wrong-secret-99" not in str(caught.value)
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert len(written) > 1000
    printed = "".join(capfd.readouterr())
    for secret in (USERNAME, PASSWORD, TOKEN, "wrong-secret-99"):
        assert secret.encode() not in written
        assert secret not in printed
    assert b"An invented review" not in written


def test_a_rate_limit_is_waited_for_as_long_as_it_says(tmp_path: Path) -> None:
    slept: list[float] = []
    told: list[str] = []
    with OpenReviewServer(2024, papers_2024()) as server:
        server.refuse("/notes", 1, Retry_After="17")
        server.refuse("/notes/edits", 1, RateLimit_Reset="40")
        soon = email.utils.format_datetime(datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=90))
        server.refuse("/notes/edits/attachment", 1, Retry_After=soon)
        server.refuse("/groups", 2, status=503)
        dataset = get(server, tmp_path, sleep=slept.append, progress=lambda *event: told.append(event[2]))
    assert len(dataset) == 4
    assert slept[:4] == [1, 2, 17, 40]
    assert 80 <= slept[4] <= 90
    assert "rate limit, waiting 17 s" in told


def test_a_rate_limit_without_end_keeps_what_was_got(tmp_path: Path) -> None:
    slept: list[float] = []
    with OpenReviewServer(2022, papers_2022()) as server:
        get(server, tmp_path, limit=2)
        first = [path for path in server.asked if path.startswith("/references/pdf")]
        server.refuse("/references/pdf", 10**9, Retry_After="3600")
        with pytest.raises(InputError, match="waited for 3600 s; what was got is kept, and the same command continues"):
            get(server, tmp_path, sleep=slept.append, max_wait=2 * 3600)
        assert slept == [3600, 3600]
        server.refuse("/references/pdf", 10**9, Retry_After="0")
        with pytest.raises(InputError, match="after 8 tries"):
            get(server, tmp_path, sleep=slept.append)
        server.refusals.clear()
        assert len(get(server, tmp_path)) == 4
        asked = [path for path in server.asked if path.startswith("/references/pdf")]
    assert len(first) == 2
    assert len(asked) == len(set(asked)) == 4
    assert sum("Blind_Submission" in path for path in server.asked) == 2


def test_an_unreachable_server_is_one_line(tmp_path: Path) -> None:
    with OpenReviewServer(2024, []) as server:
        pass
    with pytest.raises(InputError, match="cannot be reached"):
        get(server, tmp_path, sleep=lambda _seconds: None)


def test_a_killed_pull_repeats_no_finished_download(tmp_path: Path) -> None:
    papers = [
        FakePaper(f"p{n:02}", n, [6], verdict="Accept" if n % 2 else "Reject", revisions=versions(f"p{n:02}"))
        for n in range(12)
    ]
    with OpenReviewServer(2024, papers) as server:
        server.hold_pdf = 5
        code = f"""
from pathlib import Path
from peerassay.data.importers.openreview import pull
pull("iclr2024", Path({str(tmp_path)!r}), base_url={server.url!r})
"""
        child = subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path, env=os.environ)
        try:
            assert server.held.wait(20)
        finally:
            child.send_signal(signal.SIGKILL)
        assert child.wait(10) == -signal.SIGKILL
        kept = len(list((tmp_path / "texts").glob("*.json")))
        server.hold_pdf = None
        server.release.set()
        before = list(server.asked)
        dataset = get(server, tmp_path)
        after = server.asked[len(before) :]
    assert kept == 5
    assert len(dataset) == 12
    assert sum("attachment" in path for path in after) == 12 - kept
    assert not any(path.startswith(("/notes?", "/groups")) for path in after)
    assert {p.text for p in dataset.papers} == {f"As submitted {p.id}" for p in papers}


def test_a_listing_cut_in_the_middle_of_a_line_goes_on_from_there(tmp_path: Path) -> None:
    papers = [FakePaper(f"p{n:05}", n, [6], verdict="Accept" if n % 2 else "Reject") for n in range(450)]
    with OpenReviewServer(2021, papers) as server:
        get(server, tmp_path, pdfs=False)
        whole = (tmp_path / "listing.jsonl").read_bytes()
        state = (tmp_path / "listing.json").read_text()
        (tmp_path / "listing.json").write_text(state.replace('"complete": true', '"complete": false'))
        (tmp_path / "listing.jsonl").write_bytes(whole[: len(whole) // 2 - 3])
        lines = whole[: len(whole) // 2 - 3].count(b"\n")
        server.asked.clear()
        assert len(get(server, tmp_path, pdfs=False)) == 450
        assert (tmp_path / "listing.jsonl").read_bytes() == whole
    asked = [path for path in server.asked if "directReplies" in path]
    assert f"after=p{lines - 1:05}" in asked[0]
    assert len(asked) == 3


def test_a_finished_pull_asks_the_server_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with OpenReviewServer(2024, papers_2024()) as server:
        first = get(server, tmp_path)
    monkeypatch.delenv("OPENREVIEW_PASSWORD")
    assert get(server, tmp_path).card == first.card
    with pytest.raises(InputError, match="holds a pull of ICLR 2024"):
        pull("iclr2025", tmp_path, base_url=server.url)


def test_a_larger_limit_adds_to_a_smaller_one(tmp_path: Path) -> None:
    papers = [
        FakePaper(f"p{n:02}", n, [6], verdict="Reject" if n % 3 else "Accept", revisions=versions(f"p{n:02}"))
        for n in range(30)
    ]
    with OpenReviewServer(2025, papers) as server:
        small = get(server, tmp_path, limit=6)
        assert server.requests["/notes/edits/attachment"] == 6
        large = get(server, tmp_path, limit=12)
        assert server.requests["/notes/edits/attachment"] == 12
    assert small.card.accepted == 2
    assert large.card.accepted == 4
    assert {p.id for p in small.papers} < {p.id for p in large.papers}
    assert any("A sample of 12 of 30" in note for note in large.card.notes)


def test_ratings_that_belong_to_another_paper_are_left_out(tmp_path: Path) -> None:
    for year, papers in ((2022, papers_2022()), (2024, papers_2024())):
        papers[0].reply_forum = "b2"
        papers[1].reply_number = 77
        with OpenReviewServer(year, papers) as server:
            dataset = get(server, tmp_path / str(year), pdfs=False)
        assert dataset.card.excluded["replies belong to another paper"] == 2
        assert set(by_id(dataset)) == {"c3", "d4"}


def test_a_venue_that_has_not_decided_can_be_pulled_later(tmp_path: Path) -> None:
    papers = [
        FakePaper(f"p{n}", n, [4], [3], None, "Submitted to ICLR 2027", "ICLR.cc/2027/Conference/Submission")
        for n in range(4)
    ]
    with OpenReviewServer(2027, papers) as server:
        with pytest.raises(InputError, match="not decided yet"):
            get(server, tmp_path)
        for paper in papers:
            paper.verdict = "Accept (Poster)" if paper.number % 2 else "Reject"
        dataset = get(server, tmp_path)
    assert dataset.card.accepted == 2
    assert dataset.card.scale == (4,)


def test_reviews_without_a_rating_that_can_be_read_are_counted(tmp_path: Path) -> None:
    papers = papers_2024()
    papers[0].ratings, papers[0].confidences = ["strong accept", 8], [2, 5]
    with OpenReviewServer(2024, papers) as server:
        dataset = get(server, tmp_path, pdfs=False)
    first = by_id(dataset)["a1"]
    assert (first.ratings, first.confidences) == ((8,), (5,))
    assert "1 of 7 reviews have no rating that can be read (rating) and do not count." in dataset.card.notes


def test_a_venue_under_review_is_pulled_undecided_and_refused_once_it_is_decided(tmp_path: Path) -> None:
    active, withdrawn = (f"ICLR.cc/2027/Conference/{kind}Submission" for kind in ("", "Withdrawn_"))
    papers = [FakePaper(f"p{n}", n, [], [], None, "Submitted to ICLR 2027", active) for n in range(4)]
    papers.append(FakePaper("gone", 4, [], [], None, "ICLR 2027 Withdrawn", withdrawn))
    papers[1].revisions = [Revision("p1-sent", REVIEWED - 5, "The PDF of p1")]
    with OpenReviewServer(2027, papers) as server:
        listed = get(server, tmp_path / "listed", pdfs=False, undecided=True)
        read = get(server, tmp_path / "read", undecided=True)
        papers[0].verdict = "Accept (Poster)"
        with pytest.raises(InputError, match="is decided already; pull it without --undecided"):
            get(server, tmp_path / "later", pdfs=False, undecided=True)
    assert [paper.id for paper in listed.papers] == ["p0", "p1", "p2", "p3"]
    assert (listed.card.labels, listed.judgements, listed.card.excluded) == ("undecided", (), {"withdrawn": 1})
    assert listed.card.withdrawn == {"gone": "ICLR 2027 Withdrawn"}
    assert any(note.startswith("Not verified: names of invitations") for note in listed.card.notes)
    assert "The PDF of p1" in {paper.id: paper.text for paper in read.papers}["p1"]


def test_a_year_without_submissions_is_an_error(tmp_path: Path) -> None:
    with OpenReviewServer(2027, []) as server, pytest.raises(InputError, match="no submissions"):
        get(server, tmp_path)


def test_what_cannot_be_had_as_submitted_is_named_for_what_it_is(tmp_path: Path) -> None:
    papers = papers_2022()[:4]
    papers[0].revisions = [Revision("late", DECIDED + 1, "Only the camera ready")]
    papers[1].revisions = []
    papers[2].revisions = [Revision("draft", 5, "Draft"), Revision("sent", 9, "Hidden", hidden=True)]
    papers[3].pdf = tiny_pdf("")
    papers[3].revisions = []
    with OpenReviewServer(2022, papers) as server:
        dataset = get(server, tmp_path)
    found = {p.id: (p.text_version, p.text) for p in dataset.papers}
    assert found == {
        "a1": ("camera-ready", "Only the camera ready"),
        "b2": ("latest", "Latest text of b2"),
        "c3": ("submission", "Draft"),
    }
    assert dataset.card.text_version == "latest"
    assert dataset.card.excluded["PDF without text"] == 1
    assert any("1 camera-ready" in note and "1 submission" in note for note in dataset.card.notes)


def test_a_paper_whose_pdf_is_not_served_is_counted(tmp_path: Path) -> None:
    papers = papers_2024()[:4]
    papers[0].pdf = b"<html>moved</html>"
    papers[0].revisions = []
    papers[1].pdf = b"%PDF-1.4 broken"
    papers[1].revisions = []
    with OpenReviewServer(2024, papers) as server:
        dataset = get(server, tmp_path)
        asked = len(server.asked)
        get(server, tmp_path)
        assert len(server.asked) == asked
    assert dataset.card.excluded == {"PDF without text": 1, "no PDF": 1}


def test_a_missing_library_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "peerassay.data.importers.openreview_client", raising=False)
    monkeypatch.setitem(sys.modules, "openreview", None)
    with pytest.raises(InputError, match=r"pip install 'peerassay\[openreview\]'"):
        pull("iclr2024", tmp_path)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [(6, 6), (6.5, 6.5), ("6: marginally above", 6), ("10", 10), (" 3 : reject", 3), ("n/a", None), (None, None),
     (True, None), ("", None), ("5.5: between", 5.5)],
)  # fmt: skip
def test_numbers_of_ratings(raw: object, expected: float | None) -> None:
    assert number(raw) == expected


def test_text_of_a_pdf() -> None:
    assert pdf_text(tiny_pdf("Hello there")) == "Hello there"
    assert pdf_text(tiny_pdf("")) == ""
    assert pdf_text(b"%PDF no") == ""
