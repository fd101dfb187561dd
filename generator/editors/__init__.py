"""Changing code on a model's word, judged by what has really changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...data.errors import InputError, unknown
from .protocol import Editor

if TYPE_CHECKING:
    from ...llm.model import MeteredModel
    from ...llm.model_name import ModelName

EDITORS = ("builtin", "aider")


def find_editor(
    name: str,
    model: MeteredModel,
    model_name: ModelName,
    key_env: str | None = None,
    *,
    temperature: float | None = None,
) -> Editor:
    """The editor of that name, on the model. `temperature` is for the built-in one; Aider has its own.

    Raises InputError for another name and where Aider is not set up, ModelUnusable where its key is missing.
    """
    if name == "builtin":
        from .builtin import BuiltinEditor

        return BuiltinEditor(model, temperature=temperature)
    if name != "aider":
        raise unknown("editor", name, EDITORS)
    from ...llm.model_name import key_for
    from .aider import AiderEditor
    from .setup import find_aider

    program = find_aider()
    if program is None:
        raise InputError("the editor aider is not set up; run `peerassay scientist setup-aider`")
    return AiderEditor(program, model, model_name, key_for(model_name, key_env)[1])
