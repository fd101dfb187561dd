"""`peerassay export` and `import` where the package that they need is not there."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest
from peerassay import inspecting
from peerassay.cli.exchange import export_command, import_command
from peerassay.data.errors import InputError


@pytest.mark.parametrize(
    ("command", "given"),
    [(export_command, ["run", "--to", "inspect"]), (import_command, ["log.eval", "--out", "run"])],
)
def test_without_inspect_one_line_says_what_to_install(
    command: object, given: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(inspecting, "find_spec", lambda name: None if name == "inspect_ai" else find_spec(name))
    with pytest.raises(InputError, match=r"pip install 'peerassay\[inspect\]'"):
        command.main(given, standalone_mode=False)  # type: ignore[attr-defined]
