"""Images in prompts through the real SDKs: sent, decoded at the other end, paid, refused in clear words."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator

import pytest
from peerassay.data.errors import InputError
from peerassay.llm.cache import request_key
from peerassay.llm.endpoint_errors import raise_for
from peerassay.llm.errors import BudgetReached, CallFailed, ErrorResponse, ModelUnusable
from peerassay.llm.images import image_part, image_tokens, most_image_tokens
from peerassay.llm.messages import ContentPart, ImagePart, Message, Reply, Request
from PIL import Image
from test_model import complete, connect, request_of

from tests.loopback.running import Loopback

REFUSALS = (
    (400, "Invalid content type. image_url is only supported by certain models."),
    (500, "image input is not supported - hint: if this is unexpected, you may need to provide the mmproj"),
    (404, "No endpoints found that support image input"),
    (400, "At most 0 image(s) may be provided in one prompt."),
    (400, "messages.0.content.1: Image input is not supported by this model"),
    (400, "This model does not support image input"),
    (400, "messages[0].content must be a string"),
)
"""How OpenAI, llama.cpp, OpenRouter, vLLM, Anthropic's protocol, Ollama's and Groq's say that a model sees nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[Loopback]:
    with Loopback() as running:
        yield running


def drawn(width: int = 80, height: int = 60, form: str = "PNG") -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(stream, format=form)
    return stream.getvalue()


def seeing(image: ImagePart) -> Request:
    asked = request_of("a paper ")
    [message] = asked.messages
    return asked.model_copy(update={"messages": (Message(role="user", parts=(image, *message.parts)),)})


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
@pytest.mark.parametrize(("provider", "model"), [("openai", "m"), ("openai", "responses-only"), ("anthropic", "m")])
def test_an_image_arrives_whole_beside_the_text(server: Loopback, provider: str, model: str, form: str) -> None:
    image = image_part(drawn(form=form), "a figure")
    blind, saw = complete(connect(server, model, provider=provider), request_of("a paper "), seeing(image))
    assert isinstance(blind, Reply) and isinstance(saw, Reply)
    assert saw.tokens.input > blind.tokens.input
    broken = image.model_copy(update={"data": image.data[: len(image.data) // 2]})
    [failure] = complete(connect(server, model, provider=provider), seeing(broken))
    assert isinstance(failure, CallFailed) and "Could not process image" in str(failure)


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_a_model_that_sees_nothing_is_named(server: Loopback, provider: str) -> None:
    model = connect(server, "no-vision", provider=provider)
    refused, answered = complete(model, seeing(image_part(drawn(), "a figure")), request_of("a paper "))
    assert isinstance(refused, ModelUnusable) and isinstance(answered, Reply)
    assert "'no-vision' takes no images" in str(refused) and "leave ?vision out" in str(refused)


@pytest.mark.parametrize(("status", "words"), REFUSALS)
def test_however_it_is_said(status: int, words: str) -> None:
    parts = [{"type": "image_url", "image_url": {"url": "data:"}}]
    options = {"model": "m", "where": "w", "key_name": "", "key": "", "quirks": frozenset()}
    with pytest.raises(ModelUnusable, match="'m' takes no images"):
        raise_for(
            ErrorResponse(status, {"error": {"message": words}}), sent={"messages": [{"content": parts}]}, **options
        )
    with pytest.raises(Exception) as told:
        raise_for(
            ErrorResponse(status, {"error": {"message": words}}), sent={"messages": [{"content": "x"}]}, **options
        )
    assert "takes no images" not in str(told.value)


def test_an_image_that_is_too_large_or_none_is_refused_before_anything_is_paid() -> None:
    with pytest.raises(InputError, match="plot.png: 9000 × 10 pixels, too large"):
        image_part(drawn(9000, 10), "plot.png")
    with pytest.raises(InputError, match=r"plot.png: 5\.\d MB, too large; models take 3.75 MB"):
        stream = io.BytesIO()
        Image.frombytes("RGB", (1300, 1300), os.urandom(3 * 1300 * 1300)).save(stream, format="PNG", compress_level=1)
        image_part(stream.getvalue(), "plot.png")
    with pytest.raises(InputError, match="notes.txt: no image"):
        image_part(b"not an image", "notes.txt")
    with pytest.raises(InputError, match="a GIF image; models take PNG and JPEG"):
        image_part(drawn(form="GIF"), "a.gif")
    with pytest.raises(CallFailed, match="an image is too large for m"):
        raise_for(
            ErrorResponse(400, {"error": {"message": "image exceeds 5 MB maximum: 6291456 bytes > 5242880 bytes"}}),
            model="m", where="w", key_name="", key="", quirks=frozenset(),
            sent={"messages": [{"content": [{"type": "image", "source": {}}]}]},
        )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "model", "size", "tokens"),
    [
        ("openai", "gpt-4o", (1024, 1024), 765),
        ("openai", "gpt-4o", (2048, 4096), 1105),
        ("openai", "gpt-4o-mini", (1024, 1024), 25501),
        ("openai", "gpt-5.1", (1024, 1024), 630),
        ("openai", "gpt-4.1-mini", (1024, 1024), 1659),
        ("anthropic", "claude", (1092, 1092), 1590),
    ],
)
def test_an_image_costs_what_the_vendors_guides_say_and_never_more_than_the_bound(
    kind: str, model: str, size: tuple[int, int], tokens: int
) -> None:
    image = ImagePart(media="image/png", data="", width=size[0], height=size[1])
    assert image_tokens(image, kind, model) == tokens <= most_image_tokens(image, model)


def test_the_budget_counts_images_before_a_call_is_made(server: Loopback) -> None:
    image = image_part(drawn(1500, 2000), "a page")
    model = connect(server)
    text, whole = (model.bound(request) for request in (request_of("a paper "), seeing(image)))
    assert text is not None and whole is not None and whole > 2 * text
    refused, made = complete(connect(server, budget=1.5 * text), seeing(image), request_of("a paper "))
    assert isinstance(refused, BudgetReached) and isinstance(made, Reply)


def test_replies_to_texts_that_were_paid_for_are_still_found() -> None:
    """The key of a call without images is what it always was."""
    message = Message(role="user", parts=(ContentPart(text="a", shared=True), ContentPart(text="b")))
    key = request_key({"provider": "openai", "model": "m", "base_url": "u"}, Request(system="s", messages=(message,)))
    assert key == "49b15d9b236ddb61f8a79406c39072f0348a0f27f3b0a91d4994f4be0b8fd4b6"
