"""Talking to OpenReview through openreview-py: login, waiting, paging, revisions, and errors that say what to do."""

from __future__ import annotations

import contextlib
import datetime
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

import openreview
import requests
from openreview.api import OpenReviewClient
from openreview.openreview import MfaRequiredException
from requests.adapters import HTTPAdapter

from ..errors import InputError, unknown
from ..http_client import BUSY, retry_after
from ..venues import group_names
from .openreview_notes import time_of, value

Answer = TypeVar("Answer")
HOSTS = {1: "https://api.openreview.net", 2: "https://api2.openreview.net"}
PAGE = 200
TRIES = 8
TIMEOUT = 120.0
A_WEEK = 7 * 24 * 3600
NO_URL = (requests.exceptions.InvalidURL, requests.exceptions.MissingSchema, requests.exceptions.InvalidSchema)
KEPT = "what was got is kept, and the same command continues"
LOG_IN = (
    "OpenReview answers only to a login: set OPENREVIEW_USERNAME and OPENREVIEW_PASSWORD (an account is free at "
    "openreview.net), or OPENREVIEW_TOKEN, and try again"
)


class AbsentError(InputError):
    """OpenReview has no such thing, or does not show it to this login."""


class Revision(NamedTuple):
    """A version of a submission that brought a PDF; `created` in milliseconds since 1970."""

    id: str
    created: int


@dataclass
class WaitBudget:
    """The waiting of one pull: at most `seconds` in all, of which `report` is told."""

    seconds: float
    sleep: Callable[[float], None]
    report: Callable[[str], None]

    def wait(self, seconds: float, why: str) -> None:
        """Wait, and tell so. Raises InputError where that is more than what is left."""
        if seconds > self.seconds:
            raise InputError(f"OpenReview: {why}, to be waited for {seconds:.0f} s; {KEPT} (or allow a longer wait)")
        self.report(f"{why}, waiting {seconds:.0f} s")
        self.seconds -= seconds
        self.sleep(seconds)


