"""Running model-written code without trusting it."""

from .find import find_sandbox
from .guard import Change, Guard, links_outside
from .limits import Limits, Outcome, Status
from .run import Sandbox

__all__ = ["Change", "Guard", "Limits", "Outcome", "Sandbox", "Status", "find_sandbox", "links_outside"]
