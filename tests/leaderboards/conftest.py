"""Fixtures of the leaderboards: a folder of results, made once and copied for each test; sites and a browser."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from made_results import make_results
from peerassay.leaderboards.site.build import write_site
from site_fixtures import hostile_boards, realistic_boards

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results that nobody may change; the runs they were made of stand beside their folder."""
    return make_results(tmp_path_factory.mktemp("leaderboards"))


@pytest.fixture
def results(made_once: Path, tmp_path: Path) -> Path:
    """A copy of the results for one test."""
    return Path(shutil.copytree(made_once, tmp_path / "results"))


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None: ...


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder with both sites below a path with a space and a sign in it; test processes beside this one share it."""
    base = tmp_path_factory.getbasetemp()
    www = (base if worker_id == "master" else base.parent) / "www"
    folder = www / "a path" / "boards#1"
    www.mkdir(exist_ok=True)
    with (www / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            write_site(realistic_boards(), www / "made" / "site")
            write_site(hostile_boards(), www / "made" / "hostile")
            folder.parent.mkdir()
            (www / "made").rename(folder)
    return folder


@pytest.fixture(scope="session")
def server(root: Path) -> Iterator[str]:
    handler = partial(Quiet, directory=str(root.parents[1]))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as found:
        thread = Thread(target=found.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{found.server_port}/a%20path/boards%231"
        found.shutdown()
        thread.join()


@pytest.fixture(params=["file", "http"])
def base(request: pytest.FixtureRequest, root: Path) -> str:
    """Where both sites are, in one form of address after the other."""
    return root.as_uri() if request.param == "file" else request.getfixturevalue("server")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Closed after each module: while it is open, no other test can run an event loop."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (extra: dev)")
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine: apt-get install chromium")
    with playwright.sync_playwright() as started:
        arguments = ["--disable-gpu", "--disable-dev-shm-usage"] + (["--no-sandbox"] if os.geteuid() == 0 else [])
        found = started.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield found
        found.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page that fails its test where anything is wrong in the console, on the network, or a dialog opens."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("requestfailed", lambda r: None if "ERR_ABORTED" in r.failure else wrong.append(r.url))  # left for another
    page.on("response", lambda response: wrong.append(response.url) if response.status >= 400 else None)
    page.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
    yield page
    context.close()
    assert wrong == []
