r"""The commands that define others: \newcommand, \def, \let, \newif, \NewDocumentCommand, \newenvironment and kin."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from . import known_commands as known
from .macros import Alias, EnvironmentDefinition, Letter, Macro, Meaning, Switch, of_def, of_newcommand, of_xparse
from .stack import InputStack

KEPT = {*known.HEADINGS, *known.CITES, *known.REFERENCES, "item", "bibitem", "caption", "footnote", "label", "title",
        "author", "maketitle", "includegraphics", "ref", "eqref", "begin", "end", "input", "include", "abstract",
        "addbibresource", "documentclass", "usepackage"}  # fmt: skip
"""Commands that keep their meaning even where a paper defines them anew."""
KEPT_ENVIRONMENTS = {"document", "abstract", "table", "figure", "tabular", "thebibliography", "verbatim"}
NEW, AGAIN, PROVIDED = "new", "again", "provided"
COMMANDS = {"newcommand": NEW, "renewcommand": AGAIN, "providecommand": PROVIDED, "DeclareRobustCommand": AGAIN,
            "newrobustcmd": NEW, "renewrobustcmd": AGAIN, "providerobustcmd": PROVIDED}  # fmt: skip
XPARSE = {f"{kind}{expandable}DocumentCommand": how for expandable in ("", "Expandable")
          for kind, how in (("New", NEW), ("Renew", AGAIN), ("Provide", PROVIDED), ("Declare", AGAIN))}  # fmt: skip
DEFS = {"def": False, "gdef": False, "edef": True, "xdef": True}
"""TeX's own, and whether the body is expanded at once."""
NAMED_DEFS = {"@namedef": False, "csdef": False, "csgdef": False, "csedef": True, "csxdef": True}
ENVIRONMENTS = {"newenvironment", "renewenvironment", "NewDocumentEnvironment", "RenewDocumentEnvironment",
                "DeclareDocumentEnvironment", "ProvideDocumentEnvironment"}  # fmt: skip
SWITCHES = {"newif": None, "newboolean": "if", "newbool": "if", "providebool": "if", "provideboolean": "if",
            "newtoggle": "if", "providetoggle": "if"}  # fmt: skip
SETTINGS = {"setboolean", "setbool", "settoggle"}
ON, OFF = {"booltrue", "toggletrue"}, {"boolfalse", "togglefalse"}
OPERATORS = {"DeclareMathOperator"}
CALCULATED = {"pgfmathsetmacro", "pgfmathtruncatemacro", "FPeval", "FPset"}
"""Commands that define another as a number; it prints what the number is calculated from."""
ADDED = {"appto": False, "gappto": False, "g@addto@macro": False, "eappto": True, "xappto": True, "preto": False,
         "gpreto": False, "addto": False, "apptocmd": False, "pretocmd": False}  # fmt: skip
"""Commands that add to what another one stands for, and whether the text is expanded at once."""
NAMES = {*COMMANDS, *XPARSE, *DEFS, *NAMED_DEFS, *ENVIRONMENTS, *SWITCHES, *SETTINGS, *ON, *OFF, *OPERATORS, "let",
         "newcommandx", "renewcommandx", "newsavebox", *ADDED, *CALCULATED}  # fmt: skip
GROUP_ENDS = {"{": "bgroup", "}": "egroup"}
LONGEST_BODY = 200_000
PARAMETER_END = re.compile(r"[^{}]*(?=\{)")
FOLDER = re.compile(r"\{([^{}]*)\}")
COUNT = re.compile(r"\s*(\d)\s*\Z")


