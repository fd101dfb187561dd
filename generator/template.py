"""A template: the folder of code that a scientist starts from, in the layout of the AI-Scientist project.

Needed are experiment.py (run as `python experiment.py --out_dir run_i`), plot.py, prompt.json (`system`,
`task_description`) and seed_ideas.json. Ours have more: knobs.json, what the rule-based scientist may vary;
captions.json, what its figures show; evaluation.py, which nobody may change; latex/references.bib and
latex/background.json.
"""

from __future__ import annotations

import ast
import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ..data.errors import InputError, unknown
from ..data.files import read_json, read_text, read_validated

BUNDLED = Path(__file__).parent / "templates"
SKELETON = BUNDLED / "_new"
"""What a new template is made from; none of the bundled ones."""
NEEDED = ("experiment.py", "plot.py", "prompt.json", "seed_ideas.json")
PROTECTED = ("evaluation.py", "run_0/final_info.json")
SEEDS_OPTION, SEED_OFFSET = "--seeds", "PEERASSAY_SEED_OFFSET"
"""The environment variable by which an experiment is told to use other seeds."""
GIVEN = "given.json"
"""In the folder that stands for a template where somebody else has run the experiments: their results."""
LEFT_BEHIND = ("__pycache__", ".git", ".ipynb_checkpoints", "knobs.json", "captions.json", "evidence.py", GIVEN)
"""What a workspace does not get."""


class Edit(BaseModel):
    """An exact replacement in a file; `search` stands in it once."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    search: str = Field(min_length=1)
    replace: str


class Variant(BaseModel):
    """One change to try."""

    model_config = ConfigDict(frozen=True)

    label: str
    description: str
    edits: tuple[Edit, ...] = Field(min_length=1)


class Knob(BaseModel):
    """Something that can be varied, and why one would."""

    model_config = ConfigDict(frozen=True)

    name: str
    title: str
    question: str
    hypothesis: str
    why: str
    variants: tuple[Variant, ...] = Field(min_length=1)
    query: str = ""


class Metric(BaseModel):
    """A figure of final_info.json."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(description="its key among the means")
    label: str
    better: Literal["lower", "higher"]
    primary: bool = False
    digits: int = Field(default=3, ge=0, le=15, description="decimals worth printing")
    timed: bool = Field(default=False, description="a time or speed: reported, and not tested")


def primary_metrics(metrics: Sequence[Metric]) -> list[Metric]:
    """Those by which runs are judged: the ones marked so, else the first."""
    return [metric for metric in metrics if metric.primary] or list(metrics[:1])


class Knobs(BaseModel):
    """knobs.json."""

    metrics: tuple[Metric, ...] = Field(min_length=1)
    datasets: dict[str, str] = Field(default_factory=dict, description="what each dataset is, in words")
    setting: dict[str, Any] = Field(default_factory=dict, description="sentences on the set-up")
    knobs: tuple[Knob, ...] = Field(min_length=1)


