"""One edit under way: the answers so far, what of them is staged, and what is left to be told."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...llm.messages import Reply, Tokens
from ...llm.reasoning import ReasoningOnly, final_answer
from .blocks import ParsedBlocks, block_spans, parse_blocks
from .constants import constant_block
from .head import DONE, SET, Head
from .protocol import EditResult, changed_files, diff_of
from .staging import Staging

NOTHING = "NO CHANGE"
MOST_WORDS = 500
"""Characters of what the model says that are kept."""
MOST_LAST = 4000
"""Characters of an answer that could not be applied that are kept."""


@dataclass
class EditWork:
    """One edit under way, and what its answers have to say above their blocks."""

    staging: Staging
    head: Head | None = None
    fields: dict[str, tuple[str, ...]] = field(default_factory=dict)
    replies: list[Reply] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    """What is wrong with the last answer as a whole; nothing of it is staged then."""
    finished: bool = False
    """No further answer is asked for."""

    @property
    def problems(self) -> tuple[str, ...]:
        """All that the last answer has left undone."""
        return (*self.staging.problems.values(), *self.staging.refused.values(), *self.unreadable)

    @property
    def kept(self) -> list[str]:
        """The files that an answer has changed and that are in order."""
        changed = changed_files(self.staging.before, self.staging.after)
        return [name for name in changed if name not in self.staging.problems]

    @property
    def declined(self) -> bool:
        """Whether the answer says that there is nothing to do."""
        return DONE in self.fields

    @property
    def settled(self) -> bool:
        """Whether the files may be written: something is to change, and no file's blocks are left."""
        return self.staging.whole and self.staging.after != self.staging.before

    def take(self, reply: Reply, max_tokens: int) -> None:
        """Stage the blocks of an answer to a request of so many tokens."""
        self.replies.append(reply)
        if reply.stop == "refusal":
            self.unreadable, self.finished = [f"the model refused: {_short(reply.text) or 'without a word'}"], True
            return
        try:
            text = final_answer(reply, max_tokens, quoted=block_spans(reply.text))
        except ReasoningOnly as error:
            self.unreadable, self.finished = [str(error)], error.used_up
            return
        answer = parse_blocks(text, self.staging.names)
        if self.head is not None:
            self.fields |= self.head.read(answer.outside)
            if self.declined and not answer.blocks:
                self.unreadable, self.finished = [], True
                return
            self._set_constants(answer)
        if answer.words:
            self.words.append(_short(answer.words))
        if not answer.blocks and not answer.problems and NOTHING in answer.words:
            self.finished = True
            self.unreadable = [] if self.settled else [*self.unreadable, "the model sees nothing to change"]
            return
        missing = self.head.missing(self.fields) if self.head is not None else []
        lines = [f"the line `{name}: ...` above the blocks is missing" for name in missing]
        self.unreadable = [*_unreadable(answer, cut=reply.stop == "length"), *lines]
        if not self.unreadable:
            self.staging.stage(answer.blocks)
        if not self.problems and self.staging.after == self.staging.before:
            self.unreadable = ["the blocks leave the files as they are"]
        self.finished = not self.problems

    def _set_constants(self, answer: ParsedBlocks) -> None:
        """The lines `SET: NAME = VALUE` as blocks behind the answer's own; those of an earlier answer stay."""
        for setting in self.fields.get(SET, ()):
            try:
                answer.blocks.append(constant_block(self.staging.after, setting))
            except ValueError as problem:
                answer.problems.append(str(problem))

    def result(self, seconds: float) -> EditResult:
        """What is to be told, and which files are to be written."""
        before, after = self.staging.before, self.staging.after if self.settled else self.staging.before
        paid = [reply for reply in self.replies if not reply.reused]
        usd = [reply.usd for reply in paid]
        changed = changed_files(before, after)
        return EditResult(
            ok=bool(changed),
            changed=changed,
            diff=diff_of(before, after),
            messages=tuple(self.words),
            problems=self.problems,
            fields=self.fields,
            last="" if changed and not self.problems else self.replies[-1].text[-MOST_LAST:] if self.replies else "",
            tokens=sum((reply.tokens for reply in paid), Tokens()),
            usd=None if None in usd else sum(cost for cost in usd if cost is not None),
            seconds=seconds,
        )


def _unreadable(answer: ParsedBlocks, *, cut: bool) -> list[str]:
    if cut:
        return [*answer.problems, "the answer was cut off at the limit of tokens; answer more briefly"]
    if not answer.blocks and not answer.problems:
        return [f"the answer holds no block; give blocks, or the line {NOTHING}"]
    return answer.problems


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= MOST_WORDS else f"{text[:MOST_WORDS]}…"
