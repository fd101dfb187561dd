"""Run a plot script and note the text that reaches beyond the edge of the figure that it is saved in.

    python figure_watch.py plot.py NOTES.json

NOTES.json has, by image, a line for each such text: what it says, the edge, and by how many points it is beyond. The
extents are those that matplotlib draws. A script that does not use matplotlib runs as ever and has no notes. The file
is handed to the sandbox as text, so it imports nothing of this project.
"""

# pyright: reportMissingImports=false
from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path
from typing import Any

TOLERANCE = 0.12
"""Share of a text's height by which its box may stand out: boxes are a little larger than the letters."""
LONGEST = 60


def edges_beyond(box: Any, bounds: Any) -> dict[str, float]:
    """By how many pixels a box stands out of the bounds, by edge; both have x0, y0, x1 and y1."""
    beyond = {
        "left": bounds.x0 - box.x0, "right": box.x1 - bounds.x1, "bottom": bounds.y0 - box.y0, "top": box.y1 - bounds.y1
    }  # fmt: skip
    least = max(1.0, TOLERANCE * min(box.height, box.width))
    return {edge: pixels for edge, pixels in beyond.items() if pixels > least}


def watch(notes: dict[str, list[str]]) -> None:
    """Let matplotlib write a note for each text that is cut off in an image that it saves."""
    try:
        import matplotlib
        from matplotlib.figure import Figure
        from matplotlib.text import Text
    except ImportError:
        return
    draw, save = Text.draw, Figure.savefig
    saving: list[Any] = []
    drawn: dict[int, str] = {}

    def watched_draw(text: Any, renderer: Any, *args: Any, **kwargs: Any) -> Any:
        result = draw(text, renderer, *args, **kwargs)
        if saving and text.get_visible() and text.get_text().strip():
            figure = saving[-1]
            beyond = edges_beyond(text.get_window_extent(renderer), figure.bbox)
            said = " ".join(text.get_text().split())[:LONGEST]
            edges = " and ".join(f"{edge} edge by {72 * p / figure.dpi:.0f} pt" for edge, p in beyond.items())
            drawn[id(text)] = f"{said!r} is cut off at the {edges}" if beyond else ""
        return result

    def watched_save(figure: Any, fname: Any, *args: Any, **kwargs: Any) -> Any:
        if kwargs.get("bbox_inches", matplotlib.rcParams["savefig.bbox"]) == "tight":
            return save(figure, fname, *args, **kwargs)
        drawn.clear()
        saving.append(figure)
        try:
            return save(figure, fname, *args, **kwargs)
        finally:
            saving.pop()
            if isinstance(fname, (str, Path)):
                path = Path(fname)
                name = path.name if path.suffix else f"{path.name}.{matplotlib.rcParams['savefig.format']}"
                notes[name] = list(dict.fromkeys(note for note in drawn.values() if note))

    Text.draw = watched_draw  # pyright: ignore[reportAttributeAccessIssue]
    Figure.savefig = watched_save  # pyright: ignore[reportAttributeAccessIssue]


def main(script: str, target: str) -> None:
    """Run the script as `python script` would, and write the notes, also where it fails."""
    notes: dict[str, list[str]] = {}
    watch(notes)
    sys.argv = [script]
    sys.path.insert(0, str(Path(script).resolve().parent))
    try:
        runpy.run_path(script, run_name="__main__")
    finally:
        Path(target).write_text(json.dumps({name: found for name, found in notes.items() if found}), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:3])