class Template:
    """An opened template."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.name = folder.resolve().name
        prompt = read_json(folder / "prompt.json")
        self.system = str(prompt.get("system", ""))
        self.task = str(prompt.get("task_description", ""))
        self.seed_ideas = _ideas(folder / "seed_ideas.json")
        knobs = folder / "knobs.json"
        self.knobs = read_validated(Knobs, knobs) if knobs.is_file() else None
        self.captions = _captions(folder / "captions.json")

    def code(self) -> str:
        """experiment.py."""
        return read_text(self.folder / "experiment.py")

    @property
    def given(self) -> bool:
        """Whether it stands for experiments that somebody else has run, so that none is run here."""
        return (self.folder / GIVEN).is_file()

    @property
    def takes_seeds(self) -> bool:
        """Whether its code can be run under other seeds."""
        return any(SEED_OFFSET in read_text(path) for path in sorted(self.folder.glob("*.py")))

    def presets(self) -> list[str]:
        """The sizes that experiment.py knows by name: the keys of its PRESETS, or the choices of its --preset."""
        try:
            code = ast.parse(self.code())
        except SyntaxError:
            return []
        value = assigned(ast.walk(code), "PRESETS")
        if isinstance(value, ast.Dict):
            return [key.value for key in value.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)]
        calls = [node for node in ast.walk(code) if isinstance(node, ast.Call)]
        choices = (
            keyword.value
            for call in calls
            if any(isinstance(a, ast.Constant) and a.value == "--preset" for a in call.args)
            for keyword in call.keywords
            if keyword.arg == "choices" and isinstance(keyword.value, (ast.List, ast.Tuple))
        )
        found = next(choices, None)
        return (
            [e.value for e in found.elts if isinstance(e, ast.Constant) and isinstance(e.value, str)] if found else []
        )

    def check_preset(self, name: str | None) -> None:
        """Refuse a preset that experiment.py has not. Raises InputError with near matches."""
        if name is not None and name not in self.presets():
            known = self.presets()
            if not known:
                raise InputError(f"--preset {name}: template {self.name} has no presets; leave it out")
            raise unknown("preset", name, known, hint=f"template {self.name}")

    def files(self) -> Iterator[Path]:
        """The files that a workspace gets, relative to the folder, sorted."""
        for path in sorted(self.folder.rglob("*")):
            relative = path.relative_to(self.folder)
            if path.is_file() and not set(relative.parts) & set(LEFT_BEHIND):
                yield relative

    def fingerprint(self) -> str:
        """Twelve hex digits over names and contents of the files; the baseline's results among them do not count."""
        digest = hashlib.sha256()
        for relative in self.files():
            if relative.parts[0] != "run_0":
                digest.update(f"{relative}\0".encode() + (self.folder / relative).read_bytes() + b"\0")
        return digest.hexdigest()[:12]

    def copy_to(self, workspace: Path) -> None:
        """Make the workspace: a copy of the files. Raises InputError where it exists or cannot be written."""
        if workspace.exists():
            raise InputError(f"{workspace}: exists already; resume the run, or choose another folder")
        for relative in self.files():
            target = workspace / relative
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.folder / relative, target)

    def protected(self) -> tuple[str, ...]:
        """Files that no experiment may change, relative to the workspace."""
        return tuple(name for name in PROTECTED if name.startswith("run_0") or (self.folder / name).is_file())


def assigned(nodes: Iterable[ast.AST], name: str) -> ast.expr | None:
    """The value of the first of these statements that assigns one to the name, None where there is none."""
    for node in nodes:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        value = getattr(node, "value", None)
        if isinstance(value, ast.expr) and any(isinstance(n, ast.Name) and n.id == name for n in targets):
            return value
    return None


def template_names() -> list[str]:
    """The bundled templates."""
    return sorted(path.parent.name for path in BUNDLED.glob("*/experiment.py") if path.parent != SKELETON)


def load_template(name_or_path: str) -> Template:
    """A bundled template by its name, or any folder of the layout.

    Raises InputError for an unknown name, with near matches, or the first file that is missing or wrong.
    """
    folder = BUNDLED / name_or_path if name_or_path in template_names() else Path(name_or_path)
    if not folder.is_dir():
        raise unknown("template", name_or_path, template_names(), hint="or the path of a template's folder")
    missing = [name for name in NEEDED if not (folder / name).is_file()]
    if missing:
        raise InputError(f"{folder}: no template, {missing[0]} is missing; a template has {', '.join(NEEDED)}")
    return Template(folder)


def _captions(path: Path) -> dict[str, str]:
    """Captions by file, LaTeX, in the order in which a paper shows the figures; none where the template says nothing.

    A name with a star stands for several files, one per dataset, that make one figure.
    """
    captions = read_json(path) if path.is_file() else {}
    if wrong := next((name for name, caption in captions.items() if not isinstance(caption, str)), None):
        raise InputError(f"{path}: {wrong}: expected the caption as a text")
    return captions


def _ideas(path: Path) -> list[dict[str, Any]]:
    try:
        ideas = json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: not JSON ({error})") from None
    if not isinstance(ideas, list) or not all(isinstance(idea, dict) for idea in ideas):
        raise InputError(f"{path}: expected a list of ideas")
    return ideas
