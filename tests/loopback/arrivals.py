"""The calls that reach a loopback server in this process, for tests that look at what was sent."""

from __future__ import annotations

from typing import Any

import pytest

from .calls import ModelCall
from .running import Loopback


def arrivals(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> list[ModelCall]:
    """A list to which each call is added as it arrives, until the test ends."""
    arrived: list[ModelCall] = []
    answer = server.engine.reviewer.answer

    def kept(call: ModelCall, sample: str) -> Any:
        arrived.append(call)
        return answer(call, sample)

    monkeypatch.setattr(server.engine.reviewer, "answer", kept)
    return arrived
