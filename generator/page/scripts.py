"""The scripts of a run's page: our own alone, each named to the browser by its hash, so that nothing else can run."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING

from ...data.files import read_text

if TYPE_CHECKING:
    from markupsafe import Markup

TEMPLATES = Path(__file__).parent / "templates"


def scripts(*names: str) -> tuple[str, Markup]:
    """The sources for a Content-Security-Policy, and the elements."""
    from markupsafe import Markup

    texts = [read_text(TEMPLATES / f"{name}.js") for name in names]
    hashes = (b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts)
    sources = " ".join(f"'sha256-{digest}'" for digest in hashes)
    return sources, Markup("\n".join(f"<script>{text}</script>" for text in texts))
