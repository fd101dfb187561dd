"""The HTTP side of the loopback server, on aiohttp.

The server's own addresses, without a key: `GET /_stats` (the books), `POST /_reset` (forget them and start the fault
plan again), `POST /_faults` (another fault plan, as JSON or in its compact form).

The books: `calls` answered in full (`by_endpoint`), `attempts`, `by_status` (`dropped` where the connection
broke), `faults` that were injected, `finished` distinct requests (body and X-Peerassay-Sample; batches included),
`repeated` answers to what had been finished before, `lost` answers whose client had gone, `in_flight` and
`max_in_flight`, `tokens` billed (`uncached`, `cached`, `written`, `output`; also for answers that never arrived, and
for batches), `batch` (`batches`, `requests`, `finished`, `repeated`, `errors`), `peak_calls_per_second`, and
`cpu_seconds` of the whole process.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, NoReturn

from aiohttp import web
from peerassay.data.errors import InputError

from . import anthropic_wire, openai_wire
from .anthropic_batches import AnthropicBatches
from .anthropic_wire import MESSAGES
from .batches import BatchWorker
from .calls import ApiError, Wire
from .engine import LoopbackEngine, PendingAnswer, read_call
from .exchange import body_of, check_key, error_response, errors_for, started, to_anthropic, without_end
from .faults import STRANGE, Kind, fault_plan
from .openai_batches import OpenAIBatches
from .openai_chat import CHAT
from .openai_responses import RESPONSES
from .openai_wire import MODELS

MOST_BYTES = 64 * 2**20
WIRES = {f"/v1/{wire.endpoint}": wire for wire in (CHAT, RESPONSES, MESSAGES)}
SAMPLE = "X-Peerassay-Sample"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Dropped(Exception):
    """The connection was broken on purpose."""


class Server:
    """The endpoints over one engine."""

    def __init__(self, engine: LoopbackEngine) -> None:
        self.engine = engine
        worker = BatchWorker(engine, engine.options.batch_seconds)
        self.openai = OpenAIBatches(worker)
        self.anthropic = AnthropicBatches(worker)

    def application(self) -> web.Application:
        """The routes."""
        app = web.Application(client_max_size=MOST_BYTES, middlewares=[self.in_dialect])
        app.add_routes(
            [
                *(web.post(path, self.model_call) for path in WIRES),
                web.get("/v1/models", self.models),
                web.get("/v1/models/{id}", self.model),
                web.post("/v1/files", self.send_file),
                web.get("/v1/files/{id}", self.file),
                web.get("/v1/files/{id}/content", self.file_content),
                web.post("/v1/batches", self.create_batch),
                web.get("/v1/batches/{id}", self.batch),
                web.post("/v1/batches/{id}/cancel", self.cancel_batch),
                web.post("/v1/messages/batches", self.create_message_batch),
                web.get("/v1/messages/batches/{id}", self.message_batch),
                web.get("/v1/messages/batches/{id}/results", self.message_batch_results),
                web.post("/v1/messages/batches/{id}/cancel", self.cancel_message_batch),
                web.get("/_stats", self.stats),
                web.post("/_reset", self.reset),
                web.post("/_faults", self.faults),
            ]
        )
        return app

    @web.middleware
    async def in_dialect(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Check the key, count, and write errors as the provider writes them."""
        if request.path.startswith("/_"):
            return await handler(request)
        errors = errors_for(request)
        accounts = self.engine.accounts
        counted = request.path in WIRES and request.method == "POST"
        status = "dropped"
        if counted:
            accounts.enter()
        try:
            check_key(request, errors)
            response = await handler(request)
            status = str(response.status)
        except ApiError as error:
            response, status = error_response(errors, error, self.engine.plan.shape), str(error.status)
        except web.HTTPException as error:
            if error.status < 400:
                raise
            told = ApiError(error.status, errors.invalid("").kind, f"{error.reason}: {request.method} {request.path}")
            response, status = error_response(errors, told, self.engine.plan.shape), str(error.status)
        except Dropped:
            response = web.Response()
        finally:
            if counted:
                accounts.leave()
                accounts.by_status[status] += 1
        return response

    async def model_call(self, request: web.Request) -> web.StreamResponse:
        """One call of a model."""
        engine, wire = self.engine, WIRES[request.path]
        body = await body_of(request, wire.errors)
        engine.refuse_crowd(wire)
        call = engine.fitted(read_call(wire, body, request.headers.get(SAMPLE)), wire)
        fault = engine.draw(call)
        if fault:
            engine.fail(fault, wire)
        if fault == "hang":
            await without_end(request)
        if fault in ("drop-early", "hang"):
            self.drop(request, fault)
        if fault in STRANGE:
            engine.accounts.faults[fault] += 1
            content_type, text = STRANGE[fault]
            return web.Response(text=text, content_type=content_type)
        work = engine.begin(call, fault)
        await asyncio.sleep(engine.latency(fault))
        engine.complete(work)
        if fault == "drop":
            self.drop(request, fault)
        try:
            return await self.deliver(request, wire, work, fault)
        except ConnectionResetError:
            engine.accounts.lost += 1
            raise Dropped from None

    async def deliver(
        self, request: web.Request, wire: Wire, work: PendingAnswer, fault: Kind | None
    ) -> web.StreamResponse:
        """Send the answer, whole or as a stream; half of it where the connection is to break in the middle.

        Raises ConnectionResetError where the client has gone.
        """
        call = work.call
        if call.stream:
            chunks = wire.events(call, work.answer)
            headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-cache"}
        else:
            whole = json.dumps(wire.answer(call, work.answer)).encode()
            chunks = [whole[: len(whole) // 2], whole[len(whole) // 2 :]]
            headers = {"Content-Type": "application/json", "Content-Length": str(len(whole))}
        if fault == "drop-mid":
            await started(request, headers, chunks[: len(chunks) // 2])
            self.drop(request, fault)
        if request.transport is None or request.transport.is_closing():
            raise ConnectionResetError
        if not call.stream:
            self.engine.accounts.finish(call)
            return web.Response(body=b"".join(chunks), content_type="application/json")
        response = await started(request, headers, chunks[:-1])
        self.engine.accounts.finish(call)
        await response.write(chunks[-1])
        await response.write_eof()
        return response

    def drop(self, request: web.Request, fault: Kind) -> NoReturn:
        """Break the connection: after what was written has gone, or at once. Raises Dropped."""
        self.engine.accounts.faults[fault] += 1
        if request.transport is not None:
            request.transport.close() if fault == "drop-mid" else request.transport.abort()
        raise Dropped

    async def models(self, request: web.Request) -> web.Response:
        """A few names; any other name works as well."""
        records = [model_record(request, name) for name in MODELS]
        return web.json_response(
            {"object": "list", "data": records, "has_more": False, "first_id": MODELS[0], "last_id": MODELS[-1]}
        )

    async def model(self, request: web.Request) -> web.Response:
        """One model."""
        return web.json_response(model_record(request, request.match_info["id"]))

    async def send_file(self, request: web.Request) -> web.Response:
        """Take a file (multipart)."""
        form = await request.post()
        file = form.get("file")
        if not isinstance(file, web.FileField):
            raise openai_wire.invalid("Missing required parameter: 'file'.", "file")
        return web.json_response(self.openai.put_file(file.filename, str(form.get("purpose")), file.file.read()))

    async def file(self, request: web.Request) -> web.Response:
        """A file's record."""
        return web.json_response(self.openai.file(request.match_info["id"]).record)

    async def file_content(self, request: web.Request) -> web.Response:
        """A file's bytes."""
        content = self.openai.file(request.match_info["id"]).content
        return web.Response(body=content, content_type="application/octet-stream")

    async def create_batch(self, request: web.Request) -> web.Response:
        """Begin an OpenAI batch."""
        return web.json_response(self.openai.create(await body_of(request, openai_wire.ERRORS)))

    async def batch(self, request: web.Request) -> web.Response:
        """An OpenAI batch."""
        return web.json_response(self.openai.record(self.openai.job(request.match_info["id"])))

    async def cancel_batch(self, request: web.Request) -> web.Response:
        """Cancel an OpenAI batch."""
        return web.json_response(self.openai.cancel(request.match_info["id"]))

    async def create_message_batch(self, request: web.Request) -> web.Response:
        """Begin an Anthropic batch."""
        body = await body_of(request, anthropic_wire.ERRORS)
        return web.json_response(self.anthropic.create(body, f"http://{request.host}"))

    async def message_batch(self, request: web.Request) -> web.Response:
        """An Anthropic batch."""
        return web.json_response(self.anthropic.record(self.anthropic.job(request.match_info["id"])))

    async def message_batch_results(self, request: web.Request) -> web.Response:
        """What came of an Anthropic batch."""
        lines = self.anthropic.results(request.match_info["id"])
        return web.Response(body=lines, content_type="application/x-jsonl")

    async def cancel_message_batch(self, request: web.Request) -> web.Response:
        """Cancel an Anthropic batch."""
        return web.json_response(self.anthropic.cancel(request.match_info["id"]))

    async def stats(self, request: web.Request) -> web.Response:  # noqa: ARG002
        """The books."""
        return web.json_response(self.engine.accounts.report())

    async def reset(self, request: web.Request) -> web.Response:  # noqa: ARG002
        """New books."""
        self.engine.reset()
        return web.json_response({})

    async def faults(self, request: web.Request) -> web.Response:
        """Another fault plan; 400 and one line for a wrong one."""
        try:
            self.engine.set_faults(fault_plan(await request.text()))
        except InputError as error:
            return web.Response(status=400, text=str(error))
        return web.json_response(self.engine.plan.model_dump(by_alias=True))


def model_record(request: web.Request, name: str) -> dict[str, Any]:
    """A model in the dialect of the request. Raises ApiError for the one that is missing."""
    return anthropic_wire.model_record(name) if to_anthropic(request) else openai_wire.model_record(name)


async def listening(engine: LoopbackEngine) -> tuple[web.AppRunner, int]:
    """Begin to serve on the loopback interface; the runner, to be cleaned up, and the port."""
    runner = web.AppRunner(Server(engine).application(), access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", engine.options.port)
    try:
        await site.start()
    except OSError as error:
        await runner.cleanup()
        raise InputError(f"port {engine.options.port}: cannot be used ({error.strerror}); choose another") from None
    return runner, runner.addresses[0][1]
