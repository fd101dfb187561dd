"""The examples in the documents work as they stand."""

from __future__ import annotations

import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import yaml

from tests.processes import PEERASSAY

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in (*ROOT.glob("*.md"), *DOCS.rglob("*.md"))
}
FENCED = re.compile(r"^```(?P<language>\w*).*?\n(?P<code>.*?)^```", re.DOTALL | re.MULTILINE)


def test_the_reviewer_in_twenty_lines_benches(tmp_path: Path) -> None:
    code = re.search(r"```python\n(.*?)```", (DOCS / "your-reviewer.md").read_text(), re.DOTALL)
    assert code is not None
    (tmp_path / "my_reviewer.py").write_text(code[1])
    command = [*PEERASSAY, "bench", "-d", "sample", "--split", "all", "--no-audit", "--draws", "200"]
    command += ["-r", "python:my_reviewer:review"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (report,) = tmp_path.glob("runs/*/report.md")
    assert "python:my_reviewer:review | own decision" in report.read_text()


def commands(text: str) -> Iterator[list[str]]:
    """The words after `peerassay` of each command line in the fenced blocks of a page."""
    for block in FENCED.finditer(text):
        if block["language"] in ("sh", "text"):
            for line in block["code"].replace("\\\n", " ").splitlines():
                if match := re.match(r"(?:\S+=\S+ )*peerassay (.*)", line):
                    yield shlex.split(match[1], comments=True)


def unknown(words: list[str]) -> list[str]:
    """Commands and options of a command line that do not exist."""
    from peerassay.cli.main import cli

    command: click.Command = cli
    while words and isinstance(command, click.Group):
        found = command.get_command(click.Context(command), words[0])
        if found is None:
            return words[:1]
        command, words = found, words[1:]
    known = {name for option in command.params for name in (*option.opts, *option.secondary_opts)} | {"--help"}
    return [word for word in words if re.match(r"--?[a-z]", word) and word.split("=")[0] not in known]


@pytest.mark.parametrize("page", PAGES)
def test_every_command_and_option_of_a_page_exists(page: str) -> None:
    assert [(line, unknown(line)) for line in commands(PAGES[page]) if unknown(line)] == []


def test_commands_are_found_in_the_documents_and_unknown_ones_are_told() -> None:
    assert sum(1 for text in PAGES.values() for _ in commands(text)) > 100
    assert unknown(["bench", "-d", "sample", "--no-such", "1"]) == ["--no-such"]
    assert unknown(["leaderboard", "prise"]) == ["prise"]


def anchors(text: str) -> set[str]:
    """What a heading can be linked by, as MkDocs and code hosts name it."""
    headings = re.findall(r"^#+ (.*)$", FENCED.sub("", text), re.MULTILINE)
    return {re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", heading.lower()).strip()) for heading in headings}


def dead_links(page: Path, text: str) -> list[str]:
    """The relative links of a page that lead nowhere, anchors included."""
    dead = []
    for link in re.findall(r"\]\(([^)\s]+)\)", FENCED.sub("", text)):
        name, _, anchor = link.partition("#")
        target = page.parent / name
        if "://" in link:
            continue
        if not target.exists() or (anchor and anchor not in anchors(target.read_text("utf-8") if name else text)):
            dead.append(link)
    return dead


@pytest.mark.parametrize("page", PAGES)
def test_no_link_of_a_page_is_dead(page: str) -> None:
    assert dead_links(ROOT / page, PAGES[page]) == []


def test_a_dead_link_is_found() -> None:
    text = "# A b: c\n[1](#a-b-c) [2](#c) [3](words.md) [4](nowhere.md) [5](words.md#no) [6](words.md#words)"
    assert dead_links(DOCS / "page.md", text) == ["#c", "nowhere.md", "words.md#no"]


def test_the_nav_names_pages_that_are_there() -> None:
    nav = re.findall(r"[\w/-]+\.md", (ROOT / "mkdocs.yml").read_text(encoding="utf-8").split("\nnav:")[1])
    assert len(nav) == len(set(nav)) > 20
    assert [name for name in nav if not (DOCS / name).is_file()] == []


def test_the_pictures_are_small() -> None:
    sizes = [path.stat().st_size for path in (DOCS / "images").iterdir()]
    assert sizes
    assert max(sizes) <= 90_000
    assert sum(sizes) <= 900_000


def test_the_citation_is_of_this_version() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert citation.keys() >= {"cff-version", "message", "title", "authors"}
    assert (citation["title"], citation["version"], citation["license"]) == tuple(
        project[key] for key in ("name", "version", "license")
    )


def test_the_forms_of_issues_have_what_they_need() -> None:
    forms = [path for path in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml") if path.stem != "config"]
    assert len(forms) == 3
    for path in forms:
        form = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert form.keys() >= {"name", "description", "body"}, path
        fields = [field for field in form["body"] if field["type"] != "markdown"]
        assert all(field["attributes"]["label"] for field in fields), path
        assert len({field["id"] for field in fields}) == len(fields), path


def test_the_additions_of_the_architecture_run_and_are_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from peerassay.generator import search

    blocks = re.findall(r"```python\n(.*?)```", (DOCS / "architecture.md").read_text(), re.DOTALL)
    assert len(blocks) == 5
    assert all(block.count("\n") < 30 for block in blocks)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(search, "SEARCHES", dict(search.SEARCHES))
    names: dict[str, object] = {}
    for block in blocks:
        exec(block, names)


@pytest.mark.parametrize("page", PAGES)
def test_every_module_and_folder_that_a_document_names_is_there(page: str) -> None:
    layers = "data|llm|reviewer|generator|bench|leaderboards|cli|tests|docs|peerassay"
    named = set(
        re.findall(rf"(?<![\w./-])((?:{layers})/[\w/.-]+\.(?:py|toml)|(?:{layers})/[\w/-]*/)(?=`)", PAGES[page])
    )
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_the_architecture_names_modules() -> None:
    assert len(re.findall(r"`\w+/[\w/]+\.py`", (DOCS / "architecture.md").read_text())) > 30
