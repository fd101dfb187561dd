"""On which version of the texts reviews were written, where that is not the run's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .outcomes import Machine


def other_texts(machines: Sequence[Machine], text: str) -> dict[str, str]:
    """By reviewer: raw, scrubbed or unknown, where its stored reviews were not written on the run's `text`."""
    if text == "none":
        return {}
    return {m.name: m.traits.text for m in machines if m.traits.text not in ("", text)}


def text_words(text: str) -> str:
    """What to say of reviews on such a text."""
    if text == "unknown":
        return "its reviews were written on a text of unknown version, raw or scrubbed (?text=raw|scrubbed says it)"
    return f"its reviews were written on {text} text"


def text_notes(texts: Mapping[str, str]) -> list[str]:
    """The words as sentences, each with its reviewer's name."""
    return [f"{name}: {text_words(text)}." for name, text in texts.items()]


def text_read(text: str) -> str:
    """What reviewers read, in the line that says which papers a table is on."""
    return "no text" if text == "none" else f"{text} text"
