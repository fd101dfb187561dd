"""The workflows of a submission: what they may do, and each of their steps as it runs, on a pull request of git."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from made_results import only
from peerassay.leaderboards.records import GeneratorResult
from peerassay.leaderboards.store import read_record, with_digest, write_record

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
HOSTILE = "@admin `x` <img src=y> [free](http://b.example) | *b* #1"
MIDDLE, STRONG = "generators/diffusion/middle-*.json", "generators/diffusion/strong-*.json"


SLOW = pytest.mark.skipif(not os.environ.get("PEERASSAY_SLOW"), reason="up to a minute; PEERASSAY_SLOW=1 runs it")


def workflow(name: str) -> dict[Any, Any]:
    return yaml.safe_load((ROOT / ".github" / "workflows" / f"{name}.yml").read_text(encoding="utf-8"))


def steps(name: str) -> dict[str, dict[str, Any]]:
    """The steps that run something, by their names."""
    jobs = workflow(name)["jobs"].values()
    return {step["name"]: step for job in jobs for step in job["steps"] if "run" in step}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_gives_nothing_away(path: Path) -> None:
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    triggers, permissions = found[True], found["permissions"]
    assert "pull_request_target" not in triggers
    assert set(permissions.values() if permissions else ()) <= {"read"}
    for job in found["jobs"].values():
        assert "secrets" not in json.dumps(job)
        assert job["timeout-minutes"] <= 60
        for step in job["steps"]:
            assert "${{" not in step.get("run", ""), "words from outside reach a script through its environment alone"
            used = step.get("uses", "")
            assert not used or re.fullmatch(r"actions/[\w-]+@v\d+", used)
            assert "checkout" not in used or step["with"]["persist-credentials"] is False
    writing = [job["permissions"] for job in found["jobs"].values() if "permissions" in job]
    assert not (writing and "pull_request" in triggers), "what a pull request starts writes nothing"


def test_the_comment_may_write_comments_and_no_more_and_runs_no_code_of_the_pull_request() -> None:
    found = workflow("submission-comment")
    (job,) = found["jobs"].values()
    assert (list(found[True]), found[True]["workflow_run"]["workflows"]) == (
        ["workflow_run"],
        [workflow("submission")["name"]],
    )
    assert (found["permissions"], job["permissions"]) == ({}, {"actions": "read", "pull-requests": "write"})
    assert not any("checkout" in step.get("uses", "") for step in job["steps"])


def test_the_steps_of_the_tests_are_targets_of_the_makefile() -> None:
    for step in steps("tests").values():
        command = step["run"].removeprefix("sudo ").split()
        assert command[0] == "make"
        subprocess.run([*command, "--dry-run"], cwd=ROOT, check=True, capture_output=True)


def git(folder: Path, *arguments: str) -> None:
    names = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *names, *arguments], check=True, capture_output=True)


@pytest.fixture
def pull_request(made_once: Path, tmp_path: Path) -> Path:
    """A checkout of a merge of a pull request, in `head`, whose results the caller has changed by `submit`."""
    head = tmp_path / "head"
    results = head / "leaderboards" / "results"
    only(made_once, results, MIDDLE)
    git(tmp_path, "init", "-q", "-b", "main", "head")
    git(head, "add", ".")
    git(head, "commit", "-qm", "base")
    git(head, "checkout", "-qb", "submission")
    return head


def submit(head: Path) -> None:
    git(head, "add", "--all")
    git(head, "commit", "-qm", "submission")
    git(head, "checkout", "-q", "main")
    git(head, "merge", "-q", "--no-ff", "-m", "merge", "submission")


def run(folder: Path, name: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A step of `submission`, as a runner runs it."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "GITHUB_STEP_SUMMARY": str(folder / "summary.md"), **environment}
    script = folder / "step.sh"
    script.write_text(steps("submission")[name]["run"])
    return subprocess.run(["bash", "-e", str(script)], cwd=folder, env=env, capture_output=True, text=True)


def test_a_submission_is_told_with_hostile_names_as_plain_text(pull_request: Path, made_once: Path) -> None:
    folder, results = pull_request.parent, pull_request / "leaderboards" / "results"
    row = read_record(only(made_once, folder / "mine", STRONG), GeneratorResult)
    named = {field: getattr(row, field).model_copy(update={"configuration": HOSTILE}) for field in ("group", "figures")}
    write_record(results, with_digest(row.model_copy(update={"name": HOSTILE, **named})))
    (path,) = results.glob(MIDDLE)
    path.write_text(path.read_text().replace('"reviewed": 10', '"reviewed": 11'))
    for name in ("$(touch pwned).json", "-x; touch pwned\n@a `b`.json", "notes.txt"):
        (results / "generators" / "diffusion" / name).write_text("{}")
    (results / "README.md").write_text("no result")
    (results / "link.json").symlink_to("/etc/hostname")
    submit(pull_request)
    assert run(folder, "Base").returncode == 0
    check, told = run(folder, "Check"), run(folder, "Difference", NUMBER="7")
    assert (check.returncode, told.returncode) == (123, 0), told.stderr
    assert len({line.split(": ")[1] for line in check.stdout.splitlines()}) == 5
    assert not list(folder.rglob("pwned"))
    assert (folder / "told" / "number").read_text() == "7\n"
    text = (folder / "told" / "comment.md").read_text(encoding="utf-8")
    assert (folder / "summary.md").read_text(encoding="utf-8") == text
    assert "1 row new, 5 files refused." in text
    assert "the digest does not fit the content" in text
    table = f"generators on diffusion, in the eyes of careful ({'c' * 12})"
    assert f"**``{' '}{HOSTILE}{' '}``** on `{table}`: rank 1 of 1" in text
    assert "README" not in text and Path("/etc/hostname").read_text().strip() not in text
    outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", text)
    assert not any(word in outside for word in ("@", "touch", "<", "]("))


@SLOW
def test_a_sound_submission_passes(pull_request: Path, made_once: Path) -> None:
    only(made_once, pull_request / "leaderboards" / "results", STRONG)
    submit(pull_request)
    assert run(pull_request.parent, "Base").returncode == 0
    check = run(pull_request.parent, "Check")
    assert (check.returncode, check.stdout) == (0, ""), check.stderr


def test_a_pull_request_without_results_needs_no_check(pull_request: Path) -> None:
    (pull_request / "leaderboards" / "results" / "README.md").write_text("words")
    submit(pull_request)
    check = run(pull_request.parent, "Check")
    assert (check.returncode, check.stderr) == (0, "")


@SLOW
def test_the_package_installs_from_the_base(tmp_path: Path) -> None:
    shutil.copytree(
        ROOT, tmp_path / "base", symlinks=True, ignore=shutil.ignore_patterns(".venv", ".git", "__pycache__")
    )
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    done = run(tmp_path, "Install", PATH=f"{tmp_path / 'venv' / 'bin'}{os.pathsep}{os.environ['PATH']}")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "venv" / "bin" / "peerassay").is_file()


class GitHub(BaseHTTPRequestHandler):
    """The few answers of the service that the comment needs; what is written is kept."""

    comments: list[dict[str, Any]]
    written: list[tuple[str, str, str]]

    def _answer(self, document: object) -> None:
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _write(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.written.append((self.command, self.path, body["body"]))
        self._answer({})

    def do_GET(self) -> None:
        assert self.headers["Authorization"] == "Bearer token"
        self._answer({"head": {"sha": "abc"}} if "/pulls/" in self.path else self.comments)

    def do_POST(self) -> None:
        self._write()

    def do_PATCH(self) -> None:
        self._write()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def github() -> Iterator[HTTPServer]:
    GitHub.comments, GitHub.written = [], []
    server = HTTPServer(("127.0.0.1", 0), GitHub)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def comment(folder: Path, server: HTTPServer, number: str, sha: str = "abc") -> subprocess.CompletedProcess[str]:
    step = steps("submission-comment")["Comment"]
    assert step["shell"] == "python"
    (folder / "told").mkdir()
    (folder / "told" / "number").write_text(number)
    (folder / "told" / "comment.md").write_text(f"`{HOSTILE}` \U0001f600" + "x" * 80_000, encoding="utf-8")
    env = {"TOKEN": "token", "REPOSITORY": "a/b", "HEAD_SHA": sha, "RUN": "https://c.example/1"}
    env["GITHUB_API_URL"] = f"http://127.0.0.1:{server.server_port}"
    script = [sys.executable, "-c", step["run"]]
    return subprocess.run(script, cwd=folder, env={**os.environ, **env}, capture_output=True, text=True)


def test_the_comment_is_written_once_and_then_changed(tmp_path: Path, github: HTTPServer) -> None:
    done = comment(tmp_path, github, "7\n")
    assert done.returncode == 0, done.stderr
    ((method, path, body),) = GitHub.written
    assert (method, path) == ("POST", "/repos/a/b/issues/7/comments")
    assert f"`{HOSTILE}` \U0001f600" in body and body.endswith("by the files of this pull request.")
    assert len(body) < 65_536
    GitHub.comments = [
        {"id": 1, "user": {"type": "User"}, "body": body},
        {"id": 2, "user": {"type": "Bot"}, "body": body},
    ]
    shutil.rmtree(tmp_path / "told")
    assert comment(tmp_path, github, "7").returncode == 0
    assert GitHub.written[1][:2] == ("PATCH", "/repos/a/b/issues/comments/2")


@pytest.mark.parametrize(
    ("number", "sha"), [("7", "other"), ("../../c/d/pulls/7", "abc"), ("7; x", "abc"), ("", "abc")]
)
def test_nothing_is_written_to_another_pull_request(tmp_path: Path, github: HTTPServer, number: str, sha: str) -> None:
    done = comment(tmp_path, github, number, sha)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert GitHub.written == []
