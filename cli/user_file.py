"""The user's own defaults: a TOML file with a table per command, whose keys are the long names of options.

What is typed goes before it, and so do the variables for its folders. What it adds to a command line is put on record
as if it had been typed, see `as_typed`.
"""

from __future__ import annotations

import os
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import click
from click.core import ParameterSource

from ..data.errors import InputError, unknown

VARIABLE = "PEERASSAY_CONFIG"
FOLDERS = {"data": "PEERASSAY_DATA", "cache": "PEERASSAY_CACHE"}
"""Keys of [folders], and the variables that go before them."""
ALL = ("budget", "cache", "concurrency", "config", "dataset", "draws", "model", "patience", "reviewer", "seed")
"""Keys of [all], for every command that has such an option."""


@dataclass(frozen=True)
class UserFile:
    """The file as it was read; `path` is where it is or would be."""

    path: Path
    content: dict[str, Any] = field(default_factory=dict)

    def table(self, *names: str) -> dict[str, Any]:
        """The table of this name, such as scientist.run; empty where there is none. Raises InputError for a value."""
        found: Any = self.content
        for depth, name in enumerate(names):
            found = found.get(name, {})
            if not isinstance(found, dict):
                raise InputError(f"{self.path}: {'.'.join(names[: depth + 1])} is a table, as in [{'.'.join(names)}]")
        return found

    def check(self, commands: list[str]) -> None:
        """Raises InputError for a table, or a key of [folders] or [all], that means nothing."""
        known = {"": ["folders", "all", *commands], "folders": list(FOLDERS), "all": list(ALL)}
        for name, keys in known.items():
            for key in self.table(name) if name else self.content:
                if key not in keys:
                    raise self._unknown(f"key of [{name}]" if name else "table", key, keys)

    def defaults(self, command: click.Command, *names: str) -> dict[str, Any]:
        """click's default map for the command called `names`. Raises InputError for a key that is no option of it."""
        own = self.table(*names)
        if isinstance(command, click.Group):
            for key in own:
                if key not in command.commands:
                    raise self._unknown(f"table of [{'.'.join(names)}]", key, command.commands)
            return {name: self.defaults(one, *names, name) for name, one in command.commands.items()}
        options = options_of(command)
        for key in own:
            if key not in options:
                raise self._unknown(f"key of [{'.'.join(names)}]", key, options)
        everywhere = {key: value for key, value in self.table("all").items() if key in options}
        if "reviewer" in everywhere and not _takes_spec(options["reviewer"]):
            del everywhere["reviewer"]
        return {str(options[key].name): self._value(options[key], key, v) for key, v in {**everywhere, **own}.items()}

    def _value(self, option: click.Option, key: str, value: Any) -> Any:
        """The value as click takes it: a list where the option may stand several times.

        A list of reviewers may stand in [all]: a command that takes one refuses it unless one is typed.
        """
        if option.multiple and not isinstance(value, list):
            value = [value]
        listed = isinstance(value, list) and (option.multiple or _takes_spec(option))
        if not all(isinstance(one, (str, int, float, bool)) for one in (value if listed else [value])):
            raise InputError(f"{self.path}: {key}: takes {'a list of values' if option.multiple else 'one value'}")
        if option.is_flag is not isinstance(value, bool):
            raise InputError(f"{self.path}: {key}: takes {'true or false' if option.is_flag else 'text or a number'}")
        return value

    def _unknown(self, kind: str, key: str, known: Iterable[str]) -> InputError:
        return InputError(f"{self.path}: {unknown(kind, key, known)}")

    def folder(self, key: str) -> str | None:
        """A folder of [folders], as an absolute path. Raises InputError where it is no text."""
        value = self.table("folders").get(key)
        if value is None:
            return None
        if not isinstance(value, str):
            raise InputError(f"{self.path}: [folders] {key}: takes the path of a folder, as text")
        return str((self.path.parent / Path(value).expanduser()).absolute())

    def set_folders(self) -> None:
        """Let the folders of the file hold, for other processes too, where no variable says otherwise."""
        for key, variable in FOLDERS.items():
            if (folder := self.folder(key)) is not None:
                os.environ.setdefault(variable, folder)


