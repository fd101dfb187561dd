"""`peerassay leaderboard`."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import click
from rich.text import Text

from ..data.errors import InputError, printable
from ..leaderboards.adding import AddedResult, add_results
from ..leaderboards.boards import Boards, Refused
from ..leaderboards.places import results_to_read, results_to_write
from ..leaderboards.selection import Selection
from ..leaderboards.single_files import check_files
from ..leaderboards.site.build import serve
from ..leaderboards.submission import results_of
from ..leaderboards.validation import FileRerun, check_results, rerun_all
from . import kinds
from .leaderboard_diff import diff_command
from .output import log, print_json, trouble, working

WRITTEN = click.option(
    "--results",
    type=kinds.PATH,
    help="The folder of results to write to [default: leaderboards/results of the checkout around this folder].",
)
READ = click.option(
    "--results",
    multiple=True,
    type=kinds.PATH,
    help="A folder of results; several times: what they share is one row [default: that of the checkout around this "
    "folder, else the installed one].",
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")


@click.group("leaderboard")
def leaderboard_command() -> None:
    """Boards of reviewers and of generators, from one checked file per result.

    Runs of `bench` and `score` become results by `add`; `check` computes every metric again from their scores; `build`
    writes the site; `diff` tells what one folder of results changes in another. A submission to the boards is a pull
    request with the files that `add` wrote.
    """


@leaderboard_command.command("add")
@click.argument("runs", metavar="RUN...", nargs=-1, required=True, type=kinds.RUN)
@WRITTEN
@click.option("--reviewer", "reviewers", multiple=True, metavar="NAME", help="Of a run of bench; several times.")
@click.option("--floors", is_flag=True, help="Also the rows that `bench` added by itself.")
@click.option(
    "--samples",
    type=click.IntRange(0, 5),
    help="Reviews to be read on the entry's page [default: 3 of generated or bundled papers, else 0].",
)
@click.option("--note", default="", help="A remark for the entry's page.")
@click.option("--verify", is_flag=True, help="Make the reviews again, where no key is needed, and mark what agrees.")
@click.option("--replace", is_flag=True, help="Overwrite results that are there.")
@AS_JSON
def add_command(
    runs: tuple[Path, ...],
    results: Path | None,
    reviewers: tuple[str, ...],
    floors: bool,
    samples: int | None,
    note: str,
    verify: bool,
    replace: bool,
    as_json: bool,
) -> None:
    """Make results of RUNs, folders of `peerassay bench` or `peerassay score`.

    A result has the scores of all papers under hashed ids, no texts, and no paths of this machine.
    """
    folder = results_to_write(results)
    selection = Selection(reviewers=reviewers, floors=floors, samples=samples, note=note)
    added: list[AddedResult] = []
    with working("reading") as tell:
        made = [results_of(run, selection) for run in runs]
        tell("reviewing again" if verify else "writing")
        for dataset, of_run in made:
            added += add_results(folder, dataset, of_run, verify=verify, overwrite=replace)
    if as_json:
        print_json({"added": [_added(a) for a in added]})
        return
    for one in added:
        click.echo(str(one.path))
        if one.rerun is not None:
            outcome = "verified" if one.rerun.outcome == "same" else f"not verified: {one.rerun.reason}"
            log().print(Text(f"{one.result.name}: {outcome}"))
    log().print(Text(f"{len(added)} results written; look at them with `peerassay leaderboard serve`"))


@leaderboard_command.command("check")
@click.argument("files", metavar="[FILE]...", nargs=-1, type=kinds.PATH)
@READ
@click.option(
    "--rerun",
    is_flag=True,
    help="Also make verified results and samples of stress results again, from the data.",
)
@AS_JSON
def check_command(files: tuple[Path, ...], results: tuple[Path, ...], rerun: bool, as_json: bool) -> None:
    """Compute every metric again from the scores, and refuse files that do not fit. Exit 1 where one is refused.

    All files of the results, or these FILEs alone, from anywhere, against the datasets of the results.
    """
    folders = results_to_read(results)
    with working("checking") as tell:
        checked = check_files(files, folders, progress=tell) if files else check_results(folders, progress=tell)
        if not (checked.sound or checked.refused):
            raise InputError(f"{', '.join(map(str, folders))}: no results to check; `leaderboard add RUN` writes some")
        reruns = rerun_all(checked, progress=tell) if rerun else []
    if as_json:
        print_json(
            {
                "sound": [str(path) for path in checked.sound],
                "copies": {str(path): str(first) for path, first in checked.copies.items()},
                "refused": _refusals(checked.refused),
                "rerun": [_file_rerun(a) for a in reruns],
            }
        )
    else:
        for one in reruns:
            click.echo(f"{printable(str(one.path))}: {one.summary}")
        for refused in checked.refused:
            for reason in refused.reasons:
                click.echo(f"refused: {printable(str(refused.path))}: {reason}")
        copies = f", {len(checked.copies)} copies of these" if checked.copies else ""
        log().print(Text(f"{len(checked.sound)} files are sound{copies}, {len(checked.refused)} refused"))
    if checked.refused:
        raise click.exceptions.Exit(1)


@leaderboard_command.command("build")
@READ
@click.option("--out", type=kinds.PATH, default=Path("site"), show_default=True)
@AS_JSON
def build_command(results: tuple[Path, ...], out: Path, as_json: bool) -> None:
    """Write the site of both boards: a folder of pages for a browser or any host.

    Files that are refused are left out and listed, here and on the site; the exit code is then 3.
    """
    boards, index = _built(results, out)
    if as_json:
        entries = sum(len(board.entries) for board in (*boards.reviewers, *boards.generators))
        print_json({"site": str(index), "entries": entries, "refused": _refusals(boards.refused)})
    else:
        click.echo(str(index))
    _warn(boards.refused)
    if boards.refused:
        raise click.exceptions.Exit(3)


@leaderboard_command.command("serve")
@click.option("--site", type=kinds.PATH, help="A folder that `build` wrote.")
@READ
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Or the next free one.")
def serve_command(site: Path | None, results: tuple[Path, ...], port: int) -> None:
    """Show the site on 127.0.0.1, to this machine only, until Ctrl-C."""
    if site is not None and results:
        raise InputError("give --site or --results, not both")
    with tempfile.TemporaryDirectory(prefix="peerassay-site-") as temporary:
        if site is None:
            boards, index = _built(results, Path(temporary, "site"))
            _warn(boards.refused)
            site = index.parent
        serve(site, port, ready=lambda address: log().print(Text(f"the boards: {address} (Ctrl-C ends it)")))


def _built(results: Sequence[Path], out: Path) -> tuple[Boards, Path]:
    from ..leaderboards.assemble import assemble
    from ..leaderboards.site.build import write_site

    with working("checking") as tell:
        boards = assemble(results_to_read(results), progress=tell)
        tell("writing the site")
        return boards, write_site(boards, out)


def _warn(refused: Sequence[Refused]) -> None:
    for one in refused:
        trouble().print(Text(f"refused: {printable(str(one.path))}: {'; '.join(one.reasons)}", style="yellow"))


def _added(added: AddedResult) -> dict[str, object]:
    rerun = {"outcome": added.rerun.outcome, "reason": added.rerun.reason} if added.rerun else None
    return {"path": str(added.path), "id": added.result.id, "status": added.result.status, "rerun": rerun}


def _refusals(refused: Sequence[Refused]) -> list[dict[str, object]]:
    return [{"path": str(one.path), "reason": one.reason, "reasons": list(one.reasons)} for one in refused]


def _file_rerun(file: FileRerun) -> dict[str, str]:
    return {"path": str(file.path), "outcome": file.rerun.outcome, "reason": file.rerun.reason}


leaderboard_command.add_command(diff_command)
