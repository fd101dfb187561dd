r"""LaTeX source as LaTeX prints it: files put in, the paper's own commands replaced, switched-off text left out.

What comes out is plain LaTeX with the commands that every paper knows (\section, \cite, \textbf, tables, formulae). It
is read from left to right as TeX does, so that each definition counts from where it stands. A paper whose commands
never end is cut at `MOST_EXPANSIONS` and `MOST_CHARACTERS`, which is a problem, as is every file that is asked for and
cannot be read.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable

from . import latex_tables as known
from .placed import Placed
from .tex_conditions import PRIMITIVES, Conditions
from .tex_definitions import NAMES, Definitions
from .tex_files import TexFiles
from .tex_inputs import INPUTS, Inputs
from .tex_macros import Alias, Environment, Macro, Meaning, Switch
from .tex_stack import MOST_CHARACTERS, TOKEN, Stack
from .tex_units import QUANTITIES, printed

DEEPEST = 20
"""Side readings within one another, as of a file's name that is a command."""
SKIPPED = re.compile(r"\\(?:([A-Za-z@]+)|.)", re.DOTALL)
BRANCHED = {
    "ifthenelse": 1, "ifbool": 1, "notbool": 1, "iftoggle": 1, "nottoggle": 1, "@ifundefined": 1, "ifcsundef": 1,
    "ifundef": 1, "ifdef": 1, "ifcsdef": 1, "ifblank": 1, "notblank": 1, "ifstrempty": 1, "IfBlankTF": 1,
    "ifdefempty": 1, "ifdefvoid": 1, "ifcsempty": 1, "ifcsvoid": 1, "ifstrequal": 2, "ifdefstring": 2,
    "ifcsstring": 2, "IfValueTF": 1, "IfNoValueTF": 1, "IfBooleanTF": 1, "IfValueT": 1, "IfValueF": 1,
    "IfNoValueT": 1, "IfNoValueF": 1, "IfBooleanT": 1, "IfBooleanF": 1, "@ifpackageloaded": 1, "@ifclassloaded": 1,
    "ifnumcomp": 3, "ifnumequal": 2,
}  # fmt: skip
"""Conditionals with how many arguments they test; their branches are arguments too."""
NO_IF = {"iff", "ifstrequal", "ifthenelse", *BRANCHED}
HIDDEN = {"comment"}
COMPUTED = {"directlua": 1, "luaexec": 1, "py": 1, "pyc": 1, "pys": 1, "Sexpr": 1, "fpeval": 1, "inteval": 1,
            "pgfmathparse": 1, "pgfmathresult": 0, "pgfmathsetmacro": 2, "FPeval": 2}  # fmt: skip
"""Commands that print what only a program can tell."""
DROPPED = {"relax", "expandafter", "noexpand", "long", "outer", "protected", "makeatletter", "makeatother", "endgroup",
           "begingroup", "bgroup", "egroup", "leavevmode", "protect", "unexpanded"}  # fmt: skip


CHOSEN = {"@gobble": (1, 0), "@gobbletwo": (2, 0), "@firstofone": (1, 1), "@firstoftwo": (2, 1), "@secondoftwo": (2, 2),
          "use@none": (1, 0)}  # fmt: skip
"""Commands that print one of so many arguments, or none."""
SET_BOX = re.compile(r"(\\[A-Za-z@]+|\d+)\s*=?\s*\\[hv](?:box|top)\s*(?:(?:to|spread)\s*[^{}\n]{1,40})?(?=\{)")
BOX_NAME = re.compile(r"\\[A-Za-z@]+|\d+")


