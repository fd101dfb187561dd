"""Anthropic's message batches."""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime
from typing import Any

from .anthropic_wire import MESSAGES, invalid
from .batches import BatchWorker, Job, Store
from .calls import ApiError

CUSTOM_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
A_DAY = 24 * 3600


class AnthropicBatches:
    """The batches that were sent."""

    def __init__(self, worker: BatchWorker) -> None:
        self.worker = worker
        self.jobs = Store("msgbatch_")

    def create(self, body: dict[str, Any], base_url: str) -> dict[str, Any]:
        """Begin a batch; its record. Raises ApiError for a wrong request."""
        items = body.get("requests")
        if not isinstance(items, list) or not items:
            raise invalid("requests: at least one request is required")
        requests: dict[str, dict[str, Any]] = {}
        for index, item in enumerate(items):
            custom_id = item.get("custom_id")
            if not isinstance(custom_id, str) or not CUSTOM_ID.fullmatch(custom_id):
                raise invalid(f"requests.{index}.custom_id: String should match pattern '^{CUSTOM_ID.pattern}$'")
            if custom_id in requests:
                raise invalid(f"requests: custom_id '{custom_id}' is used twice; they have to be unique")
            requests[custom_id] = item.get("params")
        job = Job(self.jobs.new_id(), list(requests.items()))
        job.details["results_url"] = f"{base_url}/v1/messages/batches/{job.id}/results"
        self.jobs.put(job.id, job)
        self.worker.take(job, MESSAGES)
        return self.record(job)

    def job(self, batch_id: str) -> Job:
        """A batch. Raises ApiError where there is none."""
        if batch_id not in self.jobs.things:
            raise ApiError(404, "not_found_error", f"No batch found with id {batch_id}")
        return self.jobs.things[batch_id]

    def cancel(self, batch_id: str) -> dict[str, Any]:
        """Ask for the end of a batch; its record. Raises ApiError where it has ended."""
        job = self.job(batch_id)
        if job.ended is not None:
            raise invalid(f"Batch {batch_id} has already ended processing")
        job.cancel_asked = job.cancel_asked or time.time()
        return self.record(job)

    def results(self, batch_id: str) -> bytes:
        """The results, a JSON line per request. Raises ApiError before the end."""
        job = self.job(batch_id)
        if job.ended is None:
            raise invalid(f"Batch {batch_id} has no available results")
        lines: list[dict[str, Any]] = []
        for custom_id, status, body in job.results:
            good = {"type": "succeeded", "message": body}
            lines.append(
                {"custom_id": custom_id, "result": good if status == 200 else {"type": "errored", "error": body}}
            )
        lines += ({"custom_id": custom_id, "result": {"type": "canceled"}} for custom_id in job.left_out)
        return "".join(f"{json.dumps(line)}\n" for line in lines).encode()

    def record(self, job: Job) -> dict[str, Any]:
        """The batch as Anthropic shows it: nothing but `processing` is counted before the end."""
        ended = job.ended is not None
        cancelling = job.cancel_asked is not None
        return {
            "id": job.id,
            "type": "message_batch",
            "processing_status": "ended" if ended else "canceling" if cancelling else "in_progress",
            "request_counts": {
                "processing": 0 if ended else len(job.requests),
                "succeeded": job.count(succeeded=True) if ended else 0,
                "errored": job.count(succeeded=False) if ended else 0,
                "canceled": len(job.left_out) if ended else 0,
                "expired": 0,
            },
            "created_at": written(job.created),
            "expires_at": written(job.created + A_DAY),
            "ended_at": written(job.ended),
            "cancel_initiated_at": written(job.cancel_asked),
            "archived_at": None,
            "results_url": job.details["results_url"] if ended else None,
        }


def written(moment: float | None) -> str | None:
    """The moment (Unix seconds) in RFC 3339."""
    return None if moment is None else datetime.fromtimestamp(moment, UTC).isoformat()
