r"""LaTeX source as LaTeX prints it: files put in, the paper's own commands replaced, switched-off text left out.

What comes out is plain LaTeX with the commands that every paper knows (\section, \cite, \textbf, tables, formulae). It
is read from left to right as TeX does, so that each definition counts from where it stands. A paper whose commands
never end is cut at the limits of `InputStack.spent`, which is a problem, as is every file that is asked for and
cannot be read.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from . import known_commands as known
from .branches import Branches
from .conditions import Conditions
from .definitions import NAMES, Definitions
from .environments import Environments
from .inputs import INPUTS, Inputs
from .macros import Alias, Constant, Count, EnvironmentDefinition, Macro, Meaning, Switch
from .numbers import Numbers
from .project import TexProject
from .registers import Boxes, Counters
from .source_map import MappedText, Output
from .stack import TOKEN, InputStack

DEEPEST = 20
"""Side readings within one another, as of a file's name that is a command."""
COMPUTED = {"directlua": 1, "luaexec": 1, "py": 1, "pyc": 1, "pys": 1, "Sexpr": 1, "fpeval": 1, "inteval": 1}
"""Commands, with their arguments, that print what only a program can tell."""
SILENT = ("relax", "expandafter", "noexpand", "long", "outer", "protected", "makeatletter", "makeatother",
          "leavevmode", "protect", "unexpanded")  # fmt: skip
"""Commands that print nothing and change nothing here."""
CHOSEN = {
    "@gobble": (1, 0), "@gobbletwo": (2, 0), "@firstofone": (1, 1), "@firstoftwo": (2, 1), "@secondoftwo": (2, 2),
    "use@none": (1, 0), "texorpdfstring": (2, 1), "hyperref": (1, 1), "hypertarget": (2, 2), "hyperlink": (2, 2),
    "foreignlanguage": (2, 2), "typeout": (1, 0), "message": (1, 0), "wlog": (1, 0), "special": (1, 0),
    "pdfinfo": (1, 0), "index": (1, 0), "pdfbookmark": (2, 0), "linespread": (1, 0), "setstretch": (1, 0),
    "enlargethispage": (1, 0), "numberwithin": (2, 0),
}  # fmt: skip
"""Commands that print one of so many arguments, or none."""
GROUPS = {"begingroup": "{", "bgroup": "{", "endgroup": "}", "egroup": "}"}


