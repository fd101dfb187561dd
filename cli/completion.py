"""`peerassay completion`: the script by which a shell asks for completions, and the answers to it."""

from __future__ import annotations

import contextlib
import os

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    split_arg_string,
)

from ..data.errors import InputError
from .main import cli
from .user_file import read_user_file

PROGRAM = "peerassay"
ASKED = "_PEERASSAY_COMPLETE"
"""The variable in which a script asks: SHELL_complete."""


class Bash(BashComplete):
    """As click's, for words with colons too: bash takes them, `=` and others for the beginning of a new word."""

    source_template = r"""
%(complete_func)s() {
    local type value answer
    answer=$(env COMP_LINE="${COMP_LINE:0:$COMP_POINT}" COMP_WORDBREAKS="$COMP_WORDBREAKS" \
        %(complete_var)s=bash_complete "$1" 2> /dev/null)
    COMPREPLY=()
    while IFS=, read -r type value; do
        case $type in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            plain)
                [[ $value == *[:/=] ]] && compopt -o nospace
                printf -v value %%q "$value"
                COMPREPLY+=("$value") ;;
        esac
    done <<< "$answer"
}

complete -o nosort -F %(complete_func)s %(prog_name)s
"""
    begun = 0
    """Characters of the value that stand on the line already, in words before bash's last one."""

    def source(self) -> str:
        """The script; the bash that will read it need not be the one that is found here."""
        return ShellComplete.source(self)

    def get_completion_args(self) -> tuple[list[str], str]:
        """The whole words of the line up to the cursor, and the one that it stands in."""
        line = os.environ["COMP_LINE"]
        words = split_arg_string(line)
        incomplete = "" if line[-1:].isspace() else words.pop()
        value = incomplete.partition("=")[2] if incomplete.startswith("--") else incomplete
        self.begun = 1 + max(value.rfind(mark) for mark in os.environ["COMP_WORDBREAKS"])
        return words[1:], incomplete

    def format_completion(self, item: CompletionItem[str]) -> str:
        """What bash puts in the place of its last word."""
        return f"{item.type},{item.value[self.begun :]}"


SHELLS: dict[str, type[ShellComplete]] = {"bash": Bash, "zsh": ZshComplete, "fish": FishComplete}
PLACES = {
    "bash": "~/.local/share/bash-completion/completions/peerassay",
    "zsh": "a folder of your $fpath, as _peerassay",
    "fish": "~/.config/fish/completions/peerassay.fish",
}
"""Where each shell looks for such a script."""


@click.command("completion")
@click.argument("shell", type=click.Choice(list(SHELLS)))
def completion_command(shell: str) -> None:
    """The script that lets a SHELL complete commands, options, datasets, reviewers, templates and runs.

    Try it at once: source <(peerassay completion bash). To keep it, write it where your shell looks for it.
    """
    from .output import log

    click.echo(SHELLS[shell](cli, {}, PROGRAM, ASKED).source())
    log().print(f"# keep it in {PLACES[shell]}", markup=False, soft_wrap=True)


def answer(asked: str) -> int:
    """Print what fits at the cursor, for the script of a shell; `asked` is what the script wants."""
    kind, _, wanted = asked.partition("_")
    if kind not in SHELLS or wanted != "complete":
        return 1
    with contextlib.suppress(InputError):
        read_user_file().set_folders()
    click.echo(SHELLS[kind](cli, {}, PROGRAM, ASKED).complete())
    return 0
