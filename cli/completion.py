"""`peerassay completion`: the script by which a shell asks for completions, and the answers to it."""

from __future__ import annotations

import contextlib
import os

import click
from click.shell_completion import CompletionItem, ShellComplete, split_arg_string

from ..data.errors import InputError
from .main import cli
from .user_file import read_user_file

PROGRAM = "peerassay"
ASKED = "_PEERASSAY_COMPLETE"
"""The variable in which a script asks: SHELL_complete."""


class FromLine(ShellComplete):
    """What all shells ask with: COMP_LINE, the command's line up to the cursor."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """The whole words of the line, and the one that the cursor stands in, without its quotes."""
        *words, incomplete = split_arg_string(f"{os.environ['COMP_LINE']}|")
        return words[1:], incomplete[:-1]


class Bash(FromLine):
    """For words with colons too: bash takes them, `=` and others for the beginning of a new word."""

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

    def get_completion_args(self) -> tuple[list[str], str]:
        """As from any line; notes what of the value bash has in earlier words."""
        words, incomplete = super().get_completion_args()
        value = incomplete.partition("=")[2] if incomplete.startswith("--") else incomplete
        self.begun = 1 + max(value.rfind(mark) for mark in os.environ["COMP_WORDBREAKS"])
        return words, incomplete

    def format_completion(self, item: CompletionItem[str]) -> str:
        """What bash puts in the place of its last word."""
        return f"{item.type},{item.value[self.begun :]}"


class Zsh(FromLine):
    """With `--option=` kept before a value, and no space after what goes on."""

    source_template = r"""#compdef %(prog_name)s

%(complete_func)s() {
    local kind value said
    local -a answer described plain open
    answer=("${(@f)$(env COMP_LINE="${(j: :)words[1,CURRENT]}" \
        %(complete_var)s=zsh_complete %(prog_name)s 2> /dev/null)}")
    compset -P '--[^=]#='
    for kind value said in "${(@)answer}"; do
        case $kind in
            dir) _path_files -/ ;;
            file) _path_files ;;
            plain)
                if [[ -n $said ]]; then described+=("${value//:/\\:}:$said")
                elif [[ $value == *[:/=] ]]; then open+=("$value")
                else plain+=("$value"); fi ;;
        esac
    done
    (( $#described )) && _describe -V unsorted described
    (( $#plain )) && compadd -V unsorted -a plain
    (( $#open )) && compadd -V unsorted -S '' -a open
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    %(complete_func)s "$@"
else
    compdef %(complete_func)s %(prog_name)s
fi
"""

    def format_completion(self, item: CompletionItem[str]) -> str:
        """Three lines: kind, value, help."""
        return f"{item.type}\n{item.value}\n{item.help or ''}"


class Fish(FromLine):
    """With `--option=` kept before a value, and help as it stands."""

    source_template = r"""function %(complete_func)s
    set -l begun (string match -r -- '^--[^=]*=' (commandline -ct))
    for line in (env COMP_LINE=(commandline -cp | string collect) \
            %(complete_var)s=fish_complete %(prog_name)s 2> /dev/null)
        set -l found (string split -m 1 , -- $line)
        switch $found[1]
            case dir
                __fish_complete_directories $found[2] '' | string replace -r '^' -- "$begun"
            case file
                __fish_complete_path $found[2] | string replace -r '^' -- "$begun"
            case plain
                echo -- "$begun$found[2]"
        end
    end
end

complete --no-files --keep-order --command %(prog_name)s --arguments "(%(complete_func)s)"
"""

    def format_completion(self, item: CompletionItem[str]) -> str:
        """Kind and value, and behind a tab the help."""
        return f"{item.type},{item.value}" + (f"\t{item.help}" if item.help else "")


SHELLS: dict[str, type[ShellComplete]] = {"bash": Bash, "zsh": Zsh, "fish": Fish}
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

    Try it at once: source <(peerassay completion bash), the same for zsh, or peerassay completion fish | source.
    To keep it, write it where your shell looks for it.
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
