"""`peerassay doctor`: what it finds, what it never shows, and that it stays quick and light."""

from __future__ import annotations

import json
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from peerassay.cli import doctor
from peerassay.cli.check import Check
from peerassay.cli.checks import lacking
from peerassay.llm.cache import ReplyCache
from peerassay.llm.messages import Reply

from tests.loopback.running import Loopback

Call = Callable[..., tuple[int, str, str]]
SECRET = "sk-test-0123456789abcdef"
KEYS = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "OPENROUTER_API_KEY", "DEEPSEEK_API_KEY", "AZURE_OPENAI_API_KEY")


@pytest.fixture
def call(typed: Call, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Run `peerassay doctor ARGUMENTS` without keys; returns exit code, stdout and stderr."""
    for name in (*KEYS, "PEERASSAY_AIDER"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str) -> tuple[int, str, str]:
        return typed("doctor", *arguments)

    return run


def checks(call: Call, *arguments: str, code: int = 0) -> dict[str, dict[str, Any]]:
    found = call("--json", *arguments)
    assert found[0] == code
    return {check["name"]: check for check in json.loads(found[1])["checks"]}


def test_what_is_not_ready_says_what_it_costs_and_what_mends_it(call: Call) -> None:
    found = checks(call)
    for check in found.values():
        assert (check["state"] == "ready") == (not check["costs"]) == (not check["mend"]), check
    assert found["packages"]["state"] == found["learned weights"]["state"] == "ready"
    assert found["sample"]["found"].startswith("32 bundled manuscripts")
    assert (found["OpenAI"]["state"], found["OpenAI"]["mend"]) == ("missing", "export OPENAI_API_KEY=...")
    assert found["OpenReview login"]["state"] == "missing"
    assert found["own datasets"]["state"] == "missing"
    assert found["iclr2022-scores"]["found"].startswith("1019 bundled decisions")


def test_the_text_names_every_group_and_the_steps(call: Call) -> None:
    code, out, _ = call()
    assert code == 0
    assert all(group in out.splitlines() for group in doctor.GROUPS)
    assert "to mend: export ANTHROPIC_API_KEY=..." in out
    assert max(map(len, out.splitlines())) <= 80
    assert "try `peerassay bench -d sample`" in out


@pytest.mark.parametrize("name", KEYS)
def test_keys_are_found_and_never_shown(call: Call, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, SECRET)
    _, out, err = call("--json")
    assert f"{name} is set; package" in out
    assert SECRET[:8] not in out + err


def test_a_key_that_can_be_none_is_told(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "two words")
    check = checks(call)["OpenAI"]
    assert check["state"] == "missing"
    assert "no key has" in check["found"]
    assert "two words" not in str(check)


def test_online_asks_each_provider_that_has_a_key(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    with Loopback() as server:
        addresses = ("--online", "--openai-url", server.openai_url, "--anthropic-url", server.anthropic_url)
        assert not any("online" in name for name in checks(call, *addresses))
        monkeypatch.setenv("OPENAI_API_KEY", SECRET)
        monkeypatch.setenv("ANTHROPIC_API_KEY", "bad-key")
        found = checks(call, *addresses)
    assert (found["OpenAI online"]["state"], found["OpenAI online"]["found"]) == ("ready", "127.0.0.1 takes the key")
    assert found["Anthropic online"]["state"] == "missing"
    assert "refused the key (401)" in found["Anthropic online"]["found"]
    assert found["Anthropic online"]["mend"] == "export ANTHROPIC_API_KEY=..."


def test_no_connection_is_one_line(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    check = checks(call, "--online", "--openai-url", "http://127.0.0.1:9/v1")["OpenAI online"]
    assert check["state"] == "missing"
    assert "no connection to 127.0.0.1" in check["found"]
    assert "\n" not in check["found"]


def test_a_broken_price_file_is_broken(call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "prices.toml").write_text("endpoint = 3\n")
    monkeypatch.setenv("PEERASSAY_PRICES", str(tmp_path / "prices.toml"))
    found = checks(call, code=1)
    assert found["prices"]["state"] == "broken"
    assert "prices.toml" in found["prices"]["found"]


def test_the_reply_cache_is_counted_and_not_made(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "cache-home" / "replies.sqlite"
    assert "empty so far" in checks(call)["reply cache"]["found"]
    assert not path.exists()
    cache = ReplyCache()
    cache.put("key", Reply(text="yes"))
    cache.close()
    assert "1 replies" in checks(call)["reply cache"]["found"]
    path.write_bytes(b"no database at all" * 100)
    check = checks(call, code=1)["reply cache"]
    assert (check["state"], check["mend"]) == ("broken", f"mv {path} {path}.old")


def test_a_cache_in_use_can_be_counted(call: Call, tmp_path: Path) -> None:
    cache = ReplyCache()
    cache.put("key", Reply(text="yes"))
    writer = sqlite3.connect(tmp_path / "cache-home" / "replies.sqlite")
    writer.execute("BEGIN IMMEDIATE")
    assert checks(call)["reply cache"]["state"] == "ready"
    writer.close()
    cache.close()


def test_programs_are_found_on_the_path(call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = checks(call)
    assert {
        found[name]["state"] for name in ("pdflatex", "bibtex", "chktex", "pdftotext", "sandbox", "GPU", "aider")
    } == {"missing"}
    assert found["chktex"]["mend"] == "apt-get install chktex"
    for name, script in {
        "chktex": "echo ChkTeX v1.7.8",
        "bwrap": "exit 1",
        "nvidia-smi": "echo H200",
        "aider": "",
    }.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / name).chmod(0o755)
    found = checks(call)
    assert (found["chktex"]["state"], found["chktex"]["found"]) == ("ready", "ChkTeX v1.7.8")
    assert "not allowed to work" in found["sandbox"]["found"]
    assert found["GPU"]["found"] == "H200"
    assert found["aider"]["found"] == str(tmp_path / "aider")


def test_a_named_aider_that_is_not_there_is_told(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEERASSAY_AIDER", "/nowhere/aider")
    assert checks(call)["aider"]["found"] == (
        "PEERASSAY_AIDER=/nowhere/aider: no Aider there; set it to the program, or unset it"
    )


@pytest.mark.parametrize(
    ("requirement", "problem"),
    [
        ("pytest>=3", ""),
        ("pytest", ""),
        ("pytest>=999.1", "found "),
        ("surely-not-there>=1", "not there"),
        ("surely-not-there", "not there"),
    ],
)
def test_requirements_that_are_not_met(requirement: str, problem: str) -> None:
    assert lacking(requirement).startswith(problem)
    assert bool(lacking(requirement)) == bool(problem)


def test_a_look_that_fails_is_a_finding_and_not_a_traceback(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def torn() -> list[Check]:
        raise ImportError("cannot import name 'x'")

    monkeypatch.setattr(doctor, "CORE", (*doctor.CORE, torn))
    check = checks(call, code=1)["torn"]
    assert (check["state"], check["found"]) == ("broken", "ImportError: cannot import name 'x'")


def test_it_is_quick_and_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom peerassay.cli.doctor import look\nlook()\n"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 4  # of the processor, not of the clock
    loaded = set(done.stdout.split())
    heavy = {
        "numpy",
        "scipy",
        "sklearn",
        "matplotlib",
        "torch",
        "openai",
        "anthropic",
        "datasets",
        "openreview",
        "aiohttp",
    }
    assert "pydantic" in loaded
    assert not loaded & heavy
