"""`scientist run` with a model that is to see: its cost before, and a refusal before anything else is paid for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.loopback.running import Loopback

Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def server() -> Iterator[Loopback]:
    with Loopback() as running:
        yield running


def test_the_dry_run_needs_no_key_and_makes_no_folder(typed: Typed, tmp_path: Path) -> None:
    asked = ("scientist", "run", "-t", "grokking", "-m", "openai/gpt-4o?vision=true", "--dry-run")
    code, said, _ = typed(*asked, "--json")
    expected = json.loads(said)["expected"]
    assert code == 0 and list(expected) == ["sight", "figures", "pages"] and expected["pages"]["usd"] > 0
    code, said, _ = typed(*asked)
    assert code == 0 and "Expected of looks" in said and not list(tmp_path.iterdir())
    code, said, _ = typed("scientist", "run", "-t", "grokking", "-m", "offline", "--dry-run")
    assert (code, said) == (0, "offline: no calls of a language model\n")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [(("-r", "floor:lenght"), "did you mean length"), (("--preset", "papr"), "did you mean paper"),
     (("--seeds", "0"), "--seeds")],
)  # fmt: skip
def test_the_dry_run_refuses_what_the_run_would(typed: Typed, wrong: tuple[str, str], told: str) -> None:
    code, _, said = typed("scientist", "run", "-t", "grokking", "-m", "offline", "--dry-run", *wrong)
    assert code == 2 and told in said


@pytest.mark.parametrize(
    ("model", "told", "calls"),
    [("drops-images", "was sent an image with a number in it and answered 'no image'", 2),
     ("no-vision", "'no-vision' takes no images", 0)],
)  # fmt: skip
def test_a_model_that_sees_nothing_ends_the_run_before_its_baseline(
    typed: Typed, server: Loopback, tmp_path: Path, model: str, told: str, calls: int
) -> None:
    server.reset()
    spec = f"openai/{model}@{server.openai_url}?vision=true"
    code, _, said = typed("scientist", "run", "-t", "epidemic", "-m", spec, "--no-pdf", "--out", tmp_path / "run")
    assert code == 2 and told in " ".join(said.split()), said
    assert server.stats()["calls"] == calls and not list((tmp_path / "run").glob("idea_*"))
