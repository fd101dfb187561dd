"""A loopback server that speaks both of OpenReview's APIs, with papers invented here."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from openreview_shapes import FakePaper, Revision, Shape, iclr

USERNAME, PASSWORD, TOKEN = "ann@example.org", "pass-4711-word", "token-0815-opaque"
REVIEWED, DECIDED = 2_000_000, 3_000_000
CHALLENGE = {
    "name": "ChallengeRequiredError",
    "message": "Challenge verification required",
    "status": 403,
    "details": {"challengeUrl": "https://openreview.net/challenge"},
}


def tiny_pdf(text: str) -> bytes:
    """A PDF of one page with the text in Helvetica; no text gives an empty page."""
    stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode() if text else b""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, offsets = b"%PDF-1.4\n", []
    for index, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (index, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    start = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n" + table
    return out + b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start


class OpenReviewServer:
    """Serves the papers of one venue, a year of ICLR or another; counts what is asked; can refuse, challenge, and hold
    a request.
    """

    def __init__(
        self, year: int, papers: Iterable[FakePaper], *, page_cap: int = 1000, shape: Shape | None = None
    ) -> None:
        self.year = year
        self.shape = shape or iclr(year)
        self.api = self.shape.api
        self.venue = self.shape.id
        self.papers = sorted(papers, key=lambda p: p.id)
        self.closed: dict[str, int] = {}
        self.page_cap = page_cap
        self.requests: Counter[str] = Counter()
        self.asked: list[str] = []
        self.refusals: dict[str, list[Any]] = {}
        self.mfa = False
        self.html_challenge = False
        self.hold_pdf: int | None = None
        self.held, self.release = threading.Event(), threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: Any) -> None:
                pass

            def do_GET(self) -> None:
                server.answer(self, None)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                server.answer(self, json.loads(body))

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"

    def __enter__(self) -> OpenReviewServer:
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.release.set()
        self.http.shutdown()
        self.http.server_close()

    def refuse(self, path: str, times: int, status: int = 429, **headers: str) -> None:
        """Refuse the next requests of a path, with headers such as `Retry_After="2"`."""
        self.refusals[path] = [times, status, {name.replace("_", "-"): value for name, value in headers.items()}]

    def answer(self, handler: BaseHTTPRequestHandler, body: Any) -> None:
        split = urlsplit(handler.path)
        query = {name: values[0] for name, values in parse_qs(split.query).items()}
        refusal = self.refusals.get(split.path)
        if refusal and refusal[0] > 0:
            refusal[0] -= 1
            error = {"name": "RateLimitError", "message": "Too many requests", "status": refusal[1]}
            self.send(handler, refusal[1], error, refusal[2])
            return
        self.requests[split.path] += 1
        self.asked.append(handler.path)
        if split.path == "/login":
            self.log_in(handler, body)
        elif handler.headers.get("Authorization") != f"Bearer {TOKEN}":
            if self.html_challenge:
                self.send_bytes(handler, 200, b"<html>Verifying your browser</html>", "text/html")
            else:
                self.send(handler, 403, CHALLENGE)
        elif split.path in ("/pdf", "/references/pdf", "/notes/edits/attachment"):
            self.send_pdf(handler, split.path, query["id"])
        else:
            self.send(handler, *self.record(split.path, query))

    def log_in(self, handler: BaseHTTPRequestHandler, body: Any) -> None:
        if body["id"] != USERNAME or body["password"] != PASSWORD:
            message = f"Invalid username or password: {body['password']}"
            self.send(handler, 400, {"name": "Error", "message": message, "status": 400})
        elif self.mfa:
            pending = {"mfaPending": True, "mfaPendingToken": "p", "mfaMethods": ["totp"], "preferredMethod": "totp"}
            self.send(handler, 200, pending)
        else:
            self.send(handler, 200, {"token": TOKEN, "user": {"id": USERNAME, "profile": {"id": "~Ann_Example1"}}})

    def record(self, path: str, query: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if path == "/groups" and self.api == 2:
            return 200, {"groups": [self.group()] if query["id"] == self.venue else []}
        if path == "/notes":
            return 200, self.notes(query)
        review = (query.get("referent") or query.get("note.id") or "").rpartition("_r")
        reviewed = next((p for p in self.papers if p.id == review[0] and p.first_ratings), None)
        if reviewed is not None:
            found = self.versions(reviewed, int(review[2]))
            return 200, {"references": found} if path == "/references" else {"edits": found}
        paper = next((p for p in self.papers if p.id in (query.get("referent"), query.get("note.id"))), None)
        if paper is None:
            return 404, {"name": "NotFoundError", "message": "Not found", "status": 404}
        if path == "/references" and self.api == 1:
            return 200, {"references": [self.reference(paper, r) for r in paper.revisions]}
        if path == "/notes/edits" and self.api == 2:
            return 200, {"edits": [{"id": "bare", "tcdate": 1}, *(self.edit(paper, r) for r in paper.revisions)]}
        return 404, {"name": "NotFoundError", "message": "Not found", "status": 404}

    def group(self) -> dict[str, Any]:
        shape = self.shape
        names = {
            "submission_name": shape.listing,
            "review_name": shape.review,
            "review_rating": "rating",
            "decision_name": shape.decision,
            "submission_venue_id": f"{self.venue}/{shape.listing}",
            "rejected_venue_id": f"{self.venue}/Rejected_{shape.listing}",
            "withdrawn_venue_id": f"{self.venue}/Withdrawn_{shape.listing}",
            "desk_rejected_venue_id": f"{self.venue}/Desk_Rejected_{shape.listing}",
        } | shape.stated
        content = {name: {"value": value} for name, value in names.items() if value}
        return {"id": self.venue, "domain": self.venue, "content": content}

    def versions(self, paper: FakePaper, review: int) -> list[dict[str, Any]]:
        """The versions of a review: as given, with a comment only, and as shown."""
        rated = [paper.first_ratings[review], None, paper.ratings[review]]
        contents = [self.content({self.shape.rating: rating, "review": "Invented."}) for rating in rated]
        times = [REVIEWED + 10 * step for step in range(3)]
        versions = [{"id": f"v{step}", "tcdate": when, "referent": paper.id} for step, when in enumerate(times)]
        if self.api == 1:
            return [{**v, "content": c} for v, c in zip(versions, contents, strict=True)][::-1]
        return [
            {**v, "invitation": "x/-/Edit", "note": {"id": "n", "content": c}}
            for v, c in zip(versions, contents, strict=True)
        ][::-1]

    def notes(self, query: dict[str, str]) -> dict[str, Any]:
        listing = query["invitation"].split("/-/")[1]
        limit = min(int(query.get("limit", 1000)), self.page_cap)
        if listing in self.closed:
            return {"notes": [], "count": self.closed[listing]}
        found = self.papers if listing == self.shape.listing else []
        later = [p for p in found if p.id > query.get("after", "")]
        answer: dict[str, Any] = {
            "notes": [self.note(p, "directReplies" in query.get("details", "")) for p in later[:limit]]
        }
        if self.api == 1 or "count" in query or "offset" in query:
            answer["count"] = len(found)
        return answer

    def content(self, fields: dict[str, Any]) -> dict[str, Any]:
        kept = {name: value for name, value in fields.items() if value not in (None, "")}
        return kept if self.api == 1 else {name: {"value": value} for name, value in kept.items()}

    def note(self, paper: FakePaper, replies: bool) -> dict[str, Any]:
        fields = {
            "title": paper.title or f"Invented paper {paper.number}",
            "abstract": f"An invented abstract of paper {paper.number}.",
            "venue": paper.venue,
            "venueid": paper.venueid,
            "withdrawal": "Confirmed" if paper.withdrawn else None,
            "pdf": "/pdf/current.pdf",
        }
        note = {"id": paper.id, "forum": paper.id, "number": paper.number, "tcdate": paper.made}
        note["content"] = self.content(fields)
        note |= (
            {"invitation": f"{self.venue}/-/Blind_Submission"} if self.api == 1 else {"invitations": ["x/-/Submission"]}
        )
        return note | ({"details": {"directReplies": self.replies(paper)}} if replies else {})

    def replies(self, paper: FakePaper) -> list[dict[str, Any]]:
        shape = self.shape
        made = [self.reply(paper, "Official_Comment", "c", {"comment": "Thanks."}, 1)]
        for index, rating in enumerate(paper.ratings):
            fields = {shape.rating: rating, "review": "An invented review that no file may hold.", **shape.more}
            if index < len(paper.confidences):
                fields[shape.confidence] = paper.confidences[index]
            made.append(self.reply(paper, shape.review, f"r{index}", fields, REVIEWED + index))
        if paper.verdict is not None:
            made.append(self.reply(paper, shape.decision, "d", {shape.verdict: paper.verdict}, DECIDED))
        return made

    def reply(self, paper: FakePaper, name: str, suffix: str, fields: dict[str, Any], when: int) -> dict[str, Any]:
        number = paper.reply_number or paper.number
        if name == "Acceptance_Decision":
            invitation = f"{self.venue}/-/{name}"
        else:
            invitation = self.shape.numbers.format(id=self.venue, paper=self.shape.paper, number=number, name=name)
        place = {"invitation": invitation} if self.api == 1 else {"invitations": [invitation, f"{self.venue}/-/Edit"]}
        forum = paper.reply_forum or paper.id
        base = {"id": f"{paper.id}_{suffix}", "forum": forum, "replyto": forum, "tcdate": when, "cdate": when}
        return {**base, **place, "content": self.content(fields)}

    def reference(self, paper: FakePaper, revision: Revision) -> dict[str, Any]:
        return {"id": revision.id, "referent": paper.id, "tcdate": revision.created, "content": {"pdf": "/pdf/x.pdf"}}

    def edit(self, paper: FakePaper, revision: Revision) -> dict[str, Any]:
        note = {"id": paper.id, "content": {"pdf": {"value": "/pdf/x.pdf"}}}
        return {"id": revision.id, "tcdate": revision.created, "invitation": "x/-/Revision", "note": note}

    def send_pdf(self, handler: BaseHTTPRequestHandler, path: str, wanted: str) -> None:
        served = sum(self.requests[p] for p in ("/pdf", "/references/pdf", "/notes/edits/attachment"))
        if self.hold_pdf is not None and served > self.hold_pdf:
            self.held.set()
            self.release.wait(20)
        content = None
        for paper in self.papers:
            if path == "/pdf" and paper.id == wanted:
                latest = paper.revisions[-1].text if paper.revisions else f"Latest text of {paper.id}"
                content = paper.pdf if paper.pdf is not None else tiny_pdf(latest)
            if path != "/pdf":
                chosen = [r for r in paper.revisions if r.id == wanted and not r.hidden]
                content = tiny_pdf(chosen[0].text) if chosen else content
        if content is None:
            self.send(handler, 403, {"name": "ForbiddenError", "message": "Not yours", "status": 403})
        else:
            self.send_bytes(handler, 200, content, "application/pdf")

    def send(
        self, handler: BaseHTTPRequestHandler, status: int, answer: Any, headers: dict[str, str] | None = None
    ) -> None:
        self.send_bytes(handler, status, json.dumps(answer).encode(), "application/json", headers)

    def send_bytes(
        self,
        handler: BaseHTTPRequestHandler,
        status: int,
        body: bytes,
        kind: str,
        headers: dict[str, str] | None = None,
    ) -> None:
        try:
            handler.send_response(status)
            for name, value in {**(headers or {}), "Content-Type": kind, "Content-Length": str(len(body))}.items():
                handler.send_header(name, value)
            handler.end_headers()
            handler.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            pass
