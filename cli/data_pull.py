"""`peerassay data pull` and `data venues`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from ..data.calibration_split import with_calibration
from ..data.dataset import sampled
from ..data.registry import check_classes, check_name, data_home, plain_name, save_dataset
from ..data.venues import KnownVenue, ReviewForm, is_pullable, known_venues
from ..presentation.table import Table
from ..presentation.terminal import print_tables
from . import kinds
from .data_cards import refuse, tell_dataset
from .data_import import refuse_for_scores, tell_scores
from .options import AS_JSON, CALIBRATION_SHARE, MAPPED, OWN_NAME, PART, TEXTS
from .output import print_json, progress_bars, working


@click.command("pull")
@click.argument("name", type=kinds.PULLED)
@click.option("--venue", "group", metavar="GROUP", help="Any venue of OpenReview by its group, under this NAME.")
@click.option(
    "--field",
    "fields",
    multiple=True,
    metavar="FIELD=NAME",
    help="A field or invitation is called NAME; `rating=` takes no ratings.",
)
@click.option("--limit", type=click.IntRange(min=2), help="At most this many papers, both classes in proportion.")
@click.option("--pdfs/--no-pdfs", default=True, show_default=True, help="Get the PDFs; else title and abstract.")
@click.option(
    "--ratings",
    type=click.Choice(["initial", "final"]),
    help="Use those before or after rebuttal [default: initial; final with --no-pdfs].",
)
@OWN_NAME
@PART
@MAPPED
@TEXTS
@CALIBRATION_SHARE
@click.option("--max-wait", type=kinds.Number(0), default=4.0, show_default=True, help="Hours to wait for rate limits.")
@click.option("--base-url", help="Another OpenReview server.")
@click.option("--undecided", is_flag=True, help="A venue under review: its papers, to be sealed.")
@click.option("--overwrite", is_flag=True, help="Replace a dataset of this name.")
@AS_JSON
def pull_command(
    name: str,
    group: str | None,
    fields: tuple[str, ...],
    limit: int | None,
    pdfs: bool,
    ratings: Literal["initial", "final"] | None,
    own_name: str | None,
    parts: tuple[str, ...],
    mapped: tuple[str, ...],
    texts: Path | None,
    calibration_share: float,
    max_wait: float,
    base_url: str | None,
    undecided: bool,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Get a venue from OpenReview, as in `pull iclr2024`; a published data set by its recipe, as in `pull re2`; or
    `pull hf:OWNER/NAME` from the Hugging Face hub. --as, --map, --part and --texts are those of `data import`.

    `data venues` lists the venues that are known by name; `--venue auai.org/UAI/2024/Conference` reads any other
    from what its group says. OpenReview needs an account: OPENREVIEW_USERNAME and OPENREVIEW_PASSWORD, or
    OPENREVIEW_TOKEN. A pull that was stopped, or told to wait, goes on when it is started again.
    """
    from ..data.importers.columns import read_mapping
    from ..data.importers.huggingface import HUB, import_huggingface
    from ..data.importers.openreview import pull
    from ..data.importers.recipe_pull import fetch_recipe, pull_recipe
    from ..data.importers.recipes import is_nearly_recipe, is_recipe, recipe_of

    of_hub = name.startswith(HUB)
    of_recipe = not of_hub and (is_recipe(name) or (group is None and not is_pullable(name) and is_nearly_recipe(name)))
    if of_hub or of_recipe:
        refuse(f"venues of OpenReview; {name} is none", venue=group, field=fields, ratings=ratings, no_pdfs=not pdfs,
               base_url=base_url, undecided=undecided)  # fmt: skip
    if not of_recipe:
        refuse(f"a recipe, as in `data pull reviewbench --part iclr2024`; {name} is none", part=parts, texts=texts)
    if of_hub:
        columns = read_mapping(mapped)
        own = own_name or plain_name(name.rpartition("/")[2])
        check_name(own, overwrite=overwrite)
        dataset = sampled(import_huggingface(own, name, columns=columns), limit)
    elif of_recipe:
        recipe = recipe_of(name)
        home = data_home() / ".pulls" / recipe.name
        if recipe.kind == "human scores":
            refuse_for_scores(recipe, own_name=own_name, part=parts, map=mapped, texts=texts, limit=limit)
            with working(f"getting {recipe.name}"):
                place, _ = fetch_recipe(recipe, home)
            tell_scores(recipe, place, as_json)
            return
        check_name(own_name or recipe.name, overwrite=overwrite)
        columns = read_mapping(mapped, empty=True)
        with working(f"getting {recipe.name}"):
            whole = pull_recipe(recipe, home, name=own_name or "", columns=columns, texts=texts, parts=parts)
        dataset = sampled(whole, limit)
    else:
        refuse("a recipe or a data set of the hub; here a field is named by --field", map=mapped, own_name=own_name)
        check_name(name, overwrite=overwrite)
        with progress_bars() as bars:
            task = bars.add_task(name, total=None)
            dataset = pull(
                name,
                data_home() / ".pulls" / (f"{name}-undecided" if undecided else name),
                group=group,
                fields=read_mapping(fields, "--field", empty=True),
                ratings=ratings,
                base_url=base_url,
                pdfs=pdfs,
                undecided=undecided,
                limit=limit,
                max_wait=max_wait * 3600,
                progress=lambda done, of, what: bars.update(task, completed=done, total=of or None, description=what),
            )
    if not undecided:
        check_classes(dataset.card)
        dataset = with_calibration(dataset, calibration_share)
    tell_dataset(dataset, save_dataset(dataset, overwrite=overwrite), as_json)


@click.command("venues")
@AS_JSON
def venues_command(as_json: bool) -> None:
    """The venues that `pull` knows by name: years, what is shown, rating scales, and how sure that is."""
    if as_json:
        print_json({name: venue.model_dump(mode="json") for name, venue in known_venues().items()})
        return
    rows = tuple(_row(name, venue, form) for name, venue in known_venues().items() for form in venue.forms)
    heads = ("Name", "Years", "API", "Papers shown", "Rating", "Values", "Verified", "Source")
    note = (
        "opt-in: rejected papers only where the authors agreed. Verified no: names of invitations and fields, and the "
        "values, are as far as known. Any other venue by `data pull NAME --venue GROUP`."
    )
    print_tables([Table("Venues on OpenReview", heads, rows, note)])


def _row(name: str, venue: KnownVenue, form: ReviewForm) -> tuple[str, ...]:
    first, last = form.years
    shown = "none: " + form.refused if form.refused else form.shown
    return (
        name if venue.rolling else f"{name}YEAR",
        str(first) if first == last else f"{first}-{last}",
        str(form.api),
        shown,
        "" if form.refused else form.rating or f"none; {form.recommendation}, yes or no",
        ", ".join(f"{value:g}" for value in form.values),
        "yes" if form.verified else "no",
        form.sources[0],
    )
