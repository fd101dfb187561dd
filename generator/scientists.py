"""From the name of a model to a scientist."""

from __future__ import annotations

from ..data.errors import unknown
from ..llm.session import PROVIDERS, Session
from .scientist import Scientist


def find_scientist(model: str, *, session: Session, editor: str = "builtin", seed: int = 0) -> Scientist:
    """`offline`, or a language model (`openai/MODEL`, `anthropic/MODEL`, either with `@BASE_URL`).

    Raises InputError for another name, a missing key, or an editor that is not installed.
    """
    if model == "offline":
        from .offline.scientist import OfflineScientist

        return OfflineScientist(seed)
    if model.startswith(tuple(f"{provider}/" for provider in PROVIDERS)):
        from .model_scientist.scientist import open_scientist

        return open_scientist(model, session=session, editor=editor)
    raise unknown("model", model, ["offline", "openai/MODEL", "anthropic/MODEL", "openai/MODEL@BASE_URL"])
