"""`peerassay scientist run --dry-run`: what a model that sees will take for its looks."""

from __future__ import annotations

from ..generator.batch import ScientistRecord
from ..generator.seeds import check_seeds
from ..generator.template import Template
from ..llm.model_name import PROVIDERS
from ..llm.session import Session
from ..presentation.cell import NONE
from ..presentation.table import Table
from ..presentation.terminal import print_tables
from ..reviewer.protocol import Expectation
from ..reviewer.spec import load_reviewer
from .output import print_json

NOTE = (
    "Calls are a most: looks end where nothing is found, or where the last change was no better. Images are counted as "
    "the provider does, text at 3.6 characters a token, {figures}. All other calls of the scientist depend on what its "
    "runs give and are not in here: --budget holds the whole."
)


def tell_dry_run(record: ScientistRecord, template: Template, *, pdf: bool, as_json: bool) -> None:
    """Print what is expected.

    Raises InputError for a SPEC, a preset or seeds that are wrong, and a model that takes no images.
    """
    template.check_preset(record.lab.preset)
    check_seeds(template, record.lab.seeds)
    load_reviewer(record.reviewer, session=Session(dry=True))
    expected = _expected(record, template, pdf=pdf)
    if as_json:
        print_json({"expected": {name: one.model_dump(mode="json") for name, one in expected.items()}})
    elif expected:
        print_tables([_table(expected)])
    elif record.model == "offline":
        print("offline: no calls of a language model")
    else:
        print(f"{record.model}: no images are sent, and other calls are not foreseen; --budget holds them")


def _expected(record: ScientistRecord, template: Template, *, pdf: bool) -> dict[str, Expectation]:
    if not record.model.startswith(tuple(f"{provider}/" for provider in PROVIDERS)):
        return {}
    from ..generator.model_scientist.expected import expect_views

    improvements = record.paper.improvements
    return expect_views(record.model, template, ideas=record.ideas, improvements=improvements, pdf=pdf)


def _row(name: str, one: Expectation) -> tuple[str, ...]:
    usd = NONE if one.usd is None else f"{one.usd:.4f}"
    return name, str(one.calls), f"{one.tokens.input:,}", f"{one.tokens.output:,}", usd


def _table(expected: dict[str, Expectation]) -> Table:
    rows = tuple(_row(name, one) for name, one in expected.items())
    note = NOTE.format(figures="a figure at 840 by 630 pixels, a page at 1000 by 1294")
    return Table("Expected of looks", ("What is seen", "Calls", "Tokens in", "Tokens out", "USD"), rows, note)
