"""Where the suite keeps what it can make again."""

from __future__ import annotations

import os
from pathlib import Path


def cache_home() -> Path:
    """`PEERASSAY_CACHE`, or the platform's user cache folder."""
    import platformdirs

    chosen = os.environ.get("PEERASSAY_CACHE")
    return Path(chosen) if chosen else platformdirs.user_cache_path("peerassay", appauthor=False)