class Expander:
    """One reading of a project. `run` gives the expanded text; `body` is where the document begins in it."""

    def __init__(self, files: TexFiles) -> None:
        self.files = files
        self.stack = Stack()
        self.definitions = Definitions(self.stack, files.folders, self.expanded)
        self.conditions = Conditions(self.stack, self.definitions.meaning, self.expanded)
        self.inputs = Inputs(self.stack, files, self.expanded, self.add)
        self.excluded = set(HIDDEN)
        self.branches: list[bool] = []
        """For each conditional that is open, whether its \\else ends what is printed."""
        self.negated = False
        self.packages: set[str] = set()
        self.environments: list[tuple[str, str]] = []
        self.at_begin: list[Placed] = []
        self.at_end: list[Placed] = []
        self.boxes: dict[str, Placed] = {}
        self.body: int | None = None
        self.after = ""
        self.done = False
        self._texts: list[str] = []
        self._places = array("I")
        self._word = False
        self._depth = 0

    def run(self, source: Placed) -> Placed:
        """The expanded text of the main file's source."""
        self.stack.push(source, self.files.main)
        self._read()
        return Placed("".join(self._texts), self._places)

    def definitions_of(self, source: Placed, file: str) -> None:
        """Take only the definitions of a style file; what it prints, asks for and leaves open does not count."""
        before, notes = dict(self.definitions.known), len(self.files.notes)
        problems, branches = len(self.files.problems), self.branches
        self.branches = []
        self._aside(source, file)
        self.branches = branches
        del self.files.notes[notes:], self.files.problems[problems:]
        for name, meaning in list(self.definitions.known.items()):
            if before.get(name) != meaning and _is_internal(name, meaning):
                self.definitions.known.pop(name)
                if name in before:
                    self.definitions.known[name] = before[name]

    def expanded(self, text: str) -> str:
        """A text with its commands expanded, read aside."""
        if "\\" not in text or self._depth >= DEEPEST or self.stack.spent:
            return text
        return self._aside(Placed.at(text, self.stack.place), None)

    def add(self, piece: Placed) -> None:
        """Print a text."""
        if not piece.text:
            return
        if self._word and piece.text[0].isalpha():
            self._texts.append(" ")
            self._places.append(piece.places[0])
        self._texts.append(piece.text)
        self._places.extend(piece.places)
        self._word = False

    def _aside(self, source: Placed, file: str | None) -> str:
        kept = self._texts, self._places, self._word, self.stack.base, self.done
        self._texts, self._places, self._word = [], array("I"), False
        self.stack.base = len(self.stack.frames)
        self._depth += 1
        self.stack.push(source, file)
        self._read()
        text = "".join(self._texts)
        del self.stack.frames[self.stack.base :]
        self._depth -= 1
        self._texts, self._places, self._word, self.stack.base, self.done = kept
        return text

    def _read(self) -> None:
        stack = self.stack
        while not self.done and len(stack.frames) > stack.base:
            frame = stack.frames[-1]
            found = TOKEN.search(frame.text, frame.position)
            if found is None:
                self.add(frame.source.cut(frame.position, len(frame.text)))
                stack.frames.pop()
                continue
            start = found.start()
            if start > frame.position:
                self.add(frame.source.cut(frame.position, start))
            frame.position = found.end()
            place = frame.source.places[start]
            if found["name"]:
                self._command(found["name"], place)
            elif found["brace"]:
                (self.definitions.open if found["brace"] == "{" else self.definitions.close)()
                self.add(Placed.at(found["brace"], place))
            elif isinstance(meaning := self.definitions.meaning(found["sign"]), Macro) and not stack.spent:
                stack.push(stack.call(meaning))
            else:
                self.add(Placed.at(found[0], place))

    def _command(self, name: str, place: int) -> None:
        meaning = self.definitions.meaning(name)
        if isinstance(meaning, Macro):
            self._call(name, meaning, place)
            return
        if isinstance(meaning, Switch):
            self._condition(self.conditions.primitive(name), name)
            return
        if isinstance(meaning, Alias):
            name = meaning.name
        if name in HANDLERS:
            HANDLERS[name](self, name)
        elif name in NAMES:
            self.definitions.define(name)
        elif name in PRIMITIVES:
            self._condition(self._case() if name == "ifcase" else self.conditions.primitive(name), name)
        elif name in BRANCHED:
            self._branch(name)
        elif name in INPUTS:
            self.inputs.read(name)
        elif name in QUANTITIES:
            self._quantity(name)
        elif name in COMPUTED:
            self._computed(name)
        elif not self.definitions.switched(name):
            self._print(name, place)

    def _print(self, name: str, place: int) -> None:
        self.add(Placed.at(f"\\{name}", place))
        self._word = True

    def _call(self, name: str, macro: Macro, place: int) -> None:
        if self.stack.spent:
            self.files.problem(f"\\{name} (at {self.files.lines.shown(place)}) expands without end; not read further")
            self._print(name, place)
            return
        self.stack.push(self.stack.call(macro))

    # conditionals

    def _unless(self, _: str) -> None:
        self.negated = True

    def _condition(self, value: bool | None, name: str) -> None:
        if self.negated:
            value = None if value is None else not value
            self.negated = False
        if value is None:
            where = self.files.lines.shown(self.stack.place)
            self._note(f"{where}: \\{name} cannot be decided from the source; both branches are read")
            self.branches.append(False)
        elif value or self._skip() == "else":
            self.branches.append(True)

    def _note(self, line: str) -> None:
        if line not in self.files.notes:
            self.files.notes.append(line)

    def _skip(self) -> str:
        r"""Read without printing up to the \else, \or or \fi of this conditional, or the end of the file."""
        depth = 0
        while (frame := self.stack.top()) is not None:
            found = SKIPPED.search(frame.text, frame.position)
            frame.position = found.end() if found else len(frame.text)
            if found is None:
                if frame.file is not None:
                    self._note(f"{self.files.lines.shown(frame.place)}: a conditional does not end in this file")
                    return "fi"
                continue
            word = found[1] or ""
            if word == "fi":
                if depth == 0:
                    return "fi"
                depth -= 1
            elif word in ("else", "or") and depth == 0:
                return word
            elif self._is_conditional(word):
                depth += 1
        return "fi"

    def _is_conditional(self, word: str) -> bool:
        if not word.startswith("if") or word in NO_IF:
            return False
        meaning = self.definitions.meaning(word)
        return word in PRIMITIVES or not isinstance(meaning, Macro | Environment)

    def _case(self) -> bool | None:
        number = self.conditions.number()
        if number is None:
            return None
        while number > 0:
            end = self._skip()
            if end == "fi":
                self.stack.push_text("\\fi")
                return True
            if end == "else":
                return True
            number -= 1
        return True

    def _else(self, name: str) -> None:
        if not self.branches or not self.branches[-1]:
            return
        while name != "fi":
            name = self._skip()
        self.branches.pop()

    def _fi(self, _: str) -> None:
        if self.branches:
            self.branches.pop()

    def _branch(self, name: str) -> None:
        values = [self.stack.argument() for _ in range(BRANCHED[name])]
        one_only = name[-1] in "TF" and not name.endswith("TF")
        yes = self.stack.argument()
        no = None if one_only else self.stack.argument()
        if one_only and name.endswith("F"):
            yes, no = None, yes
        texts = [value.text if value is not None else "" for value in values]
        if name in ("@ifpackageloaded", "@ifclassloaded"):
            value = texts[0].strip() in self.packages
        else:
            value = self.conditions.of_arguments(name, texts)
        if value is None:
            where = self.files.lines.shown(self.stack.place)
            self._note(f"{where}: \\{name} cannot be decided from the source; both branches are read")
        for branch, shown in ((no, value is not True), (yes, value is not False)):
            if branch is not None and shown:
                self.stack.push(branch)

    # environments

    def _begin(self, _: str) -> None:
        argument = self.stack.argument()
        name = self.expanded(argument.text).strip() if argument is not None else ""
        if name.rstrip("*") in self.excluded or name in self.excluded:
            self._exclude(name)
            return
        if name == "lrbox":
            self._box_environment()
            return
        self.definitions.open()
        meaning = self.definitions.meaning(f"begin {name}")
        if isinstance(meaning, Environment) and not self.stack.spent:
            if re.search(r"\\comment(?![A-Za-z@])", meaning.begin.body):
                self.definitions.close()
                self._exclude(name)
                return
            self.environments.append((name, meaning.end))
            values = self.stack.call(Macro(meaning.begin.body, meaning.begin.parameters))
            self.stack.push(values)
            return
        self.add(Placed.at(f"\\begin{{{name}}}", self.stack.place))
        if name == "document":
            self.body = self.body or sum(map(len, self._texts)) if self._depth == 0 else self.body
            for piece in reversed(self.at_begin):
                self.stack.push(piece)
            self.at_begin.clear()

    def _end(self, _: str) -> None:
        argument = self.stack.argument()
        name = self.expanded(argument.text).strip() if argument is not None else ""
        if name == "document":
            self._end_document()
            return
        if self.environments and self.environments[-1][0] == name:
            end = self.environments.pop()[1]
            self.stack.push_text(rf"{end}\peerassay@close ")
            return
        self.definitions.close()
        self.add(Placed.at(f"\\end{{{name}}}", self.stack.place))

    def _close(self, _: str) -> None:
        self.definitions.close()

    def _end_document(self) -> None:
        if self.at_end:
            self.stack.push_text("\\end{document}")
            for piece in reversed(self.at_end):
                self.stack.push(piece)
            self.at_end.clear()
            return
        self.add(Placed.at("\\end{document}", self.stack.place))
        self.after = "".join(frame.text[frame.position :] for frame in reversed(self.stack.frames))
        self.done = True

    def _exclude(self, name: str) -> None:
        """Leave out an environment that is not printed."""
        closing = re.compile(rf"\\end\s*\{{{re.escape(name)}\}}")
        while (frame := self.stack.top()) is not None:
            found = closing.search(frame.text, frame.position)
            if found is not None:
                frame.position = found.end()
                return
            if frame.file is not None:
                self.files.problem(
                    f"{self.files.lines.shown(frame.place)}: \\begin{{{name}}} has no end; its text is read"
                )
                return
            frame.position = len(frame.text)

    def _box_environment(self) -> None:
        box, frame = self.stack.argument(), self.stack.top()
        end = re.compile(r"\\end\s*\{lrbox\}").search(frame.text, frame.position) if frame else None
        if box is not None and frame is not None and end is not None:
            self.boxes[box.text.strip()] = frame.source.cut(frame.position, end.start())
            frame.position = end.end()

    def _excluding(self, name: str) -> None:
        argument = self.stack.argument()
        for part in argument.text.split(",") if argument is not None else ():
            if name.startswith("exclude"):
                self.excluded.add(part.strip())
            else:
                self.excluded.discard(part.strip())
        if name == "specialcomment":
            self.stack.argument()
            self.stack.argument()

    def _comment(self, name: str) -> None:
        r"""\comment ... \endcomment, as commands."""
        self.stack.raw_until(f"\\end{name}", MOST_CHARACTERS)

    # the rest

    def _global(self, _: str) -> None:
        self.definitions.everywhere = True

    def _group(self, name: str) -> None:
        (self.definitions.open if name in ("begingroup", "bgroup") else self.definitions.close)()
        self.add(Placed.at("{" if name in ("begingroup", "bgroup") else "}", self.stack.place))

    def _drop(self, name: str) -> None:
        """Nothing is printed for it."""

    def _csname(self, name: str) -> None:
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

    def _quantity(self, name: str) -> None:
        count, has_unit = QUANTITIES[name]
        self.stack.option()
        numbers = [self.stack.argument() for _ in range(count)]
        if has_unit:
            self.stack.option()
        unit = self.stack.argument() if has_unit else None
        texts = [self.expanded(number.text) for number in numbers if number is not None]
        self.add(Placed.at(printed(name, texts, unit.text if unit is not None else ""), self.stack.place))

    def _computed(self, name: str) -> None:
        where = self.files.lines.shown(self.stack.place)
        values = [self.stack.group() for _ in range(COMPUTED[name])]
        shown = "".join(f"{{{' '.join(value.text.split())[:40]}}}" for value in values if value is not None)
        if name != "pgfmathparse":
            self.files.problem(f"{where}: \\{name}{shown} prints what a program computes; not read")

    def _hook(self, name: str) -> None:
        if name == "AddToHook":
            which = self.stack.argument()
            label = which.text.strip() if which is not None else ""
            name = {"begindocument": "AtBeginDocument", "enddocument": "AtEndDocument"}.get(label, "")
        piece = self.stack.argument()
        if piece is not None and name.startswith("At"):
            (self.at_begin if "Begin" in name else self.at_end).append(piece)

    def _save_box(self, _: str) -> None:
        name = self.stack.argument()
        self.stack.option()
        self.stack.option()
        content = self.stack.argument()
        if name is not None and content is not None:
            self.boxes[name.text.strip()] = content

    def _set_box(self, _: str) -> None:
        r"""\setbox prints nothing until the box is used."""
        frame = self.stack.skip_space()
        found = SET_BOX.match(frame.text, frame.position) if frame else None
        if frame is None or found is None:
            return
        frame.position = found.end()
        content = self.stack.group()
        if content is not None:
            self.boxes[found[1]] = content

    def _plain_box(self, _: str) -> None:
        """\box and \\copy with a number or a name."""
        frame = self.stack.skip_space()
        found = BOX_NAME.match(frame.text, frame.position) if frame else None
        if frame is None or found is None:
            return
        frame.position = found.end()
        content = self.boxes.get(found[0].strip())
        if content is not None and not self.stack.spent:
            self.stack.expansions += 1
            self.stack.push(content)

    def _chosen(self, name: str) -> None:
        r"""\@firstoftwo and kin: one of the next arguments."""
        count, which = CHOSEN[name]
        values = [self.stack.argument() for _ in range(count)]
        value = values[which - 1] if which else None
        if value is not None:
            self.stack.push(value)

    def _look_ahead(self, name: str) -> None:
        r"""\@ifstar and \@ifnextchar: a branch by what comes next."""
        sign = self.stack.argument() if name in ("@ifnextchar", "kernel@ifnextchar") else None
        yes, no = self.stack.argument(), self.stack.argument()
        if name == "@ifstar":
            branch = yes if self.stack.starts("*") else no
        else:
            frame = self.stack.skip_space()
            there = frame is not None and sign is not None and frame.text.startswith(sign.text, frame.position)
            branch = yes if there else no
        if branch is not None:
            self.stack.push(branch)

    def _use_box(self, _: str) -> None:
        name = self.stack.argument()
        content = self.boxes.get(name.text.strip()) if name is not None else None
        if content is not None and not self.stack.spent:
            self.stack.expansions += 1
            self.stack.push(content)

    def _package(self, name: str) -> None:
        """A package: of one that lies beside the paper the definitions count."""
        options, argument = self.stack.option(), self.stack.argument()
        names = argument.text if argument is not None else ""
        for part in names.split(","):
            self.packages.add(part.strip())
            self.inputs.style(part.strip(), "cls" if name == "documentclass" else "sty", self.definitions_of)
        shown = f"[{options.text}]" if options is not None else ""
        self.add(Placed.at(f"\\{name}{shown}{{{names}}}", self.stack.place))
        if name == "documentclass" and names.strip() == "subfiles" and options is not None:
            self.inputs.preamble_of(options.text.strip())