class Definitions:
    """What the source has defined so far, group by group."""

    def __init__(self, stack: InputStack, folders: list[str], expanded: Callable[[str], str]) -> None:
        self.stack = stack
        self.folders = folders
        r"""What `\input@path` is set to."""
        self.expanded = expanded
        self.known: dict[str, Meaning] = {}
        self.groups: list[dict[str, Meaning | None]] = []
        self.everywhere = False

    def meaning(self, name: str) -> Meaning | None:
        """What a command means, None for one that the paper does not define."""
        return self.known.get(name)

    def open(self) -> None:
        """Begin a group."""
        self.groups.append({})

    def close(self) -> None:
        """End a group: what was defined in it is forgotten."""
        if not self.groups:
            return
        for name, meaning in self.groups.pop().items():
            if meaning is None:
                self.known.pop(name, None)
            else:
                self.known[name] = meaning

    def enter(self, name: str, meaning: Meaning, *, everywhere: bool = False) -> None:
        """Define a command in this group, or `everywhere`."""
        if self.everywhere or everywhere:
            for group in self.groups:
                group.pop(name, None)
        elif self.groups:
            self.groups[-1].setdefault(name, self.known.get(name))
        self.known[name] = meaning

    def define(self, command: str) -> None:
        """Read what stands behind a defining command."""
        if command in COMMANDS or command in ("newcommandx", "renewcommandx"):
            self._newcommand(command)
        elif command in XPARSE:
            self._xparse(command)
        elif command in DEFS or command in NAMED_DEFS:
            self._def(command)
        elif command == "let":
            self._let()
        elif command in ENVIRONMENTS:
            self._environment(command)
        elif command in OPERATORS:
            self._operator()
        elif command in CALCULATED:
            name, body = self._name(), self.stack.argument()
            if name and body is not None and name not in KEPT:
                self.enter(name, Macro(body.text.replace("#", "##")))
        elif command in ADDED:
            self._add(command)
        elif command == "newsavebox":
            self._name()
        else:
            self._switch(command)
        self.everywhere = False

    def _name(self) -> str:
        """The name of the command that is defined next, without its backslash."""
        name = self.stack.argument()
        text = name.text.strip() if name is not None else ""
        if text == "\\csname":
            inner = self.stack.raw_until("\\endcsname")
            return self.expanded(inner.text).strip() if inner is not None else ""
        return text[1:] if text.startswith("\\") else ""

    def _may(self, name: str, how: str) -> bool:
        if not name or (how == PROVIDED and (name in self.known or name in KEPT)):
            return False
        return how == NEW or name not in KEPT

    def _newcommand(self, command: str) -> None:
        self.stack.starts("*")
        name = self._name()
        count, default = self.stack.option(), self.stack.option()
        body = self.stack.argument()
        number = COUNT.match(count.text) if count is not None else None
        if body is not None and self._may(name, COMMANDS.get(command, NEW)):
            first = default.text.removeprefix("1=") if default is not None else None
            parameters = of_newcommand(int(number[1]) if number else 0, first)
            self.enter(name, Macro(body.text, parameters))

    def _xparse(self, command: str) -> None:
        name = self._name()
        parameters, body = self.stack.argument(), self.stack.argument()
        if parameters is not None and body is not None and self._may(name, XPARSE[command]):
            self.enter(name, Macro(body.text, of_xparse(parameters.text)))

    def _def(self, command: str) -> None:
        named = command in NAMED_DEFS
        if named:
            argument = self.stack.argument()
            name = self.expanded(argument.text).strip() if argument is not None else ""
        else:
            name = self._name()
        frame = self.stack.top()
        found = PARAMETER_END.match(frame.text, frame.position) if frame else None
        if frame is None or found is None:
            return
        frame.position = found.end()
        body = self.stack.group()
        if body is None or not name:
            return
        at_once = DEFS.get(command, NAMED_DEFS.get(command, False))
        text = self.expanded(body.text) if at_once else body.text
        if name == "input@path":
            self.folders[:] = FOLDER.findall(text)
        elif name not in KEPT:
            self.enter(name, Macro(text, of_def(found[0])), everywhere=command in ("gdef", "xdef", "csgdef", "csxdef"))

    def _let(self) -> None:
        name = self._name()
        self.stack.starts("=")
        token = self.stack.token()
        if not name or token is None or name in KEPT:
            return
        if token[0] != "\\":
            self.enter(name, Alias(GROUP_ENDS[token]) if token in GROUP_ENDS else Letter(token))
            return
        meaning = self.known.get(token[1:])
        if token in ("\\undefined", "\\@undefined"):
            self.known.pop(name, None)
        else:
            self.enter(name, meaning if meaning is not None else Alias(token[1:]))

    def _add(self, command: str) -> None:
        name, text = self._name(), self.stack.argument()
        if command.endswith("cmd"):
            self.stack.argument()
            self.stack.argument()
        meaning = self.known.get(name, Macro(""))
        if text is None or not name or name in KEPT or not isinstance(meaning, Macro):
            return
        further = self.expanded(text.text) if ADDED[command] else text.text
        body = further + meaning.body if "pre" in command else meaning.body + further
        if len(body) < LONGEST_BODY:
            self.enter(name, Macro(body, meaning.parameters), everywhere=command.startswith("g"))

    def _environment(self, command: str) -> None:
        self.stack.starts("*")
        given = self.stack.argument()
        name = given.text.strip() if given is not None else ""
        if command.endswith("DocumentEnvironment"):
            text = self.stack.argument()
            given_parameters = of_xparse(text.text) if text is not None else ()
            parameters = tuple(replace(p, signs=f"\\end{{{name}}}") if p.kind == "b" else p for p in given_parameters)
        else:
            count, default = self.stack.option(), self.stack.option()
            number = COUNT.match(count.text) if count is not None else None
            parameters = of_newcommand(int(number[1]) if number else 0, default.text if default is not None else None)
        begin, end = self.stack.argument(), self.stack.argument()
        if begin is not None and end is not None and name and name.rstrip("*") not in KEPT_ENVIRONMENTS:
            self.enter(f"begin {name}", EnvironmentDefinition(Macro(begin.text, parameters), end.text))

    def _operator(self) -> None:
        star = "*" if self.stack.starts("*") else ""
        name, body = self._name(), self.stack.argument()
        if name and body is not None:
            self.enter(name, Macro(rf"\operatorname{star}{{{body.text}}}"))

    def _switch(self, command: str) -> None:
        argument = self.stack.argument()
        name = argument.text.strip().lstrip("\\") if argument is not None else ""
        if not name:
            return
        if command in SWITCHES:
            name = f"{SWITCHES[command] or ''}{name}"
            if command.startswith("provide") and isinstance(self.known.get(name), Switch):
                return
            self.enter(name, Switch(False))
        elif command in SETTINGS:
            value = self.stack.argument()
            on = self.expanded(value.text).strip() if value is not None else ""
            meaning = self.known.get(on.lstrip("\\"))
            self.enter(f"if{name}", Switch(on == "true" or (isinstance(meaning, Switch) and meaning.on)))
        else:
            self.enter(f"if{name}", Switch(command in ON))

    def switched(self, name: str) -> bool:
        r"""Whether the command sets a switch, as \drafttrue does for \ifdraft; then it is set."""
        for ending, on in (("true", True), ("false", False)):
            switch = f"if{name.removesuffix(ending)}"
            if name.endswith(ending) and isinstance(self.known.get(switch), Switch):
                self.enter(switch, Switch(on), everywhere=self.everywhere)
                self.everywhere = False
                return True
        return False
