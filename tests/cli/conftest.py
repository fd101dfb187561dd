"""What the tests of commands share."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _drawings(drawings_unseen: None) -> None:
    """What commands draw is tested with the reports."""
