"""Aider as an editor: a program of its own, on copies of the files, judged by what it left there.

Aider works in a temporary folder that holds the request's files and nothing else, so that it can change no other; what
it made of the editable ones is taken over when all of it applied and Python can read it. Its replies are not kept in
the reply cache. One run of Aider is one call in the ledger, though it may ask the model several times: `aider_gate`
counts what that takes. Its log goes to `aider/` in the workspace.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from ...data.errors import InputError
from ...data.files import make_folder, write_atomic
from ...llm.endpoint_errors import without_key
from ...llm.errors import CallFailed
from ...llm.ledger_file import Outcome
from ...llm.model import MeteredModel
from ...llm.model_name import ModelName
from ...reviewer.protocol import fingerprint_of
from .aider_gate import Gate
from .aider_logs import AiderReport, read_report
from .aider_process import ANSWERS_NO, FLAGS, AiderFolders, command_of, environment_of, run_alone, write_inputs
from .constants import with_constants
from .head import SET
from .protocol import EditRequest, EditResult, Texts, changed_files, diff_of, inside, read_files
from .setup import aider_version
from .staging import syntax_problem

LOG = Path("aider")
CALLS = 4
"""Calls that are reserved for a run of Aider: the first, and three to mend blocks that did not apply."""
OWN_WORDS = 20_000
"""Tokens that Aider's own prompt has at most."""
LACKING = "the line"
"""How what is said of a missing line begins."""
FEEDBACK = 4_000
"""Tokens by which a further call is longer than the call before, its answer aside."""
PATIENCE = 5.0
"""Seconds that Aider waits for an answer beyond those that the model has."""


@dataclass(frozen=True)
class AiderRan:
    """What one run of Aider took and said; `in_time`: not ended by us, `started`: it ran at all."""

    gate: Gate
    report: AiderReport
    in_time: bool
    started: bool

    @property
    def whole(self) -> bool:
        """Whether it ended by itself, with an answer that was taken."""
        return self.in_time and not self.report.gave_up and not self.report.cut


