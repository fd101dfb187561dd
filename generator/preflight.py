"""What a run of the scientist needs, looked for before a model is paid: LaTeX and the template's packages."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from importlib.util import find_spec

from ..data.errors import InputError
from ..data.files import read_text
from .latex.compile import missing_tools
from .scientist import require_known_model
from .template import Template

PACKAGES = {
    "torch": "'peerassay[scientist]'",
    "sklearn": "scikit-learn",
    "skimage": "scikit-image",
    "PIL": "pillow",
    "cv2": "opencv-python",
    "yaml": "pyyaml",
    "bs4": "beautifulsoup4",
}
"""What pip calls a module that has another name."""


def check_tools(template: Template, *, pdf: bool) -> None:
    """Raises InputError, with the command that installs it, where something is not there that the run needs.

    `pdf`: papers are to be compiled, which takes LaTeX.
    """
    absent = sorted({name for name in needed_modules(template) if not is_there(name)})
    if absent:
        names = " ".join(dict.fromkeys(PACKAGES.get(name, name) for name in absent))
        raise InputError(f"template {template.name} needs {', '.join(absent)}, not installed: pip install {names}")
    check_latex(pdf=pdf)


def check_latex(*, pdf: bool) -> None:
    """Raises InputError where papers are to be compiled and there is no LaTeX."""
    lines = [line for line in missing_tools() if not line.startswith("chktex")] if pdf else []
    if lines:
        raise InputError(f"{lines[0]}; --no-pdf goes on without it, up to the draft")


def check_scientist(template: Template, model: str) -> None:
    """Raises InputError at once for a name of no model, and where the scientist can do nothing with the template."""
    require_known_model(model)
    if model == "offline" and template.knobs is None:
        raise InputError(
            f"{template.folder}: no knobs.json, which says what the offline scientist may vary; add one (the bundled "
            f"templates have examples), or use -m anthropic/MODEL or openai/MODEL"
        )


def needed_modules(template: Template) -> Iterator[str]:
    """The modules that the template's own code imports at its top level, those of Python and its own left out."""
    for path in sorted(template.folder.glob("*.py")):
        try:
            body = ast.parse(read_text(path)).body
        except SyntaxError as error:
            raise InputError(f"{path}:{error.lineno}: {error.msg}") from None
        for name in _imported(body):
            own = (template.folder / f"{name}.py").exists() or (template.folder / name).is_dir()
            if name not in sys.stdlib_module_names and not own:
                yield name


def is_there(module: str) -> bool:
    """Whether the module can be imported, without doing it."""
    try:
        return find_spec(module) is not None
    except (ImportError, ValueError):
        return False


def _imported(body: list[ast.stmt]) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module.partition(".")[0]
