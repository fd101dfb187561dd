"""`peerassay scientist show|approve|edit|reject|guide|review`: what people decide on an idea and say of its paper."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from ..data.errors import InputError, unknown
from ..data.files import read_text, write_atomic
from ..generator.by_hand import changes
from ..generator.decisions import WAITS_AFTER, Deed
from ..generator.human_reviews.blank import file_of, handing_in
from ..generator.human_reviews.hand_in import ask_for_review, hand_in
from ..generator.people import decide, editable, idea_in, take_over, waits_for
from . import kinds

IDEA = click.argument("idea", type=kinds.PATH)
NOTE = click.option("--note", default="", help="Told to the model from here on.")
BY = click.option("--by", "--name", default="", help="Your name, for the paper's notice [default: a person].")


@click.command("show")
@IDEA
def show_command(idea: Path) -> None:
    """What IDEA waits for, and where to read it: a folder such as runs/.../idea_01, or a run with one idea."""
    idea = idea_in(idea)
    what, state = waits_for(idea)
    files = {
        "idea": ("idea.json", "novelty.json"),
        "plan": ("plan.json", "workspace/notes.txt"),
        "experiments": ("workspace/notes.txt",),
        "draft": ("draft.json",),
    }
    click.echo(f"{idea} waits for a decision on the {what}:\n")
    for name in files[what]:
        click.echo(f"--- {idea / name}\n{read_text(idea / name)}")
    click.echo(f"done: {', '.join(name for name, stage in state.stages.items() if stage.status == 'done')}")
    changed = changes(idea, what)
    if changed:
        click.echo(f"changed by hand: {'; '.join(changed)}")
    click.echo(f"peerassay scientist approve|edit|guide|reject {shlex.quote(str(idea))}")


@click.command("approve")
@IDEA
@NOTE
@BY
def approve_command(idea: Path, note: str, by: str) -> None:
    """Let IDEA go on, as it is or as it was changed by hand."""
    _decide(idea, "approved", note, by)


@click.command("reject")
@IDEA
@NOTE
@BY
def reject_command(idea: Path, note: str, by: str) -> None:
    """End the work on IDEA; the other ideas of the run go on."""
    _decide(idea, "rejected", note, by)


@click.command("guide")
@IDEA
@click.option("--note", required=True, help="What the model is to do otherwise.")
@BY
def guide_command(idea: Path, note: str, by: str) -> None:
    """Have what IDEA waits with made again, with a note to the model."""
    _decide(idea, "guided", note, by)


@click.command("edit")
@IDEA
def edit_command(idea: Path) -> None:
    """Open what IDEA waits with in $EDITOR; `approve` takes it over and puts on record that it was changed."""
    path = editable(idea_in(idea))
    before = read_text(path)
    try:
        after = click.edit(before, extension=".json")
    except click.ClickException as error:
        raise InputError(
            f"{path}: the editor failed ({error.message}); set EDITOR, or change the file by hand"
        ) from None
    changed = take_over(path, before, after) if after not in (None, before) else ()
    how = f"was changed: {'; '.join(changed)}" if changed else "is as it was"
    click.echo(f"{path} {how}; `peerassay scientist approve {shlex.quote(str(path.parent))}` goes on with it")


def _decide(idea: Path, deed: Deed, note: str, by: str) -> None:
    idea = idea_in(idea)
    decision = decide(idea, deed, note=note, by=by)
    edited = f", as it was changed by hand ({'; '.join(decision.changes)})" if decision.changes else ""
    if decision.seen:
        click.echo("results are kept: an experiment whose code comes out as before is not run again, and is named then")
    click.echo(
        f"{decision.deed} the {decision.what}{edited}; `peerassay scientist resume {shlex.quote(str(idea.parent))}` "
        "goes on"
    )


def asked_about(given: str | None) -> tuple[str, ...]:
    """What `--ask` names, in the order of the stages. Raises InputError for anything else."""
    names = [name.strip() for name in (given or "").split(",") if name.strip()]
    if strangers := [name for name in names if name not in WAITS_AFTER]:
        raise unknown("decision", strangers[0], WAITS_AFTER, hint="--ask")
    return tuple(what for what in WAITS_AFTER if what in names)


@click.command("review")
@IDEA
@click.option("--questions", metavar="NAME|FILE", help="The review form [default: the reviewer's own, else neurips].")
@click.option("--out", type=kinds.PATH, help="Where the empty form goes [default: here].")
@click.option("--form", type=kinds.PATH, help="A form that is filled in, to be handed in.")
@click.option("--by", "--name", default="", help="Your name, for the paper's notice.")
def review_command(idea: Path, questions: str | None, out: Path | None, form: Path | None, by: str) -> None:
    """Review the finished paper of IDEA yourself: an empty form as a TOML file, then --form FILE --by NAME.

    The page of the run has the same form. `scientist resume` improves the paper by what was handed in.
    """
    if form is None:
        click.echo(write_form(idea_in(idea), questions, out, by))
        return
    if questions or out:
        raise InputError(f"--form hands {form} in; leave --questions and --out out, which are for an empty form")
    folder, one = hand_in(idea, form, by)
    run = shlex.quote(str(folder.parent))
    score = f"score {one.review.overall:g}, {one.review.decision}"
    click.echo(f"{folder}: taken, the review by {one.by} ({score}); `peerassay scientist resume {run}` goes on by it")


def write_form(idea: Path, questions: str | None, out: Path | None, by: str = "") -> str:
    """Write an empty form; returns what to do with it. Raises InputError where a file is there already."""
    if by:
        raise InputError("--by says who has filled a form in; give that with --form FILE")
    text = ask_for_review(idea, questions)
    path = out or Path(file_of(idea))
    if path.exists():
        raise InputError(f"{path}: is there already, and may be filled in; choose another --out")
    write_atomic(path, text)
    return f"{path}: fill it in, then `{handing_in(idea, path)} --by 'Your Name'`"


COMMANDS = (show_command, approve_command, edit_command, reject_command, guide_command, review_command)
