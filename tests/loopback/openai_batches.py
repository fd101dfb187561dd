"""OpenAI's files and batches."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

from .batches import BatchWorker, Job, Store
from .calls import ApiError
from .openai_chat import CHAT
from .openai_responses import RESPONSES
from .openai_wire import INVALID, invalid

WIRES = {"/v1/chat/completions": CHAT, "/v1/responses": RESPONSES}
A_DAY = 24 * 3600


@dataclass(frozen=True)
class File:
    """A file and its record."""

    content: bytes
    record: dict[str, Any]


class OpenAIBatches:
    """Files that were sent, batches of them, and the files that came out."""

    def __init__(self, worker: BatchWorker) -> None:
        self.worker = worker
        self.files = Store("file-")
        self.jobs = Store("batch_")

    def put_file(self, name: str, purpose: str, content: bytes) -> dict[str, Any]:
        """Keep a file; its record."""
        file_id = self.files.new_id()
        record = {
            "id": file_id,
            "object": "file",
            "bytes": len(content),
            "created_at": int(time.time()),
            "filename": name,
            "purpose": purpose,
            "status": "processed",
        }
        self.files.put(file_id, File(content, record))
        return record

    def file(self, file_id: str) -> File:
        """A file. Raises ApiError where there is none."""
        if file_id not in self.files.things:
            raise ApiError(404, INVALID, f"No such File object: {file_id}", param="id")
        return self.files.things[file_id]

    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        """Begin a batch; its record. Raises ApiError for a wrong request; a wrong file gives a failed batch."""
        endpoint = body.get("endpoint")
        if endpoint not in WIRES:
            raise invalid(f"Invalid value: '{endpoint}'. Supported values are: {', '.join(WIRES)}.", "endpoint")
        if body.get("completion_window") != "24h":
            raise invalid("Invalid value for 'completion_window'. Supported values are: '24h'.", "completion_window")
        content = self.file(str(body.get("input_file_id"))).content
        requests, problems = read_requests(content, endpoint)
        job = Job(self.jobs.new_id(), requests, {"body": body, "problems": problems})
        self.jobs.put(job.id, job)
        if problems:
            job.ended = job.created
        else:
            self.worker.take(job, WIRES[endpoint], self.write_files)
        return self.record(job)

    def job(self, batch_id: str) -> Job:
        """A batch. Raises ApiError where there is none."""
        if batch_id not in self.jobs.things:
            raise ApiError(404, INVALID, f"No batch found with id '{batch_id}'.")
        return self.jobs.things[batch_id]

    def cancel(self, batch_id: str) -> dict[str, Any]:
        """Ask for the end of a batch; its record. Raises ApiError where it has ended."""
        job = self.job(batch_id)
        if job.ended is not None:
            message = f"Cannot cancel a batch with status '{self.record(job)['status']}'."
            raise ApiError(409, INVALID, message)
        job.cancel_asked = job.cancel_asked or time.time()
        return self.record(job)

    def write_files(self, job: Job) -> None:
        """The batch has ended: write its output and its errors, where there are any."""
        lines = [
            (status == 200, {"custom_id": custom_id, "response": response(job, status, body), "error": None})
            for custom_id, status, body in job.results
        ]
        cancelled = {"code": "batch_cancelled", "message": "This request was cancelled before it was processed."}
        lines += [(False, {"custom_id": name, "response": None, "error": cancelled}) for name in job.left_out]
        for key, good in (("output_file_id", True), ("error_file_id", False)):
            chosen = [line for is_good, line in lines if is_good == good]
            if chosen:
                numbered = ({"id": f"batch_req_{index:024x}", **line} for index, line in enumerate(chosen))
                content = "".join(f"{json.dumps(line)}\n" for line in numbered).encode()
                job.details[key] = self.put_file(f"{job.id}_{key}.jsonl", "batch_output", content)["id"]

    def record(self, job: Job) -> dict[str, Any]:
        """The batch as OpenAI shows it."""
        body, problems = job.details["body"], job.details["problems"]
        ended = None if job.ended is None else int(job.ended)
        cancelled = job.cancel_asked is not None
        if problems:
            status = "failed"
        elif ended is not None:
            status = "cancelled" if cancelled else "completed"
        else:
            status = "cancelling" if cancelled else "in_progress" if job.results else "validating"
        return {
            "id": job.id,
            "object": "batch",
            "endpoint": body["endpoint"],
            "errors": {"object": "list", "data": problems} if problems else None,
            "input_file_id": body["input_file_id"],
            "completion_window": "24h",
            "status": status,
            "output_file_id": job.details.get("output_file_id"),
            "error_file_id": job.details.get("error_file_id"),
            "created_at": int(job.created),
            "in_progress_at": None if problems else int(job.created),
            "expires_at": int(job.created) + A_DAY,
            "completed_at": ended if status == "completed" else None,
            "failed_at": ended if status == "failed" else None,
            "cancelling_at": None if job.cancel_asked is None else int(job.cancel_asked),
            "cancelled_at": ended if status == "cancelled" else None,
            "request_counts": {
                "total": len(job.requests),
                "completed": job.count(succeeded=True),
                "failed": job.count(succeeded=False),
            },
            "metadata": body.get("metadata"),
        }


def response(job: Job, status: int, body: dict[str, Any]) -> dict[str, Any]:
    """The answer to one request of the batch."""
    return {"status_code": status, "request_id": f"req_{job.id}", "body": body}


def read_requests(content: bytes, endpoint: str) -> tuple[list[tuple[str, dict[str, Any]]], list[dict[str, Any]]]:
    """Custom id and body of each line, and what is wrong with the lines."""
    requests: dict[str, dict[str, Any]] = {}
    problems = []
    for number, line in enumerate(content.splitlines(), start=1):
        try:
            item = json.loads(line)
            custom_id, url, body = str(item["custom_id"]), item["url"], item["body"]
        except (ValueError, KeyError, TypeError):
            problems.append(problem("invalid_json_line", "This line is not a request of a batch.", number))
            continue
        if url != endpoint:
            problems.append(problem("mismatched_url", "The URL differs from the batch's endpoint.", number))
        elif custom_id in requests:
            problems.append(problem("duplicate_custom_id", f"The custom_id '{custom_id}' is used twice.", number))
        else:
            requests[custom_id] = body
    if not requests and not problems:
        problems.append(problem("empty_file", "The input file is empty.", None))
    return list(requests.items()), problems


def problem(code: str, message: str, line: int | None) -> dict[str, Any]:
    """A problem of an input file as OpenAI lists it."""
    return {"code": code, "message": message, "param": None, "line": line}
