"""A loopback server that gives out PDFs as arXiv does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


@dataclass
class FakeArxiv:
    """What it gives out by path, and what it was asked for. `busy` answers come first for each path."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    busy: int = 0
    asked: Counter[str] = field(default_factory=Counter)
    agents: set[str] = field(default_factory=set)


@contextmanager
def fake_arxiv() -> Iterator[FakeArxiv]:
    """The server, as long as the context lasts."""
    fake = FakeArxiv()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            fake.asked[self.path] += 1
            fake.agents.add(self.headers["User-Agent"])
            if fake.asked[self.path] <= fake.busy:
                self.answer(503, b"", {"Retry-After": "0"})
            elif self.path in fake.moved:
                self.answer(301, b"", {"Location": fake.moved[self.path]})
            elif self.path in fake.files:
                self.answer(200, fake.files[self.path], {})
            else:
                self.answer(404, b"No such article", {})

        def answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
