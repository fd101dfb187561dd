"""`peerassay doctor`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict

import click

from ..data.errors import InputError
from ..presentation.cell import Cell
from ..presentation.table import Table
from ..presentation.terminal import print_tables
from . import checks
from .check import Check, broken

GROUPS = ("Basics", "Models", "Data", "Scientist")
SIGNS = {"ready": Cell("✓", tone="fine"), "missing": Cell("–", tone="note"), "broken": Cell("✗", tone="alarm")}
Probe = Callable[[], list[Check]]
CORE: tuple[Probe, ...] = (
    checks.basics,
    checks.machine,
    checks.requirements,
    checks.weights,
    checks.keys,
    checks.prices,
    checks.replies,
    checks.datasets,
    checks.login,
)
TOOLS: tuple[Probe, ...] = (
    checks.extras,
    checks.programs,
    checks.sandbox,
    checks.gpu,
    checks.aider,
)
"""These wait for programs, and import nothing: they run beside one another."""


@click.command("doctor")
@click.option("--online", is_flag=True, help="Ask each provider that has a key whether it takes it (no cost).")
@click.option("--openai-url", metavar="URL", help="With --online: ask here instead of OpenAI, with its key.")
@click.option("--anthropic-url", metavar="URL", help="With --online: ask here instead of Anthropic, with its key.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def doctor_command(online: bool, openai_url: str | None, anthropic_url: str | None, as_json: bool) -> None:
    """Say what is installed and ready, and what each missing thing costs you.

    Keys are never shown. Exit code 1 only where something is broken that the basics need.
    """
    if (openai_url or anthropic_url) and not online:
        raise InputError("--openai-url and --anthropic-url go with --online")
    checks = look()
    if online:
        from .doctor_online import ask_providers

        checks += ask_providers({"OpenAI": openai_url, "Anthropic": anthropic_url})
    checks.sort(key=lambda check: GROUPS.index(check.group))
    if as_json:
        print(json.dumps({"checks": [asdict(check) for check in checks]}, indent=2, ensure_ascii=False))
    else:
        print_tables(check_tables(checks))
        print(_summary(checks))
    if any(check.state == "broken" for check in checks):
        raise click.exceptions.Exit(1)


def look() -> list[Check]:
    """All that can be looked at without a network."""
    with ThreadPoolExecutor(len(TOOLS)) as pool:
        tools = pool.map(_guarded, TOOLS)
        return [check for found in (*map(_guarded, CORE), *tools) for check in found]


def _guarded(probe: Probe) -> list[Check]:
    """What the probe found; what it raises is itself something found."""
    try:
        return probe()
    except Exception as error:
        line = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        mend = "see the packages above; else pip install --force-reinstall peerassay"
        return [broken("Basics", probe.__name__, line, costs="commands may fail", mend=mend)]


def check_tables(checks: Sequence[Check]) -> list[Table]:
    """The checks by group, what is not ready with what it costs and what mends it."""
    return [Table(group, ("", "", ""), tuple(row for check in checks if check.group == group for row in _rows(check)))
            for group in GROUPS]  # fmt: skip


def _rows(check: Check) -> Iterator[tuple[str, str, str]]:
    sign = SIGNS[check.state]
    yield sign, check.name, check.found
    if check.costs:
        yield "", "", Cell(f"costs you: {check.costs}", tone=sign.tone)
        yield "", "", f"to mend: {check.mend}"


def _summary(checks: Sequence[Check]) -> str:
    ready = sum(check.state == "ready" for check in checks)
    wrong = [check.name for check in checks if check.state == "broken"]
    rest = f"broken: {', '.join(wrong)}" if wrong else "the basics work: try `peerassay bench -d sample`"
    return f"{ready} of {len(checks)} ready; {rest}"