@dataclass
class AiderEditor:
    """Aider in its own virtual environment. `seconds`: for one run; `max_tokens`: of one answer."""

    program: Path
    model: MeteredModel
    model_name: ModelName
    key: str = field(default="", repr=False)
    seconds: float = 900.0
    max_tokens: int = 8192
    name: str = "aider"

    @property
    def fingerprint(self) -> str:
        """Over Aider's version, the model and the settings."""
        return fingerprint_of(
            editor=self.name,
            version=aider_version(self.program) or str(self.program),
            model=self.model.identity,
            flags=FLAGS,
            max_tokens=self.max_tokens,
        )

    async def edit(self, workspace: Path, request: EditRequest) -> EditResult:
        """As in `Editor`. Where lines above the blocks are missing, Aider is run once more, which is told so."""
        result = await self._run_of(workspace, request)
        lacking = [problem for problem in result.problems if problem.startswith(LACKING)]
        if not lacking:
            return result
        told = f"{request.instruction}\n\nYour last answer was not used: {'; '.join(lacking)}."
        again = await self._run_of(workspace, replace(request, instruction=told))
        usd = None if None in (result.usd, again.usd) else (result.usd or 0.0) + (again.usd or 0.0)
        seconds = result.seconds + again.seconds
        return again.model_copy(update={"tokens": result.tokens + again.tokens, "usd": usd, "seconds": seconds})

    async def _run_of(self, workspace: Path, request: EditRequest) -> EditResult:
        start = time.perf_counter()
        before, read_only = read_files(workspace, request.files), read_files(workspace, request.read_only)
        with tempfile.TemporaryDirectory(prefix="peerassay-aider-") as folder:
            place = AiderFolders(Path(folder).resolve())
            self._lay_out(place, request, before, read_only)
            try:
                ran = await self._paid(place, request, before | read_only)
            finally:
                self._keep_log(place, workspace)
            report = ran.report
            self._check_reached(ran)
            left = {
                path: with_ends(text, before[path]) for path, text in read_files(place.files, request.files).items()
            }
        after = {path: None if before[path] is None and not left[path] else left[path] for path in before}
        fields = request.head.read(report.lines) if request.head else {}
        after, wrong = with_constants(after, fields.get(SET, ()))
        lacking = request.head.missing(fields) if request.head and ran.whole else []
        problems = (
            *wrong,
            *(f"{LACKING} `{name}: ...` above the blocks is missing" for name in lacking),
            *self._problems(before, after, ran),
        )
        if problems:
            after = before
        changed = changed_files(before, after)
        for path in before:
            if path.as_posix() in changed:
                write_atomic(inside(workspace, path), after[path] or "")
        return EditResult(
            ok=bool(changed),
            changed=changed,
            diff=diff_of(before, after),
            messages=report.words,
            problems=problems or tuple(line for line in report.complaints if line.startswith("Skipping")),
            fields=fields,
            tokens=ran.gate.tokens,
            usd=ran.gate.usd,
            seconds=time.perf_counter() - start,
        )

    def bound(self, request: EditRequest, texts: Iterable[str | None]) -> float | None:
        """The most that one run can cost, in US dollars; None where the price is unknown."""
        if self.model.price is None:
            return None
        shown = sum(len((text or "").encode()) for text in texts) + len(message_of(request).encode()) + OWN_WORDS
        inputs = (shown + call * (self.max_tokens + FEEDBACK) for call in range(CALLS))
        return sum(self.model.price.upper_bound(tokens, self.max_tokens) for tokens in inputs)

    def _lay_out(self, place: AiderFolders, request: EditRequest, before: Texts, read_only: Texts) -> None:
        for folder in (place.files, place.home, place.log):
            make_folder(folder)
        for path, text in [*read_only.items(), *before.items()]:
            write_atomic(place.files / path, text or "")
        write_inputs(place, self.model_name, message_of(request), self.max_tokens)

    async def _paid(self, place: AiderFolders, request: EditRequest, texts: Texts) -> AiderRan:
        """Run Aider within the budget, and book what its calls took."""
        metering, bound = self.model.metering, self.bound(request, texts.values())
        async with self.model.limiter.slot():
            await metering.budget.reserve(bound)
            call = metering.ledger.begin(request.stage, self.model.provider.name, bound)
            start = time.perf_counter()
            gate = Gate(self.model, bound, self.max_tokens)
            try:
                async with gate:
                    in_time = await self._run(place, request, gate)
                report = read_report(place.chat, place.output, [path.as_posix() for path in request.files])
                return AiderRan(gate, report, in_time, place.events.is_file())
            finally:
                metering.budget.settle(bound, gate.usd)
                outcome: Outcome = "uncertain" if gate.lost else "ok" if gate.answered else "failed"
                seconds = time.perf_counter() - start
                metering.ledger.end(call, tokens=gate.tokens, usd=gate.usd, outcome=outcome, seconds=seconds)

    async def _run(self, place: AiderFolders, request: EditRequest, gate: Gate) -> bool:
        stdin = place.log / "answers.txt"
        stdin.write_bytes(ANSWERS_NO)
        timeout = self.model.retry.timeout + PATIENCE
        return await run_alone(
            command_of(self.program, place, self.model_name, request.files, request.read_only, timeout),
            folder=place.files,
            env=environment_of(place, self.model_name, gate.url, gate.word),
            stdin=stdin,
            output=place.output,
            seconds=self.seconds,
        )

    def _keep_log(self, place: AiderFolders, workspace: Path) -> None:
        folder = inside(workspace, LOG)
        number = 1 + sum(1 for _ in folder.glob("*/")) if folder.is_dir() else 1
        for path in (place.chat, place.events, place.output):
            if path.is_file():
                text = path.read_text(encoding="utf-8", errors="replace")
                write_atomic(folder / f"{number:03}" / path.name, without_key(text, self.key))

    def _check_reached(self, ran: AiderRan) -> None:
        """Where no call was answered, raises CallFailed; ModelUnusable or InputError where another try is of no use."""
        if ran.gate.answered or not ran.in_time:
            return
        if ran.gate.failure is not None:
            raise ran.gate.failure
        reason = without_key([ran.report.last or "it says nothing of why", *ran.report.complaints][-1], self.key)
        if not ran.started:
            wanted = "run `peerassay scientist setup-aider`, or set PEERASSAY_AIDER to another"
            raise InputError(f"{self.program}: this Aider does not run ({reason}); {wanted}")
        raise CallFailed(f"Aider asked {self.model_name} nothing ({reason})", "request")

    def _problems(self, before: Texts, after: Texts, ran: AiderRan) -> tuple[str, ...]:
        """Why nothing is to be taken over; empty where all is well."""
        if not ran.in_time:
            return (f"Aider was ended after {self.seconds:g} s",)
        if ran.report.cut:
            return (f"the answer was cut off at the limit of {self.max_tokens} tokens; answer more briefly",)
        if ran.report.gave_up or before == after:
            return ran.report.complaints or ("Aider changed nothing",)
        broken = {path: syntax_problem(path, after[path]) for path in after if before[path] != after[path]}
        return tuple(f"{path.as_posix()}: {problem}" for path, problem in broken.items() if problem)


def with_ends(text: str | None, before: str | None) -> str | None:
    """The text with the line ends that the file had: Aider writes those of the system."""
    returns = text and before and "\r\n" in before and "\r\n" not in text
    return text.replace("\n", "\r\n") if text and returns else text


def message_of(request: EditRequest) -> str:
    """What Aider is told: who it is, what is known, and what to do; it shows the files by itself."""
    return "\n\n".join(part for part in (request.manner, *request.opening, request.instruction) if part)
