"""Pages that are one file: templates with everything escaped, figures embedded, nothing fetched from anywhere."""

from __future__ import annotations

import base64
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .plot_style import encoded

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TEMPLATES = Path(__file__).parent / "templates"


def render(template: str, **context: Any) -> str:
    """The page that a template of `templates/` makes; whatever stands in the context is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["peerassay"] = version("peerassay")
    return environment.get_template(template).render(context)


def embedded(figure: Figure | bytes) -> str:
    """A figure, or the SVG made of it, as a data URI for `src`."""
    content = figure if isinstance(figure, bytes) else encoded(figure, "svg")
    return f"data:image/svg+xml;base64,{base64.b64encode(content).decode()}"
