"""`peerassay config`: the user's own defaults, and where each value comes from."""

from __future__ import annotations

import os
from typing import Any

import click

from ..data.errors import unknown
from ..data.files import cache_home
from ..data.registry import data_home
from ..presentation.table import Table
from ..presentation.terminal import print_tables
from . import options
from .main import COMMANDS, cli
from .output import print_json
from .user_file import FOLDERS, UserFile, options_of, read_user_file


@click.command("config")
@click.argument("words", metavar="[COMMAND]", nargs=-1)
@options.AS_JSON
def config_command(words: tuple[str, ...], as_json: bool) -> None:
    """Your own defaults, and where each value comes from; of one COMMAND (as in `config bench`), all its options.

    They stand in a TOML file: config.toml in your configuration folder, or the file that PEERASSAY_CONFIG names.
    docs/config.md shows one. What is typed goes before it.
    """
    file = read_user_file()
    settings = _of_command(file, words) if words else _of_file(file)
    if as_json:
        print_json({"file": str(file.path), "read": bool(file.content), "settings": settings})
        return
    rows = tuple((row["name"], _shown(row["value"]), row["from"]) for row in settings)
    title = f"{file.path} (nothing there)" if file.path.name else "no file: PEERASSAY_CONFIG is empty"
    title = str(file.path) if file.content else title
    print_tables([Table(title, ("Setting", "Value", "From"), rows)])


def _of_file(file: UserFile) -> list[dict[str, Any]]:
    """The folders, and all that the file sets; every table is checked."""
    homes = {"data": data_home(), "cache": cache_home()}
    rows = [{"name": f"folders.{key}", "value": str(home), "from": _source(file, key)} for key, home in homes.items()]
    rows += [{"name": f"all.{key}", "value": value, "from": "file"} for key, value in file.table("all").items()]
    for name in file.content:
        if name in COMMANDS:
            file.defaults(_find((name,))[-1], name)
            rows += _flat(name, file.content[name])
    return rows


def _source(file: UserFile, key: str) -> str:
    """Where a folder comes from; what the file set is in the environment by now."""
    value, before = os.environ.get(FOLDERS[key]), file.folder(key)
    if not value:
        return "default"
    return "file" if value == before else FOLDERS[key]


def _flat(name: str, value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        return [row for key, one in value.items() for row in _flat(f"{name}.{key}", one)]
    return [{"name": name, "value": value, "from": "file"}]


def _of_command(file: UserFile, words: tuple[str, ...]) -> list[dict[str, Any]]:
    """All options of a command."""
    command = _find(words)[-1]
    if isinstance(command, click.Group):
        raise unknown("command", " ".join(words), [" ".join((*words, name)) for name in command.commands])
    given = file.defaults(command, *words)
    context = click.Context(command, info_name=words[-1])
    return [
        {"name": key, "value": given.get(str(one.name), _default(one, context)),
         "from": "file" if str(one.name) in given else "default"}
        for key, one in options_of(command).items()
    ]  # fmt: skip


def _default(option: click.Option, context: click.Context) -> Any:
    value = option.get_default(context)
    return value if isinstance(value, (str, int, float, bool)) else list(value) if isinstance(value, tuple) else None


def _find(words: tuple[str, ...]) -> list[click.Command]:
    """The commands that lead to the last word. Raises InputError for an unknown one, with near matches."""
    found: list[click.Command] = [cli]
    for word in words:
        group = found[-1]
        names = group.list_commands(click.Context(group)) if isinstance(group, click.Group) else []
        if word not in names:
            raise unknown("command", word, names)
        command = group.get_command(click.Context(group), word) if isinstance(group, click.Group) else None
        if command is not None:
            found.append(command)
    return found


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
