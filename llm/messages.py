"""What goes to a language model and what comes back, in no provider's dialect."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ..data.files import WholeText

Stop = Literal["end", "length", "refusal"]


class ContentPart(BaseModel):
    """A piece of a message."""

    model_config = ConfigDict(frozen=True)

    text: WholeText
    shared: bool = Field(
        default=False, description="the prompt up to the end of this part is the start of other requests too"
    )


class ImagePart(BaseModel):
    """An image in a message; `llm.images` makes it of a file."""

    model_config = ConfigDict(frozen=True)

    media: Literal["image/png", "image/jpeg"]
    data: str = Field(description="the file in base64", repr=False)
    width: int = Field(gt=0, description="pixels")
    height: int = Field(gt=0, description="pixels")
    shared: bool = Field(default=False, description="as that of a text")

    @property
    def text(self) -> str:
        """None of its own."""
        return ""

    @property
    def url(self) -> str:
        """The image as a data URI."""
        return f"data:{self.media};base64,{self.data}"


class Message(BaseModel):
    """One turn of a conversation."""

    model_config = ConfigDict(frozen=True)

    role: Literal["user", "assistant"]
    parts: tuple[ContentPart | ImagePart, ...]

    @property
    def images(self) -> tuple[ImagePart, ...]:
        """The images among the parts."""
        return tuple(part for part in self.parts if isinstance(part, ImagePart))

    @property
    def text(self) -> str:
        """The parts in a row."""
        return "".join(part.text for part in self.parts)


class Request(BaseModel):
    """One call of a model. Two requests with equal fields, `stage` aside, are the same call."""

    model_config = ConfigDict(frozen=True)

    system: str = ""
    messages: tuple[Message, ...]
    answer: dict[str, Any] | None = Field(default=None, description="JSON schema of the answer; None for free text")
    temperature: float | None = Field(default=None, description="None: the provider's default")
    effort: str | None = Field(default=None, description="reasoning effort, in the provider's words; None: its default")
    max_tokens: int = Field(default=4096, ge=1, description="of the answer, reasoning included")
    sample: int = Field(default=0, ge=0, description="which of several answers to the same words; never sent")
    stage: str = Field(default="", description="where the cost is booked")

    @property
    def has_images(self) -> bool:
        """Whether there is an image in one of the messages."""
        return any(message.images for message in self.messages)

    def opened(self, *, by_user: bool) -> tuple[str, tuple[Message, ...]]:
        """The system prompt and the messages; `by_user`: none, and its words at the beginning of the first message."""
        if not self.system or not by_user:
            return self.system, self.messages
        first, *others = self.messages
        opened = first.model_copy(update={"parts": (ContentPart(text=f"{self.system}\n\n"), *first.parts)})
        return "", (opened, *others)


class Tokens(BaseModel):
    """Tokens of one call, or of several added up. The four counts do not overlap."""

    model_config = ConfigDict(frozen=True)

    uncached: int = Field(default=0, ge=0, description="input at the full price")
    cached: int = Field(default=0, ge=0, description="input read from the provider's prompt cache")
    written: int = Field(default=0, ge=0, description="input written to the provider's prompt cache, where it says so")
    output: int = Field(default=0, ge=0, description="output, reasoning included")

    @property
    def input(self) -> int:
        """All tokens of the input."""
        return self.uncached + self.cached + self.written

    def __add__(self, other: Tokens) -> Tokens:
        return Tokens(
            uncached=self.uncached + other.uncached,
            cached=self.cached + other.cached,
            written=self.written + other.written,
            output=self.output + other.output,
        )


class Reply(BaseModel):
    """A model's answer and what it took."""

    model_config = ConfigDict(frozen=True)

    text: WholeText = Field(description="the answer; JSON where an answer schema was asked for, but not yet checked")
    stop: Stop = "end"
    reasoned: bool = Field(default=False, description="the endpoint told of reasoning apart from the answer")
    model: str = Field(default="", description="the model that answered, in the provider's words")
    tokens: Tokens = Tokens()
    usd: float | None = Field(default=None, description="what the call cost when it was made; None: price unknown")
    seconds: float = Field(default=0.0, description="from the request to the whole answer, waiting aside")
    reused: bool = Field(default=False, description="from the local cache: nothing was paid for it this time")