def read_user_file() -> UserFile:
    """The file that PEERASSAY_CONFIG names (empty: none), else `config.toml` in the platform's folder, if it is there.

    Raises InputError where it cannot be read, or where the variable names none.
    """
    named = os.environ.get(VARIABLE)
    if named is None:
        import platformdirs

        path = platformdirs.user_config_path("peerassay", appauthor=False) / "config.toml"
    else:
        path = Path(named)
    if not named and (named == "" or not path.is_file()):
        return UserFile(path)
    try:
        return UserFile(path, tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not TOML ({error})") from None
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}; {VARIABLE} names the file with your defaults") from None


def at_fault(error: click.ClickException) -> str:
    """The file, where the value that click refuses is from there; else nothing."""
    context, option = getattr(error, "ctx", None), getattr(error, "param", None)
    if context is None or option is None:
        return ""
    from_file = context.get_parameter_source(option.name) is ParameterSource.DEFAULT_MAP
    return f"{context.find_root().obj.path}: " if from_file else ""


class FromFile(click.Context):
    """Of one command: an error about a value of the user's file names the file."""

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        tb: TracebackType | None,
    ) -> bool | None:
        """Put the file's name before the error where words of such a value stand in it."""
        if isinstance(exc_value, InputError) and any(_stands_in(str(exc_value), value) for value in self._from_file()):
            exc_value.args = (f"{self.find_root().obj.path}: {exc_value}",)
        return super().__exit__(exc_type, exc_value, tb)

    def _from_file(self) -> Iterator[str]:
        for option in options_of(self.command).values():
            if self.default_map and self.get_parameter_source(str(option.name)) is ParameterSource.DEFAULT_MAP:
                value = self.default_map[option.name]
                yield from map(str, value if isinstance(value, list) else [value])


def naming_file(command: click.Command) -> click.Command:
    """The command, and all commands within it, whose errors name the user's file where a value is from there."""
    if isinstance(command, click.Group):
        for one in command.commands.values():
            naming_file(one)
    else:
        command.context_class = FromFile
    return command


def _takes_spec(option: click.Option) -> bool:
    """Whether its values say which reviewer, and do not choose among those of a run."""
    from .kinds import REVIEWER

    return option.type is REVIEWER


def _stands_in(message: str, value: str) -> bool:
    """Whether a part of a SPEC, path or name is one of the words of the message."""
    return any(
        re.search(rf"(?<![\w-]){re.escape(part)}(?![\w-])", message) for part in re.split("[:/@?&=]+", value) if part
    )


def options_of(command: click.Command) -> dict[str, click.Option]:
    """The options of a command by their long names, as they stand in the file."""
    options = [option for option in command.params if isinstance(option, click.Option)]
    return {long.removeprefix("--"): one for one in options for long in one.opts if long.startswith("--")}


def as_typed() -> list[str]:
    """The command line, with what came from the user's file in it as if it had been typed."""
    arguments = sys.argv[1:]
    context = click.get_current_context(silent=True)
    if context is None or not context.default_map:
        return ["peerassay", *arguments]
    added: list[str] = []
    for option in options_of(context.command).values():
        name = str(option.name)
        if context.get_parameter_source(name) is ParameterSource.DEFAULT_MAP:
            added += _typed(option, context.default_map[name])
    at = 0
    for word in context.command_path.split()[1:]:
        at = arguments.index(word, at) + 1
    return ["peerassay", *arguments[:at], *added, *arguments[at:]]


def _typed(option: click.Option, value: Any) -> list[str]:
    long = next(name for name in option.opts if name.startswith("--"))
    if option.is_flag:
        return [long] if value else list(option.secondary_opts[:1])
    return [word for one in (value if isinstance(value, list) else [value]) for word in (long, str(one))]
