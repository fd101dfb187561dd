"""The import rule, the list of packages, and what the command line may load at start-up."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "peerassay"
"""Holds every layer: folders of its own, and links to those of the layout."""
LAYERS = (
    "data",
    "statistics",
    "presentation",
    "llm",
    "reviewer",
    "generator",
    "bench",
    "inspecting",
    "leaderboards",
    "cli",
)
"""Each may import itself and what stands before it."""
FOUNDATION = ("statistics", "presentation")
"""Side by side: `data` is all that they use of the project."""
SCRIPTS = ("bench/simulations", "bench/speed", "bench/studies", "generator/templates")
"""Folders of scripts: they import peerassay as users do, or nothing of it."""
HEAVY = ("numpy", "scipy", "pandas", "sklearn", "matplotlib", "pydantic", "datasets", "openreview", "torch")


def modules() -> list[Path]:
    found = (path.relative_to(PACKAGE) for layer in LAYERS for path in (PACKAGE / layer).rglob("*.py"))
    return sorted(path for path in found if not path.as_posix().startswith(SCRIPTS))


def violations(source: str, path: Path) -> list[str]:
    """What breaks the rule in a module that stands at `path`, relative to the root."""
    return [
        f"{path}:{node.lineno}: {problem}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for problem in _problems(node, path)
    ]


def _problems(node: ast.Import | ast.ImportFrom, path: Path) -> Iterator[str]:
    layer, depth = path.parts[0], len(path.parts) - 1
    if isinstance(node, ast.Import) or node.level == 0:
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
        yield from (f"absolute import of {name}" for name in names if name.partition(".")[0] in ("peerassay", "tests"))
        return
    if node.level <= depth:
        return
    if node.level > depth + 1:
        yield "relative import that leaves the project"
        return
    names = [node.module.partition(".")[0]] if node.module else [alias.name for alias in node.names]
    for name in names:
        if name not in LAYERS:
            yield f"import of {name}, which is no package of the project"
        elif LAYERS.index(name) > LAYERS.index(layer) or (layer in FOUNDATION and name not in (layer, "data")):
            yield f"{layer} imports {name}, which stands above or beside it"


@pytest.mark.parametrize("path", modules(), ids=str)
def test_imports_go_down_and_are_relative(path: Path) -> None:
    assert violations((PACKAGE / path).read_text(encoding="utf-8"), path) == []


def test_all_layers_are_looked_at() -> None:
    assert {path.parts[0] for path in modules()} == set(LAYERS)
    assert Path("data/importers/table.py") in modules()


@pytest.mark.parametrize(
    ("path", "source", "problem"),
    [
        ("data/x.py", "from ..reviewer.review import Review", "data imports reviewer"),
        ("data/importers/x.py", "from ...bench import audit", "data imports bench"),
        ("reviewer/x.py", "from .. import generator", "reviewer imports generator"),
        ("reviewer/x.py", "def f():\n    from ..bench.run import Run", "reviewer imports bench"),
        ("reviewer/x.py", "if TYPE_CHECKING:\n    from ..cli.main import cli", "reviewer imports cli"),
        ("llm/x.py", "from ..reviewer import review", "llm imports reviewer"),
        ("statistics/x.py", "from ..reviewer import review", "statistics imports reviewer"),
        ("presentation/x.py", "from ..statistics import metrics", "presentation imports statistics"),
        ("bench/x.py", "import peerassay.data.records", "absolute import of peerassay.data.records"),
        ("bench/x.py", "from peerassay.data import records", "absolute import of peerassay.data"),
        ("bench/x.py", "from peerassay import data", "absolute import of peerassay"),
        ("bench/x.py", "from tests.loopback import Loopback", "absolute import of tests.loopback"),
        ("bench/x.py", "from ..tests.conftest import SHARED", "import of tests"),
        ("bench/x.py", "from ...bench import run", "leaves the project"),
    ],
)
def test_a_planted_violation_is_caught(path: str, source: str, problem: str) -> None:
    (found,) = violations(source, Path(path))
    assert found.startswith(f"{path}:")
    assert problem in found


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("data/importers/x.py", "from ..records import Paper\nfrom .table import numbers\nfrom ...data import files"),
        ("reviewer/learned/x.py", "from ..protocol import Traits\nfrom ...data.errors import InputError"),
        ("cli/x.py", "from .. import data, bench\nfrom ..leaderboards import site\nimport json, numpy"),
        ("bench/x.py", "import peerassayish"),
        ("statistics/x.py", "from ..data.errors import InputError\nfrom .arrays import Floats"),
        ("bench/scores/x.py", "from ...statistics.arrays import Floats"),
    ],
)
def test_what_is_allowed_passes(path: str, source: str) -> None:
    assert violations(source, Path(path)) == []


def test_neither_scientist_imports_the_other() -> None:
    for one, other in (("offline", "model_scientist"), ("model_scientist", "offline")):
        sources = [path.read_text(encoding="utf-8") for path in (ROOT / "generator" / one).glob("*.py")]
        nodes = [node for source in sources for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)]
        names = {(node.module or alias.name).partition(".")[0] for node in nodes for alias in node.names}
        assert "evidence" in names
        assert other not in names


def imported(source: str, path: Path, known: Iterable[Path]) -> set[Path]:
    """Those of the `known` modules that the module at `path` imports outside of functions, for type checkers too."""
    found: set[Path] = set()
    body = ast.parse(source).body
    for node in [*body, *(inner for outer in body if isinstance(outer, ast.If) for inner in outer.body)]:
        if isinstance(node, ast.ImportFrom) and node.level:
            parent = Path(*path.parts[: -node.level], *(node.module or "").split("."))
            places = ((parent / f"{alias.name}.py", parent.with_suffix(".py")) for alias in node.names)
            found |= {next((place for place in both if place in known), parent / "__init__.py") for both in places}
    return found & {*known}


def circle(sources: dict[Path, str]) -> list[Path]:
    """Modules that import each other in a circle; empty where none do."""
    try:
        TopologicalSorter({path: imported(source, path, sources) for path, source in sources.items()}).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert circle({path: (PACKAGE / path).read_text(encoding="utf-8") for path in modules()}) == []


@pytest.mark.parametrize(
    "back", ["from .a import A", "from . import a", "from ..x.a import A", "if TYPE_CHECKING:\n    from .a import A"]
)
def test_a_planted_circle_is_caught(back: str) -> None:
    sources = {Path("x/a.py"): "from . import b", Path("x/b.py"): "from .c import C", Path("x/c.py"): back}
    assert {*circle(sources)} == {*sources}
    assert circle({**sources, Path("x/c.py"): "from ..y.a import A"}) == []


def test_every_package_is_in_pyproject() -> None:
    setuptools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    folders = [path.parent.relative_to(PACKAGE) for layer in LAYERS for path in (PACKAGE / layer).rglob("__init__.py")]
    named = [f"peerassay.{'.'.join(folder.parts)}" for folder in folders]
    assert sorted(setuptools["packages"]) == sorted(["peerassay", *named])


def test_every_folder_of_modules_is_a_package() -> None:
    assert all((PACKAGE / path.parent / "__init__.py").is_file() for path in modules())


def test_every_data_file_is_in_pyproject() -> None:
    setuptools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    covered = {
        path.resolve()
        for package, patterns in setuptools["package-data"].items()
        for pattern in patterns
        for path in PACKAGE.joinpath(*package.split(".")[1:]).glob(pattern)
    }
    tracked = subprocess.run(
        ["git", "ls-files", "-z", "--", *LAYERS, "peerassay/statistics", "peerassay/presentation"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split("\0")
    if tracked == [""]:
        pytest.skip("no git checkout")
    data = {ROOT / name for name in tracked if name and not name.endswith((".py", ".md", ".gitignore"))}
    data |= {ROOT / name for name in tracked if name.startswith("data/sample/")}
    assert data - covered == set()


def loaded_by(code: str) -> set[str]:
    """Top-level packages that a fresh interpreter has loaded after the code."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        cwd=os.sep,
    )
    return {name.partition(".")[0] for name in done.stdout.split()}


def test_the_command_line_starts_without_heavy_packages() -> None:
    loaded = loaded_by("import peerassay.cli.main")
    assert "click" in loaded
    assert not loaded & set(HEAVY)


def test_help_and_errors_need_no_heavy_packages() -> None:
    loaded = loaded_by(
        "from peerassay.cli.main import cli\ntry: cli.main(['--help'], standalone_mode=False)\nexcept SystemExit: pass"
    )
    assert not loaded & set(HEAVY)


def test_a_bench_waits_for_no_scikit_learn(tmp_path: Path) -> None:
    loaded = loaded_by(f"""
from pathlib import Path
from peerassay.bench.measure import BenchSettings, prepare_bench
from peerassay.bench.summary import summarise
from peerassay.llm.session import Session
bench = prepare_bench("sample", ["floor:length"], Session(), BenchSettings(split="all", out=Path({str(tmp_path)!r})))
summarise(bench.review([])[0], draws=100)
""")
    assert "scipy" in loaded
    assert not loaded & {"sklearn", "pandas"}


def test_the_heavy_check_can_fail() -> None:
    assert "numpy" in loaded_by("import peerassay.statistics.metrics")
