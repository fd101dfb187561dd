"""What MkDocs does besides: pages from other folders, pages that the nav forgot, and formulae as MathML."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import Any

from latex2mathml.converter import convert
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[1]
OUTSIDE = re.compile(r"(?<=\]\()(?:\.\./)+([\w./-]+)(?=\))")
"""A link out of docs/ into the repository."""

FORMULA = re.compile(r'<(span|div) class="arithmatex">\\[(\[](.*?)\\[)\]]</\1>', re.DOTALL)
ESCAPED = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}


def _named(nav: Any) -> set[str]:
    """The paths of pages that a nav names."""
    if isinstance(nav, str):
        return {nav}
    entries = nav.values() if isinstance(nav, dict) else nav or ()
    return {path for entry in entries for path in _named(entry)}


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put pages that the nav does not name into a section of their own."""
    docs = Path(config.docs_dir)
    pages = {path.relative_to(docs).as_posix() for path in docs.rglob("*.md")}
    forgotten = sorted(pages - _named(config.nav))
    if forgotten and config.nav is not None:
        config.nav.append({"More": forgotten})
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what pages link to outside of docs/: a README as a page, any other file as it is."""
    for path in Path(config.docs_dir).rglob("*.md"):
        for target in _outside(path):
            if files.get_file_from_path(target) is None:
                source = str(ROOT / target)
                files.append(File.generated(config, target, abs_src_path=source, inclusion=InclusionLevel.NOT_IN_NAV))
    return files


def _outside(page: Path) -> list[str]:
    """The files outside of docs/ that a page links to, from the root of the repository."""
    found = (match[1] for match in OUTSIDE.finditer(page.read_text(encoding="utf-8")))
    return [target for target in found if (ROOT / target).is_file() and not (page.parent / target).exists()]


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Links out of docs/ lead to the copies in the site."""
    depth = len(PurePosixPath(page.file.src_uri).parts) - 1

    def inside(match: re.Match[str]) -> str:
        return "../" * depth + match[1] if match[0].count("../") > depth else match[0]

    return OUTSIDE.sub(inside, markdown)


def on_page_content(html: str, **_: Any) -> str:
    """Formulae become MathML, which browsers draw without a script."""

    def drawn(match: re.Match[str]) -> str:
        source = match[2]
        for escaped, character in ESCAPED.items():
            source = source.replace(escaped, character)
        return convert(source.strip(), display="block" if match[1] == "div" else "inline")

    return FORMULA.sub(drawn, html)
