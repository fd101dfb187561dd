"""A figure of matplotlib as an element of a page: in the page's colours, by its content policy, text as text."""

from __future__ import annotations

import io
import warnings
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from ...presentation.drawing import RC
from ...presentation.pages import quiet

if TYPE_CHECKING:
    from markupsafe import Markup
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MARK, OTHER, SOFT, INK = "#0b5cad", "#b06a00", "#58616b", "#1d2126"
CONTROL, LINE, PAGE = "#7b858f", "#d9dde2", "#ffffff"
VARIABLES = {MARK: "mark", OTHER: "other", SOFT: "soft", INK: "ink", CONTROL: "control", LINE: "line", PAGE: "page"}
"""What each colour of a chart is called in the style sheet, which has another one for dark pages."""
CHART_RC = {
    **RC,
    "svg.fonttype": "none",
    "font.size": 11,
    "xtick.labelsize": 11,
    "ytick.labelsize": 11,
    "text.color": SOFT,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
}
TITLE, CLASS = "title:", "class:"
"""Of an artist's id: what follows is its tooltip, or its class in the style sheet."""


def chart_style() -> AbstractContextManager[None]:
    """Type and colours of the site's charts, while one is drawn."""
    import matplotlib

    return matplotlib.rc_context(CHART_RC)


def canvas(width: int, height: int, *, left: int, right: int, top: int, bottom: int) -> tuple[Figure, Axes]:
    """A figure of so many pixels with axes inside these margins, with nothing around them but ticks."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width / 72, height / 72), dpi=72)
    axes = figure.add_axes((left / width, bottom / height, 1 - (left + right) / width, 1 - (top + bottom) / height))
    axes.spines[:].set_visible(False)
    axes.set_axisbelow(True)
    axes.tick_params(length=0)
    return figure, axes


def inline_svg(figure: Figure, label: str) -> Markup:
    """The figure as an SVG element: no styles or ids of its own, named for who cannot see it."""
    from markupsafe import Markup
    from matplotlib import rc_context

    stream = io.BytesIO()
    with rc_context({**CHART_RC, "svg.hashsalt": label}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from")  # the browser has another font
        figure.savefig(
            stream, format="svg", transparent=True, metadata=dict.fromkeys(("Date", "Creator", "Format", "Type"))
        )
    root = ElementTree.fromstring(stream.getvalue())
    for element in root.iter():
        _adapt(element)
    width, height = (str(round(float(end))) for end in root.attrib["viewBox"].split()[2:])
    root.attrib = {"class": "chart", "role": "img", "aria-label": quiet(label), "width": width, "height": height,
                   "viewBox": f"0 0 {width} {height}"}  # fmt: skip
    return Markup(ElementTree.tostring(root, encoding="unicode"))


def _adapt(element: ElementTree.Element) -> None:
    """Styles become attributes, which the site's content policy allows, and colours those of the style sheet."""
    element.tag = _plain(element.tag)
    for child in [child for child in element if _plain(child.tag) in ("style", "metadata")]:
        element.remove(child)
    found = {_plain(name): value for name, value in element.attrib.items()}
    style = dict(part.split(":", 1) for part in found.pop("style", "").split(";") if part.strip())
    found |= {name.strip(): value.strip() for name, value in style.items() if "family" not in name}
    for name in ("fill", "stroke"):
        if found.get(name) in VARIABLES:
            found[name] = f"var(--{VARIABLES[found[name]]})"
    if element.tag == "g":
        name = found.pop("id", "")
        if name.startswith(TITLE):
            title = ElementTree.Element("title")
            title.text = name.removeprefix(TITLE)
            element.insert(0, title)
        elif name.startswith(CLASS):
            found["class"] = name.removeprefix(CLASS)
    element.attrib = found


def _plain(name: str) -> str:
    """A tag's or an attribute's name without its namespace."""
    return name.rpartition("}")[2]