def _is_internal(name: str, meaning: Meaning) -> bool:
    """Whether a definition of a style file is about its own machinery, or changes what every paper knows."""
    if "@" in name or any(name in table for table in (known.HEADINGS, known.CITES, known.DROPPED)):
        return True
    if isinstance(meaning, Environment):
        return "@" in meaning.begin.body + meaning.end
    return isinstance(meaning, Macro) and "@" in meaning.body


Handler = Callable[[Expander, str], None]
HANDLERS: dict[str, Handler] = {
    "begin": Expander._begin, "end": Expander._end, "peerassay@close": Expander._close, "else": Expander._else,
    "or": Expander._else, "fi": Expander._fi, "excludecomment": Expander._excluding,
    "includecomment": Expander._excluding, "specialcomment": Expander._excluding, "excludeversion": Expander._excluding,
    "includeversion": Expander._excluding, "comment": Expander._comment, "global": Expander._global,
    "csname": Expander._csname, "csuse": Expander._csname, "@nameuse": Expander._csname,
    "endinput": Expander._end_input, "AtBeginDocument": Expander._hook, "AtEndDocument": Expander._hook,
    "AddToHook": Expander._hook, "sbox": Expander._save_box, "savebox": Expander._save_box,
    "usebox": Expander._use_box, "setbox": Expander._set_box, "box": Expander._plain_box,
    "copy": Expander._plain_box, "unhbox": Expander._plain_box, "unvbox": Expander._plain_box,
    "unless": Expander._unless, "@ifstar": Expander._look_ahead, "@ifnextchar": Expander._look_ahead,
    "kernel@ifnextchar": Expander._look_ahead, **dict.fromkeys(CHOSEN, Expander._chosen),
    "usepackage": Expander._package, "RequirePackage": Expander._package,
    "documentclass": Expander._package, "begingroup": Expander._group, "endgroup": Expander._group,
    "bgroup": Expander._group, "egroup": Expander._group,
    **dict.fromkeys(DROPPED - {"begingroup", "endgroup", "bgroup", "egroup"}, Expander._drop),
}  # fmt: skip
