"""OpenAI's batches."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .batch_api import BatchResult, BatchState, ProviderBatches, accepted, answered, json_lines, mapping
from .error_text import error_text
from .errors import CallFailed, ErrorResponse
from .openai_provider import ENDED, FULL, OpenAIProvider
from .refusals import Body


class OpenAIBatchApi(ProviderBatches[OpenAIProvider]):
    """The batches of an endpoint with OpenAI's protocol."""

    async def submit(self, path: str, bodies: Mapping[str, Body]) -> str:
        """Upload the requests and begin the batch."""
        import openai

        endpoint, client = f"/v1{path}", self.provider.client
        rows = ({"custom_id": k, "method": "POST", "url": endpoint, "body": body} for k, body in bodies.items())
        content = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
        upload = client.files.create(file=("requests.jsonl", content), purpose="batch", timeout=self.timeout)
        try:
            file = await accepted(upload, openai.APIError, self.fail)
        except CallFailed as failure:
            raise CallFailed(str(failure), failure.kind, retry_after=failure.retry_after) from None
        creation = client.batches.create(
            input_file_id=file.id, endpoint=endpoint, completion_window="24h", timeout=self.timeout
        )
        return (await accepted(creation, openai.APIError, self.fail)).id

    async def poll(self, batch: str) -> BatchState:
        """How far it is."""
        record = await self._record(batch)
        counts = record.request_counts
        done, total = (counts.completed + counts.failed, counts.total) if counts else (0, 0)
        if record.status != "failed":
            return BatchState(record.status in ENDED, done, total)
        problems = (record.errors.data if record.errors else None) or []
        said = "; ".join(str(problem.message) for problem in problems[:3]) or "no reason given"
        full = any(problem.code in FULL for problem in problems)
        return BatchState(
            True, done, total, f"the batch was refused: {said}"[:300], "rate limit" if full else "request"
        )

    async def results(self, batch: str) -> list[BatchResult]:
        """The lines of its output file and of its error file."""
        record = await self._record(batch)
        lines: list[Any] = []
        for file in filter(None, (record.output_file_id, record.error_file_id)):
            lines += json_lines(await self._content(file))
        return [batch_result(line) for line in lines]

    async def _record(self, batch: str) -> Any:
        import openai

        asked = self.provider.client.batches.retrieve(batch, timeout=self.timeout)
        return await answered(asked, openai.APIError, self.fail)

    async def _content(self, file: str) -> str:
        import openai

        asked = self.provider.client.files.content(file, timeout=self.timeout)
        return (await answered(asked, openai.APIError, self.fail)).content.decode()


def batch_result(line: Any) -> BatchResult:
    """What one line says; a line of another form leaves its request out, and does not hold up the others."""
    said, response = mapping(line), mapping(line).get("response")
    key = str(said.get("custom_id"))
    if not isinstance(response, dict):
        return BatchResult(key, left_out=error_text(said.get("error")) or "no reason given")
    code, body = str(response.get("status_code")), response.get("body")
    status = int(code) if code.isdecimal() else 500
    if status == 200:
        return BatchResult(key, mapping(body))
    told = body if isinstance(body, dict) else {"message": str(body)}
    return BatchResult(key, problem=ErrorResponse(status or 500, told, mapping(told.get("error")).get("code")))
