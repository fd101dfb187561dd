"""What the body of an endpoint's error says, whoever wrote it."""

from __future__ import annotations

import ast
import html
import json
import re
from collections.abc import Mapping
from typing import Any

MOST = 2000
"""Characters that are read."""

DEEPEST = 8

MESSAGES = (
    "message", "msg", "Message", "detail", "error_description", "errorMessage", "error_message", "error_msg",
    "status_msg", "description", "reason", "title",
)  # fmt: skip
"""Fields that hold the words of an error."""

WRAPPERS = ("error", "errors", "base_resp", "fault", "response", "body", "data", "exception", "result")
"""Fields that hold an error within."""

CODES = ("code", "type", "status", "__type")

TITLE = re.compile(r"<title[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)

PAGE = re.compile(r"<(?:!doctype\s+html|html|head|body|title)\b[^>]*>", re.IGNORECASE)


def error_text(body: Any) -> str:
    """What an error's body says, in one line; empty where it says nothing. Never raises."""
    return " ".join(_said(body, 0).split())[:MOST]


def is_page(text: str) -> bool:
    """Whether the text is that of a web page."""
    return PAGE.search(text[:MOST]) is not None


def _said(value: Any, depth: int) -> str:
    if depth > DEEPEST:
        return ""
    if isinstance(value, bytes):
        value = value.decode(errors="replace")
    if isinstance(value, str):
        return _in_text(value, depth)
    if isinstance(value, Mapping):
        return _in_mapping(value, depth)
    if isinstance(value, (list, tuple)):
        return "; ".join(dict.fromkeys(filter(None, (_said(item, depth + 1) for item in value[:5]))))
    return ""


def _in_text(text: str, depth: int) -> str:
    """The words, with what a JSON object (or Python's spelling of one) at their end says in its place."""
    text = text.strip()
    page = PAGE.search(text)
    if page is not None:
        title = TITLE.search(text)
        name = html.unescape(title[1]).strip() if title else ""
        return f"{text[: page.start()]} a web page{f' ({name})' if name else ''}"
    start = re.search(r"^\"|[\[{]\s*['\"{\[]", text)
    if start is None:
        return text
    inner = _said(_parsed(text[start.start() :]), depth + 1)
    before = text[: start.start()].strip().removesuffix("-").rstrip()
    return f"{before} {inner}".strip() if inner else text


def _parsed(text: str) -> Any:
    """The object that the text begins with, None where it is none."""
    try:
        return json.JSONDecoder().raw_decode(text)[0]
    except (ValueError, RecursionError):
        pass
    try:
        return ast.literal_eval(text[: 10 * MOST])
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None


def _in_mapping(body: Mapping[Any, Any], depth: int) -> str:
    words = next((said for name in MESSAGES if (said := _said(body.get(name), depth + 1))), "")
    within = next((said for name in WRAPPERS if (said := _said(body.get(name), depth + 1))), "")
    said = within if words in within else words if within in words else f"{within}: {words}"
    place = body.get("loc") or body.get("param")
    if isinstance(place, (list, tuple)):
        place = ".".join(str(part) for part in place if part != "body")
    if said and isinstance(place, str) and place not in said:
        said = f"{place}: {said}"
    metadata = body.get("metadata")
    behind = _said(metadata.get("raw"), depth + 1) if isinstance(metadata, Mapping) else ""
    if behind and behind not in said:
        said = f"{said}: {behind}" if said else behind
    return said or next((str(body[name]) for name in CODES if isinstance(body.get(name), str) and body[name]), "")
