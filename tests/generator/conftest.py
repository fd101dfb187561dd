from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.loopback.running import Loopback


@pytest.fixture(scope="module")
def running_server() -> Iterator[Loopback]:
    with Loopback() as running:
        yield running


@pytest.fixture
def server(running_server: Loopback) -> Loopback:
    """The loopback server, without faults and counts of an earlier test."""
    running_server.set_faults("")
    running_server.reset()
    return running_server