class Expander:
    """One reading of a project."""

    def __init__(self, files: TexProject) -> None:
        self.files = files
        self.stack = InputStack()
        self.output = Output()
        self.definitions = Definitions(self.stack, files.folders, self.expanded)
        numbers = Numbers(self.stack, self.definitions.meaning, self.expanded)
        conditions = Conditions(self.stack, self.definitions.meaning, self.expanded, numbers)
        self.branches = Branches(self.stack, files, conditions)
        self.inputs = Inputs(self.stack, files, self.expanded, self.output.add)
        boxes = Boxes(self.stack)
        self.environments = Environments(self.stack, files, self.definitions, self.output, boxes, self.expanded)
        self.counters = Counters(self.stack, self.definitions, self.output, numbers)
        self._handlers: dict[str, Callable[[str], None]] = {
            **dict.fromkeys(NAMES, self.definitions.define),
            **dict.fromkeys(INPUTS, self.inputs.read),
            **dict.fromkeys(known.QUANTITIES, self._quantity),
            **dict.fromkeys(COMPUTED, self._computed),
            **dict.fromkeys(CHOSEN, self._chosen),
            **dict.fromkeys(GROUPS, self._group),
            **dict.fromkeys(SILENT, lambda _: None),
            **dict.fromkeys(("csname", "csuse", "@nameuse"), self._named),
            **dict.fromkeys(("@ifstar", "@ifnextchar", "kernel@ifnextchar"), self._look_ahead),
            **dict.fromkeys(("usepackage", "RequirePackage", "documentclass"), self._package),
            "global": self._global,
            "endinput": self._end_input,
            **self.branches.handlers,
            **self.environments.handlers,
            **boxes.handlers,
            **self.counters.handlers,
        }

    def run(self, source: MappedText) -> MappedText:
        """The expanded text of the main file's source."""
        self.stack.push(source, self.files.main)
        self._read()
        return self.output.whole()

    def expanded(self, text: str) -> str:
        """A text with its commands expanded, read aside."""
        if "\\" not in text or self.output.aside >= DEEPEST or self.stack.spent:
            return text
        return self._aside(MappedText.at(text, self.stack.place), None)

    def _aside(self, source: MappedText, file: str | None) -> str:
        base, done = self.stack.base, self.environments.done
        self.stack.base = len(self.stack.frames)
        self.output.open()
        self.stack.push(source, file)
        self._read()
        del self.stack.frames[self.stack.base :]
        self.stack.base, self.environments.done = base, done
        return self.output.close()

    def _read(self) -> None:
        stack, output, definitions = self.stack, self.output, self.definitions
        while not self.environments.done and len(stack.frames) > stack.base:
            frame = stack.frames[-1]
            found = TOKEN.search(frame.text, frame.position)
            if found is None:
                output.add(frame.source.cut(frame.position, len(frame.text)))
                stack.frames.pop()
                continue
            start = found.start()
            output.add(frame.source.cut(frame.position, start))
            frame.position = found.end()
            place = frame.source.places[start]
            if found["name"]:
                self._command(found["name"], place)
            elif found["brace"]:
                (definitions.open if found["brace"] == "{" else definitions.close)()
                output.add(MappedText.at(found["brace"], place))
            elif isinstance(meaning := definitions.meaning(found["sign"]), Macro) and not stack.spent:
                stack.push(stack.call(meaning))
            else:
                output.add(MappedText.at(found[0], place))

    def _command(self, name: str, place: int) -> None:
        meaning = self.definitions.meaning(name)
        if isinstance(meaning, Macro):
            self._call(name, meaning, place)
            return
        if isinstance(meaning, Switch):
            self.branches.begin(name)
            return
        if isinstance(meaning, Count):
            self.counters.assign(name, meaning.register)
            return
        if isinstance(meaning, Constant):
            sign = chr(meaning.value or 0)
            self.output.add(MappedText.at(sign if sign.isascii() and sign.isprintable() else f"\\{name}", place))
            return
        if isinstance(meaning, Alias):
            name = meaning.name
        handler = self._handlers.get(name)
        if handler is not None:
            handler(name)
        elif not self.definitions.switched(name) and not self.branches.begin_unknown(name):
            self.output.command(name, place)

    def _call(self, name: str, macro: Macro, place: int) -> None:
        if self.stack.spent:
            self.files.problem(f"\\{name} (at {self.files.lines.shown(place)}) expands without end; not read further")
            self.output.command(name, place)
            return
        self.stack.push(self.stack.call(macro))

    def _global(self, _: str) -> None:
        self.definitions.everywhere = True

    def _group(self, name: str) -> None:
        (self.definitions.open if GROUPS[name] == "{" else self.definitions.close)()
        self.output.add(MappedText.at(GROUPS[name], self.stack.place))

    def _named(self, name: str) -> None:
        """A command whose name is put together."""
        named = self.stack.argument() if name != "csname" else self.stack.raw_until("\\endcsname")
        inner = self.expanded(named.text).strip() if named is not None else ""
        meaning = self.definitions.meaning(inner)
        if isinstance(meaning, Macro):
            self._call(inner, meaning, self.stack.place)
        elif re.fullmatch(r"[A-Za-z@]+", inner):
            self.stack.push_text(f"\\{inner}")

    def _end_input(self, _: str) -> None:
        frame = self.stack.file
        if frame is not None:
            frame.cut_after_line()

    def _chosen(self, name: str) -> None:
        count, which = CHOSEN[name]
        if not name.startswith("@"):
            self.stack.starts("*")
            self.stack.option()
        values = [self.stack.argument() for _ in range(count)]
        value = values[which - 1] if which else None
        if value is not None:
            self.stack.push(value)

    def _look_ahead(self, name: str) -> None:
        """A branch by what comes next."""
        sign = self.stack.argument() if name != "@ifstar" else None
        yes, no = self.stack.argument(), self.stack.argument()
        if name == "@ifstar":
            there = self.stack.starts("*")
        else:
            frame = self.stack.skip_space()
            there = frame is not None and sign is not None and frame.text.startswith(sign.text, frame.position)
        branch = yes if there else no
        if branch is not None:
            self.stack.push(branch)

    def _quantity(self, name: str) -> None:
        count, has_unit = known.QUANTITIES[name]
        option = self.stack.option()
        numbers = [self.stack.argument() for _ in range(count)]
        if name == "unit" and option is not None and "=" not in option.text:
            numbers = [option]
        if has_unit:
            self.stack.option()
        unit = self.stack.argument() if has_unit else None
        texts = [self.expanded(number.text) for number in numbers if number is not None]
        self.output.add(
            MappedText.at(known.quantity(name, texts, unit.text if unit is not None else ""), self.stack.place)
        )

    def _computed(self, name: str) -> None:
        where = self.files.lines.shown(self.stack.place)
        values = [self.stack.group() for _ in range(COMPUTED[name])]
        shown = "".join(f"{{{' '.join(value.text.split())[:40]}}}" for value in values if value is not None)
        if self.environments.body is not None:
            self.files.problem(f"{where}: \\{name}{shown} prints what a program computes; not read")

    def _package(self, name: str) -> None:
        """A package: of one that lies beside the paper the definitions count."""
        options, argument = self.stack.option(), self.stack.argument()
        names = argument.text if argument is not None else ""
        for part in names.split(","):
            self.branches.packages.add(part.strip())
            self.inputs.style(part.strip(), "cls" if name == "documentclass" else "sty", self._take_definitions)
        shown = f"[{options.text}]" if options is not None else ""
        self.output.add(MappedText.at(f"\\{name}{shown}{{{names}}}", self.stack.place))
        if name == "documentclass" and names.strip() == "subfiles" and options is not None:
            self.inputs.preamble_of(options.text.strip())

    def _take_definitions(self, source: MappedText, file: str) -> None:
        """Take only the definitions of a style file; what it prints, asks for and leaves open does not count."""
        if self.output.aside >= DEEPEST:
            return
        before, notes = dict(self.definitions.known), len(self.files.notes)
        problems, still_open = len(self.files.problems), self.branches.open
        self.branches.open = []
        self._aside(source, file)
        self.branches.open = still_open
        del self.files.notes[notes:], self.files.problems[problems:]
        for name, meaning in list(self.definitions.known.items()):
            if before.get(name) != meaning and _is_internal(name, meaning):
                self.definitions.known.pop(name)
                if name in before:
                    self.definitions.known[name] = before[name]


def _is_internal(name: str, meaning: Meaning) -> bool:
    """Whether a definition of a style file is about its own machinery, or changes what every paper knows."""
    if isinstance(meaning, Count | Constant):
        return False
    if "@" in name or any(name in table for table in (known.HEADINGS, known.CITES, known.DROPPED)):
        return True
    if isinstance(meaning, EnvironmentDefinition):
        return "@" in meaning.begin.body + meaning.end
    return isinstance(meaning, Macro) and "@" in meaning.body
