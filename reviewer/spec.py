"""From a SPEC on the command line to a Reviewer.

    floor:always-reject | always-accept | random | base-rate | constant?value=5.5 | length | header | surface
    learned:iclr2022                    bundled weights, or learned:FILE
    replay:FILE                         reviews made earlier: a table (.csv, .tsv, .json, .jsonl) or a run's reviews;
                                        ?map=FIELD=COLUMN names a column, see `replay_columns`; may stand several times;
                                        or a folder that `peerassay export --to hf` wrote
    replay:bundled:NAME                 bundled reviews of ICLR 2022 papers, such as gpt-4o-1shot
    openai/MODEL  anthropic/MODEL       a language model; either may have @BASE_URL
    python:package.module:attribute     command:./program
    NAME or NAME:ARGUMENT               an installed entry point
    FILE.toml                           any of these, written down

Options follow a `?`, as in `replay:reviews.csv?name=mine&threshold=6`. Every SPEC but `command:` takes `name`,
`threshold` (accept from this score on) and `scale` (as in 1-10, where scores are on the scale of human ratings).
Plug-ins take `timeout`, the seconds for one review. A `command:` takes these where it is written down in a file. Those
of a language model are in `panel.settings`; their scale is the form's.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from ..data.errors import InputError, unknown, unknown_path
from ..data.files import read_text
from ..data.importers.columns import read_mapping
from ..data.importers.rows import SUFFIXES as TABLES
from ..llm.session import Session
from .bundled import PREFIX, load_bundled
from .exported import is_exported_run
from .floors import FLOORS, make_floor
from .function_reviewer import TIMEOUT
from .panel.panel import load_panel, names_a_model
from .plugin_process import PluginReviewer
from .plugins import CommandReviewer, check_reference, entry_point_names, has_entry_point
from .protocol import Reviewer, check_name
from .replay import ReplayReviewer

Options = dict[str, str]
COMMON_OPTIONS = ("name", "threshold", "scale")
FLOOR_OPTIONS = {"rate": ("base-rate",), "seed": ("random", "base-rate"), "value": ("constant",)}
"""The floors that each option matters to; others refuse it."""
OWN_OPTIONS = {
    "floor": tuple(FLOOR_OPTIONS),
    "replay": ("reviewer", "text", "map"),
    "python": ("timeout",),
    "command": ("timeout",),
}


def load_reviewer(spec: str, *, base_rate: float | None = None, session: Session | None = None) -> Reviewer:
    """The reviewer that a SPEC names. `base_rate` is what `floor:base-rate` uses unless the SPEC has its own.

    Language models are called within `session`, by default one with the user's cache and without a budget.

    Raises InputError for an unknown SPEC, with near matches, for wrong options, or an unreadable file.
    """
    kind, _, rest = spec.partition(":")
    if kind == "command":
        return CommandReviewer(rest)
    if _is_written_down(spec):
        return _from_toml(Path(spec), base_rate, session)
    if names_a_model(spec):
        model, _, query = spec.partition("?")
        return load_panel(model, read_options(query, spec), session or Session())
    rest, _, query = rest.partition("?")
    return _build(kind, rest, read_options(query, spec), base_rate)


def read_options(query: str, spec: str) -> Options:
    """The options after a SPEC's `?` by name; `map`, which alone may stand several times, as lines.

    Raises InputError for an option that stands twice.
    """
    options: Options = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name in options and name != "map":
            raise InputError(f"{spec}: {name} stands twice; give it once")
        options[name] = f"{options[name]}\n{value}" if name in options else value
    return options


def _is_written_down(spec: str) -> bool:
    """Whether the SPEC is a file with one; an option at its end may name a TOML file too."""
    return spec.endswith(".toml") and "?" not in spec


def _from_toml(path: Path, base_rate: float | None, session: Session | None) -> Reviewer:
    try:
        written = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: not TOML ({error})") from None
    spec = written.pop("reviewer", None)
    if not isinstance(spec, str) or (_is_written_down(spec) and not spec.startswith("command:")):
        raise InputError(f'{path}: needs a line such as reviewer = "replay:reviews.csv"')
    if any(isinstance(value, (dict, list)) for value in written.values()):
        raise InputError(f'{path}: options are plain values, such as name = "mine"')
    if spec.startswith("command:"):
        options = {k: str(v) for k, v in written.items()}
        program = CommandReviewer(spec.removeprefix("command:"), _timeout(options, spec))
        return _named(program, options, spec)
    joint = "&" if "?" in spec else "?"
    whole = f"{spec}{joint}{urlencode(written)}" if written else spec
    return load_reviewer(whole, base_rate=base_rate, session=session)


def _build(kind: str, rest: str, options: Options, base_rate: float | None) -> Reviewer:
    spec = f"{kind}:{rest}"
    makers: dict[str, Callable[[], Reviewer]] = {
        "floor": lambda: _floor(rest, options, base_rate, spec),
        "learned": lambda: _learned(rest),
        "replay": lambda: _replay(rest, options, spec),
        "python": lambda: _plugin("python", rest, "", options, spec),
    }
    if kind in makers:
        return _named(makers[kind](), options, spec)
    if has_entry_point(kind):
        return _named(_plugin("entry point", kind, rest, options, spec), options, spec)
    raise _unknown(spec.removesuffix(":"))


def _unknown(spec: str) -> InputError:
    """What may have been meant by a SPEC that is none: a file is named after what it holds."""
    path, _, attribute = spec.partition(":")
    if Path(path).suffix.lower() in TABLES:
        return InputError(f"unknown reviewer {spec!r}; did you mean replay:{spec}? (reviews made earlier)")
    if path.endswith(".py"):
        module = ".".join(Path(path).with_suffix("").parts)
        return InputError(f"unknown reviewer {spec!r}; did you mean python:{module}:{attribute or 'FUNCTION'}?")
    if Path(path).is_file():
        return InputError(f"unknown reviewer {spec!r}; did you mean command:{path if '/' in path else f'./{path}'}?")
    return unknown("reviewer", spec, known_specs(), hint="see `peerassay bench --help`")


def known_specs() -> list[str]:
    """SPECs and prefixes of SPECs that can be used here, for messages."""
    models = ("openai/MODEL", "anthropic/MODEL")
    files = ("replay:FILE", "python:module:attribute", "command:PROGRAM", "FILE.toml")
    floors = (f"floor:{kind}" for kind in FLOORS if kind != "constant")
    return [*floors, "floor:constant?value=5.5", "learned:iclr2022", *models, *files, *entry_point_names()]


def _floor(kind: str, options: Options, base_rate: float | None, spec: str) -> Reviewer:
    settings: dict[str, Any] = {} if base_rate is None else {"rate": base_rate}
    for name, floors in FLOOR_OPTIONS.items():
        if name in options and kind in FLOORS and kind not in floors:
            raise InputError(f"{spec}: {name} changes nothing here; it is an option of floor:{', floor:'.join(floors)}")
    if "rate" in options:
        settings["rate"] = _number(options.pop("rate"), f"{spec}: rate")
        if not 0 <= settings["rate"] <= 1:
            raise InputError(f"{spec}: rate must lie between 0 and 1")
    if "seed" in options:
        settings["seed"] = _whole(options.pop("seed"), f"{spec}: seed")
    if "value" in options:
        settings["value"] = _number(options.pop("value"), f"{spec}: value")
    return make_floor(kind, **settings)


def _plugin(kind: str, name: str, argument: str, options: Options, spec: str) -> Reviewer:
    if kind == "python":
        check_reference(name)
    return PluginReviewer(kind, name, argument, timeout=_timeout(options, spec))


def _timeout(options: Options, spec: str) -> float:
    """Seconds for one review."""
    seconds = _number(options.pop("timeout", str(TIMEOUT)), f"{spec}: timeout")
    if seconds <= 0:
        raise InputError(f"{spec}: timeout is {seconds:g} seconds, in which nothing is reviewed; give more")
    return seconds


def _learned(rest: str) -> Reviewer:
    from .learned.model import load_learned

    return load_learned(rest)


def _replay(rest: str, options: Options, spec: str) -> Reviewer:
    if rest.startswith(PREFIX):
        return load_bundled(rest.removeprefix(PREFIX))
    columns = read_mapping(options.pop("map", "").splitlines(), f"{spec}?map", empty=True)
    replay = ReplayReviewer(_existing(rest, spec), reviewer=options.pop("reviewer", None), columns=columns)
    text = options.pop("text", None)
    if text is not None:
        if text not in ("raw", "scrubbed"):
            raise InputError(f"{spec}: text is {text!r}; it takes raw or scrubbed")
        replay.traits = replay.traits.model_copy(update={"text": text})
    return replay


def _existing(name: str, spec: str) -> Path:
    path = Path(name)
    if is_exported_run(path):
        return path
    if path.is_dir():
        raise InputError(f"{spec}: {name} is a folder; name the file of reviews in it")
    if not path.is_file():
        raise unknown_path("file", path, "reviews made earlier (.csv, .tsv, .json, .jsonl)", hint=f"in {spec}")
    return path


def _named(reviewer: Reviewer, options: Options, spec: str) -> Reviewer:
    """The reviewer with the options that every SPEC takes."""
    changes: dict[str, Any] = {}
    if "threshold" in options:
        changes["accept_at"] = _number(options.pop("threshold"), f"{spec}: threshold")
    if "scale" in options:
        ends = re.fullmatch(r"(-?\d+(?:\.\d+)?)-(-?\d+(?:\.\d+)?)", options.pop("scale"))
        if not ends or float(ends[1]) >= float(ends[2]):
            raise InputError(f"{spec}: scale must be LOW-HIGH, such as 1-10")
        changes["scale"] = (float(ends[1]), float(ends[2]))
    name = options.pop("name", None)
    if options:
        known = (*COMMON_OPTIONS, *OWN_OPTIONS.get(spec.partition(":")[0], ()))
        raise unknown("option", min(options), known, hint=spec)
    if changes:
        reviewer.traits = reviewer.traits.model_copy(update=changes)
    if name:
        if name != reviewer.name:
            check_name(name, spec)
        reviewer.name = name
    return reviewer


def _number(text: str, where: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise InputError(f"{where} is {text!r}, not a number")
    return number


def _whole(text: str, where: str) -> int:
    number = _number(text, where)
    if not number.is_integer():
        raise InputError(f"{where} is {text!r}, not a whole number")
    return int(number)
