"""A template to begin with: a small experiment with all files that the scientists know, to be replaced by one's own."""

from __future__ import annotations

import shutil
from pathlib import Path

from ..data.errors import InputError
from ..data.files import make_folder
from .template import SKELETON, Template, load_template

NEXT = (
    ("evaluation.py", "data and measures, which no run may change"),
    ("experiment.py", "the settings and the experiment; keep its options and seeds"),
    ("plot.py, captions.json", "figures, and what they show"),
    ("knobs.json", "metrics, the set-up in words, and what may be varied"),
    ("prompt.json, seed_ideas.json", "the task for a language model, and first ideas"),
    ("latex/", "background, method and references"),
)
"""What to edit, in this order, and what it holds."""


def make_template(folder: Path) -> Template:
    """Write the template into the folder, which is made where it is missing.

    Raises InputError for a folder that holds something, is a file, or cannot be written.
    """
    if folder.is_dir() and (there := next(folder.iterdir(), None)):
        raise InputError(f"{folder}: holds {there.name} already; name a new or an empty folder")
    make_folder(folder)
    shutil.copytree(SKELETON, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", "run_*"))
    return load_template(str(folder))
