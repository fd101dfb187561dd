"""An endpoint that drops images without a word is found out by a number that only an image has."""

from __future__ import annotations

import asyncio
import base64
import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from peerassay.data.errors import InputError
from peerassay.llm.errors import BudgetReached, ModelUnusable
from peerassay.llm.images import MOST_SIDE, fitted_part, image_part
from peerassay.llm.messages import Reply
from peerassay.llm.releases import check_sight
from peerassay.llm.sight import Probe, drawn, probe_tokens
from PIL import Image
from test_images import drawn as coloured
from test_images import seeing
from test_model import complete, connect

from tests.loopback.images import number_in
from tests.loopback.running import Loopback

IDENTITY = {"provider": "openai", "model": "m", "base_url": "u"}


@pytest.fixture(scope="module")
def running() -> Iterator[Loopback]:
    with Loopback() as server:
        yield server


@pytest.fixture
def server(running: Loopback) -> Loopback:
    running.set_faults("")
    running.reset()
    return running


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_images_that_never_arrive_are_noticed_before_anything_else_is_asked(server: Loopback, provider: str) -> None:
    figure = seeing(image_part(coloured(), "a figure"))
    told = complete(connect(server, "drops-images", provider=provider), figure, figure)
    assert all(isinstance(one, ModelUnusable) for one in told)
    assert "'drops-images' was sent an image with a number in it and answered 'no image'" in str(told[0])
    assert "leave ?vision out" in str(told[0])
    assert server.stats()["calls"] == 2, "two numbers, once for both requests, and neither request itself"


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_it_is_asked_once_for_all_requests_and_all_starts(
    server: Loopback, provider: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PEERASSAY_CACHE", str(tmp_path))
    figures = [seeing(image_part(coloured(80 + n), "a figure")) for n in range(3)]
    model = connect(server, provider=provider, cached=True)
    assert all(isinstance(reply, Reply) for reply in complete(model, *figures))
    assert server.stats()["calls"] == 4
    again = connect(server, provider=provider, cached=True)
    other = seeing(image_part(coloured(99), "another figure"))
    assert isinstance(complete(again, other)[0], Reply)
    assert server.stats()["calls"] == 5
    assert again.metering.ledger.totals()["sight"].reused == 1
    assert model.metering.ledger.totals()["sight"].calls == 1


def test_a_budget_that_the_question_does_not_fit_into_is_reached_before_it(server: Loopback) -> None:
    assert isinstance(complete(connect(server, budget=1e-9), seeing(image_part(coloured(), "f")))[0], BudgetReached)
    assert server.stats()["calls"] == 0


def test_the_number_is_in_the_pixels_alone_and_another_one_for_another_model() -> None:
    probe = Probe.of(IDENTITY, 0)
    with Image.open(io.BytesIO(base64.b64decode(probe.image.data))) as image:
        assert number_in(image) == probe.number
    assert probe.number not in probe.request.messages[0].text
    numbers = {Probe.of({**IDENTITY, "model": name}, index).number for name in "abc" for index in (0, 1)}
    assert len(numbers) == 6 and all(len(number) == 5 for number in numbers)
    assert number_in(Image.open(io.BytesIO(drawn("13579")))) == "13579"


@pytest.mark.parametrize(
    ("said", "read"),
    [("48213", True), ("The number is 48 213.", True), ("**48,213**", True), ("48218", True), ("48318", False),
     ("no image", False), ("", False), ("1 48213 is not 482130", True), ("I see a chart with 5 digits", False)],
)  # fmt: skip
def test_a_digit_may_be_misread_and_no_more(said: str, read: bool) -> None:
    assert Probe("48213").read_in(said) == read


def test_what_the_question_takes_is_little() -> None:
    assert probe_tokens("anthropic", "claude").input < 200 and probe_tokens("openai", "gpt-4o").input < 350


def test_a_model_that_is_known_to_take_none_is_refused_by_its_name() -> None:
    for name in ("gpt-3.5-turbo", "gpt-4-2024-01-01", "deepseek/deepseek-chat"):
        with pytest.raises(InputError, match="takes no images.*leave .vision out"):
            check_sight(name, "here")
    check_sight("gpt-4o", "here")
    check_sight("a-model-of-my-own", "here")


def test_what_is_too_large_is_made_smaller_and_what_is_no_image_refused() -> None:
    wide = fitted_part(coloured(MOST_SIDE + 1000, 900), "wide.png", width=840, height=1000)
    assert (wide.width, wide.height) == (840, 84)
    stream = io.BytesIO()
    Image.frombytes("RGB", (1500, 1500), os.urandom(3 * 1500 * 1500)).save(stream, format="PNG", compress_level=1)
    noisy = fitted_part(stream.getvalue(), "noisy.png", width=1500, height=1500)
    assert (noisy.media, noisy.width) == ("image/jpeg", 1500)
    see_through = io.BytesIO()
    Image.new("RGBA", (20, 10), (0, 0, 0, 0)).save(see_through, format="PNG")
    clear = fitted_part(see_through.getvalue(), "clear.png", width=100, height=100)
    with Image.open(io.BytesIO(base64.b64decode(clear.data))) as image:
        assert image.getpixel((3, 3)) == (255, 255, 255) and image.size == (20, 10)
    with pytest.raises(InputError, match="notes.txt: no image"):
        fitted_part(b"notes", "notes.txt", width=9, height=9)
    bomb = io.BytesIO()
    Image.new("1", (12_000, 12_000)).save(bomb, format="PNG")
    with pytest.raises(InputError, match="bomb.png: too large to be looked at"):
        fitted_part(bomb.getvalue(), "bomb.png", width=9, height=9)


def test_two_at_once_ask_one_question(server: Loopback) -> None:
    model = connect(server)

    async def both() -> None:
        await asyncio.gather(model.prove_sight(), model.prove_sight())

    asyncio.run(both())
    assert server.stats()["calls"] == 1