class RetryingAdapter(HTTPAdapter):
    """Repeats a request that was refused for the rate limit or failed on the way, after the wait asked for.

    It stands in for the library's own retries, which wait for hours in silence and print the answer.
    """

    def __init__(self, budget: WaitBudget) -> None:
        super().__init__(max_retries=0)
        self.budget = budget

    def send(  # noqa: D102
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> requests.Response:
        why = ""
        for attempt in range(TRIES):
            pause = float(min(2**attempt, 60))
            try:
                response = super().send(request, stream, timeout or TIMEOUT, verify, cert, proxies)
            except (requests.ConnectionError, requests.Timeout):
                if attempt + 1 == TRIES:
                    raise
                self.budget.wait(pause, "no connection")
                continue
            if response.status_code not in BUSY:
                return response
            why = "rate limit" if response.status_code == 429 else f"server error {response.status_code}"
            asked = seconds_asked(response)
            response.close()
            if attempt + 1 < TRIES:
                self.budget.wait(pause if asked is None else asked, why)
        raise InputError(f"OpenReview: still refused ({why}) after {TRIES} tries; {KEPT}")


def seconds_asked(response: requests.Response) -> float | None:
    """How long the server asks to wait: `Retry-After`, `RateLimit-Reset`, or the time in the body; None if unsaid."""
    asked = retry_after(response.headers, "RateLimit-Reset")
    if asked is not None:
        return asked
    with contextlib.suppress(ValueError, TypeError, KeyError):
        reset = datetime.datetime.fromisoformat(response.json()["details"]["resetTime"])
        return max(0.0, reset.timestamp() - time.time())
    return None


class OpenReview:
    """One of OpenReview's two APIs, logged in with the first request.

    Every method raises InputError: for a missing or refused login, a rate limit beyond the wait allowed, no connection.
    """

    def __init__(self, api: int, base_url: str | None, budget: WaitBudget) -> None:
        self.api = api
        self.base_url = base_url or HOSTS[api]
        self.budget = budget

    @cached_property
    def client(self) -> Any:
        """The library's client. Credentials come from the environment and stay in memory."""
        make = openreview.Client if self.api == 1 else OpenReviewClient
        # A token that is no JWT keeps the constructor from asking the server before our adapter is there.
        client: Any = make(baseurl=self.base_url, token="none")
        client.token = None
        del client.headers["Authorization"]
        if self.api == 1 and self.base_url != HOSTS[1]:
            client.baseurl_v2 = self.base_url
        client.session.adapters.clear()
        for scheme in ("https://", "http://"):
            client.session.mount(scheme, RetryingAdapter(self.budget))
        username, password, token = credentials()
        if token:
            client.token = token
            client.headers["Authorization"] = f"Bearer {token}"
        elif username or password:
            _asked(lambda: client.login_user(username, password, expiresIn=A_WEEK))
        return client

    def group(self, name: str) -> dict[str, Any]:
        """The content of a group, `{field: {"value": ...}}`. Raises InputError where there is none, with near names."""
        client = self.client
        try:
            return _asked(lambda: client.get_group(name)).content or {}
        except AbsentError:
            hint = "OpenReview has no such group yet, or does not show it to this login"
            if name in group_names():
                raise InputError(f"{name}: {hint}; try again later, or with an account that sees it") from None
            raise unknown("group", name, group_names(), hint=hint) from None

    def pages(self, invitation: str, after: str | None) -> Iterator[list[Any]]:
        """The notes of an invitation with their direct replies, by id, page by page, from behind the id `after`."""
        client = self.client
        while True:
            start = {"after": after} if after else {}
            page = _asked(
                lambda start=start: client.get_notes(
                    invitation=invitation, details="directReplies", sort="id", limit=PAGE, **start
                )
            )
            if not page:
                return
            yield page
            after = page[-1].id

    def count(self, invitation: str) -> int:
        """How many notes the invitation has; 0 where it does not exist."""
        client = self.client
        try:
            return _asked(lambda: client.get_notes(invitation=invitation, limit=1, with_count=True))[1]
        except AbsentError:
            return 0

    def versions(self, note: str) -> list[tuple[str, int, dict[str, Any]]]:
        """Id, time and content of each version of a note, oldest first; none where OpenReview does not show them."""
        client = self.client
        try:
            if self.api == 1:
                found = _asked(lambda: client.get_references(referent=note, original=True))
                contents = [(reference, reference.content) for reference in found]
            else:
                found = _asked(lambda: client.get_note_edits(note_id=note))
                contents = [(edit, edit.note.content) for edit in found if edit.note]
        except AbsentError:
            return []
        dated = [(version.id, time_of(vars(version)), content or {}) for version, content in contents]
        return sorted(((i, when, content) for i, when, content in dated if when), key=lambda v: v[1])

    def revisions(self, note: str) -> list[Revision]:
        """The versions that brought a PDF, oldest first; none where OpenReview does not show them."""
        return [Revision(i, when) for i, when, content in self.versions(note) if value(content, "pdf")]

    def pdf(self, note: str, revision: str | None = None) -> bytes | None:
        """The PDF of a revision, else the note's latest; None where OpenReview does not give one."""
        client = self.client
        try:
            if revision is None:
                content = _asked(lambda: client.get_pdf(note))
            elif self.api == 1:
                content = _asked(lambda: client.get_pdf(revision, is_reference=True))
            else:
                content = _asked(lambda: self._attachment_of_edit(revision))
        except AbsentError:
            return None
        if content.lstrip().startswith(b"<") and b"verifying your browser" in content.lower():
            raise InputError(LOG_IN)
        return content if content.lstrip().startswith(b"%PDF") else None

    def _attachment_of_edit(self, edit: str) -> bytes:
        """The library has no method for the PDF of an edit; this is the address that the web site uses."""
        client = self.client
        response = client.session.get(
            f"{client.note_edits_url}/attachment", params={"id": edit, "name": "pdf"}, headers=client.headers
        )
        if response.status_code >= 400:
            with contextlib.suppress(requests.exceptions.JSONDecodeError):
                raise openreview.OpenReviewException(response.json())
            raise openreview.OpenReviewException({"name": "NotFoundError"})
        return response.content


def credentials() -> tuple[str | None, str | None, str | None]:
    """User name, password and token from the environment."""
    names = ("OPENREVIEW_USERNAME", "OPENREVIEW_PASSWORD", "OPENREVIEW_TOKEN")
    username, password, token = (os.environ.get(name) or None for name in names)
    return username, password, token


def _asked(request: Callable[[], Answer]) -> Answer:
    """The answer to a request of the library; its errors as an InputError that tells nothing of the login."""
    try:
        with contextlib.redirect_stdout(sys.stderr):
            return request()
    except MfaRequiredException:
        raise InputError(
            "OpenReview: this account asks for a second factor; run the command in a terminal, "
            "or set OPENREVIEW_TOKEN to the token of a session"
        ) from None
    except openreview.OpenReviewException as error:
        raise _explained(error.args[0] if error.args else "") from None
    except requests.exceptions.JSONDecodeError:
        raise InputError(LOG_IN) from None
    except NO_URL as error:
        raise InputError(f"--base-url: {error}") from None
    except requests.exceptions.RequestException as error:
        raise InputError(f"OpenReview cannot be reached ({type(error).__name__}); {KEPT}") from None
    except IndexError:
        raise AbsentError("OpenReview: nothing by that name") from None


def _explained(answer: Any) -> InputError:
    name = str(answer.get("name", "")) if isinstance(answer, dict) else ""
    message = str(answer.get("message", "")) if isinstance(answer, dict) else str(answer)
    for secret in credentials():
        message = message.replace(secret, "***") if secret else message
    if "Challenge" in name:
        return InputError(LOG_IN)
    if "Token" in name or "Unauthorized" in name:
        return InputError(f"OpenReview: the login is not valid or has expired; log in again; {KEPT}")
    if name in ("NotFoundError", "ForbiddenError"):
        return AbsentError(f"OpenReview: {message or name}")
    return InputError(f"OpenReview: {message or name or 'refused without a reason'}")
