"""The entry point: commands are imported when they are called, so that `--help` answers at once."""

from __future__ import annotations

import importlib
import os
import sys
from typing import TYPE_CHECKING

import click

from .streams import keep_streams_open
from .volume import start_telling, timed, volume_options, with_volume

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

COMMANDS = {
    "data": ("data", "Datasets: list, info, import, export, pull, audit."),
    "review": ("review", "Review papers with any reviewer."),
    "bench": ("bench", "Measure reviewers against human decisions."),
    "worker": ("worker", "Help with a bench that gives its work out, on any machine that sees its folder."),
    "slurm": ("slurm", "A script that lets an array of Slurm work on a run."),
    "ray": ("ray", "Workers of a run on a Ray cluster."),
    "evaluate": ("evaluate", "The same report from a table of scores and decisions, without texts."),
    "compare": ("compare", "Paired tests between the reviewers of runs."),
    "plan": ("plan", "Papers that resolve a difference, before a run, and what they cost."),
    "triage": ("triage", "Selective use of a run's reviewers: abstaining, turning away, a place on a committee."),
    "train": ("train", "Fit a learned reviewer on a dataset's calibration split."),
    "calibrate": ("calibrate", "Fit score -> P(accept) and the decision threshold on a run."),
    "score": ("score", "Score batches of generated papers by template and configuration."),
    "stress": ("stress", "What moves a reviewer and should not, and what should and does not: its card."),
    "canary": ("canary", "Whether a provider's model still reviews as it did: save, check, show."),
    "flaws": ("flaws", "Whether reviews name the flaw that was planted in a paper."),
    "leaderboard": ("leaderboard", "Result files, their checks, and the site of both boards."),
    "scientist": ("scientist", "From an idea to a reviewed paper: ideas, run, resume, audit."),
    "export": ("exchange", "A run as logs of Inspect AI, or as a Hugging Face folder."),
    "import": ("exchange", "Such logs, or such a folder, as a run."),
    "completion": ("completion", "The script that completes commands and names in your shell."),
    "config": ("config", "Your own defaults, and where each value comes from."),
    "doctor": ("doctor", "What is installed and ready, and what each missing thing costs you."),
}


class LazyGroup(click.Group):
    """A group that knows its commands' names and one-line helps without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The names, in the order of a user's work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the command's module."""
        if cmd_name not in COMMANDS:
            return None
        from .user_file import naming_file

        module = importlib.import_module(f".{COMMANDS[cmd_name][0]}", __package__)
        return naming_file(with_volume(getattr(module, f"{cmd_name}_command")))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands from the table, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[str]]:
        """The commands that begin so, from the table, and options."""
        from click.shell_completion import CompletionItem

        named = [CompletionItem(n, help=text) for n, (_, text) in COMMANDS.items() if n.startswith(incomplete)]
        return [*named, *click.Command.shell_complete(self, ctx, incomplete)]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click's, with near matches for an unknown name."""
        if not ctx.resilient_parsing and args and not args[0].startswith("-") and args[0] not in COMMANDS:
            from ..data.errors import unknown

            raise unknown("command", args[0], COMMANDS, hint="see peerassay --help")
        return super().resolve_command(ctx, args)


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="peerassay", prog_name="peerassay")
@click.pass_context
def cli(context: click.Context) -> None:
    """Assay paper reviewers against human decisions.

    Start with `peerassay bench -d sample`: the floors and a learned reviewer on the bundled manuscripts.

    Exit codes: 0 done, 1 a check found something, 2 wrong usage or input, 3 finished with failures recorded,
    4 budget reached (start the same command again to continue), 130 stopped by Ctrl-C (what was done is kept).
    """
    from .user_file import read_user_file

    context.obj = read_user_file()
    context.obj.check(list(COMMANDS))
    context.obj.set_folders()
    name = context.invoked_subcommand
    if name is not None and (command := cli.get_command(context, name)) is not None:
        context.default_map = {name: context.obj.defaults(command, name)}
        return
    from .greeting import greeting

    click.echo(greeting())


cli.params.extend(volume_options())


def main() -> None:
    """Run the command line; what the user can mend is told in one line, without a traceback."""
    from ..data.errors import InputError, NothingButFailures

    keep_streams_open()
    try:
        sys.exit(_run())
    except InputError as error:
        sys.exit(_tell(str(error), 2))
    except NothingButFailures as error:
        sys.exit(_tell(str(error), 3))
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        hint = f" (see {context.command_path} --help)" if context else ""
        from .user_file import at_fault

        sys.exit(_tell(f"{at_fault(error)}{error.format_message()}{hint}", 2))
    except (KeyboardInterrupt, EOFError, click.Abort) as stop:
        said = str(stop.__cause__ or stop)
        sys.exit(_tell(said or "stopped; what was done is kept, the same command continues", 130))
    except OSError as error:
        sys.exit(_tell(f"{str(error.filename or '')[:200]}: {error.strerror or error}", 2))


def _run() -> int | None:
    """Run the command; a group without one prints its help."""
    start_telling()
    if (asked := os.environ.get("_PEERASSAY_COMPLETE")) is not None:
        from .completion import answer

        return answer(asked)
    try:
        with timed("all"), cli.make_context("peerassay", sys.argv[1:]) as context:
            code = cli.invoke(context)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        code = 0
    except click.exceptions.Exit as end:
        code = end.exit_code
    sys.stdout.flush()
    return code


def _tell(message: str, code: int) -> int:
    from ..data.errors import printable

    print(f"peerassay: {printable(message.encode('utf-8', 'replace').decode())}", file=sys.stderr)
    return code


if __name__ == "__main__":
    main()
