"""What OpenAI's endpoints have in common: errors, the quirks of models, models as a list."""

from __future__ import annotations

from typing import Any

from .calls import ApiError, Errors
from .images import seen_at
from .schema_rules import openai_problem

INVALID = "invalid_request_error"
MODELS = (
    "loopback-large",
    "loopback-small",
    "loopback-responses-only",
    "loopback-no-temperature",
    "loopback-no-schema",
)


def error_body(error: ApiError) -> dict[str, Any]:
    """The error as OpenAI sends it."""
    return {"error": {"message": error.message, "type": error.kind, "param": error.param, "code": error.code}}


def invalid(message: str, param: str | None = None, code: str | None = None) -> ApiError:
    """A 400."""
    return ApiError(400, INVALID, message, code=code, param=param)


def unauthorized(key: str | None) -> ApiError:
    """The 401 for a missing or a wrong key."""
    if not key:
        return ApiError(401, INVALID, "You didn't provide an API key in the Authorization header (Bearer YOUR_KEY).")
    return ApiError(401, INVALID, f"Incorrect API key provided: {key[:3]}***.", code="invalid_api_key")


def rate_limited(retry_after: float) -> ApiError:
    """The 429 that passes."""
    message = f"Rate limit reached on requests per min. Please try again in {retry_after:g}s."
    return ApiError(429, "requests", message, code="rate_limit_exceeded", retry_after=retry_after)


def broken() -> ApiError:
    """The 500."""
    return ApiError(500, "server_error", "The server had an error while processing your request. Sorry about that!")


def busy() -> ApiError:
    """The 503."""
    return ApiError(503, "server_error", "The server is overloaded or not ready yet.")


def not_found(model: str) -> ApiError:
    """The 404 for a model."""
    message = f"The model `{model}` does not exist or you do not have access to it."
    return ApiError(404, INVALID, message, code="model_not_found")


def check_model(body: dict[str, Any]) -> str:
    """The model's name. Raises ApiError for a model that nothing can be asked of."""
    model = body.get("model")
    if not isinstance(model, str) or not model:
        raise invalid("you must provide a model parameter", "model")
    if model == "missing-model":
        raise not_found(model)
    if "no-quota" in model:
        message = "You exceeded your current quota, please check your plan and billing details."
        raise ApiError(429, "insufficient_quota", message, code="insufficient_quota")
    return model


def check_parameters(body: dict[str, Any], model: str, *, schema_param: str, has_schema: bool) -> None:
    """Raises ApiError for a parameter that this model does not take."""
    temperature = body.get("temperature")
    if temperature is not None and "no-temperature" in model:
        message = (
            f"Unsupported value: 'temperature' does not support {temperature:g} with this model. "
            "Only the default (1) value is supported."
        )
        raise invalid(message, "temperature", "unsupported_value")
    if temperature is not None and not 0 <= temperature <= 2:
        raise invalid(f"Invalid 'temperature': expected a value between 0 and 2, got {temperature:g}.", "temperature")
    if has_schema and "no-grammar" in model:
        raise ApiError(500, "server_error", "Failed to initialize samplers: failed to parse grammar")
    if has_schema and "no-schema" in model:
        message = f"Invalid parameter: '{schema_param}' of type 'json_schema' is not supported with this model."
        raise invalid(message, schema_param)
    if "max_completion_tokens" in body and "max-tokens-only" in model:
        raise invalid("Unrecognized request argument supplied: max_completion_tokens")
    if "max_tokens" in body and "legacy-max-tokens-refused" in model:
        message = (
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
        )
        raise invalid(message, "max_tokens", "unsupported_parameter")


def schema_of(wanted: dict[str, Any], param: str) -> dict[str, Any] | None:
    """The schema of a JSON answer (`name`, `schema`, `strict`). Raises ApiError for one that is refused."""
    schema = wanted.get("schema")
    if not wanted.get("name"):
        raise invalid(f"Missing required parameter: '{param}.name'.", f"{param}.name", "missing_required_parameter")
    problem = openai_problem(schema) if wanted.get("strict") and isinstance(schema, dict) else None
    if problem:
        raise invalid(f"Invalid schema for response_format '{wanted['name']}': {problem}", param)
    return schema if isinstance(schema, dict) else None


def content_text(content: Any, param: str, model: str = "") -> str:
    """The text of a message's content, images as words. Raises ApiError for content that is neither text nor a list."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        raise invalid(f"Invalid type for '{param}': expected a string or an array.", param, "invalid_type")
    return "".join(_part_text(part, param, model) for part in content if isinstance(part, dict))


def _part_text(part: dict[str, Any], param: str, model: str) -> str:
    if part.get("type") not in ("image_url", "input_image"):
        return part.get("text") or part.get("refusal") or ""
    if "no-vision" in model:
        raise invalid("Invalid content type. image_url is only supported by certain models.", param)
    if "drops-images" in model:
        return ""
    address = part.get("image_url")
    try:
        return seen_at(address.get("url", "") if isinstance(address, dict) else str(address))
    except ValueError as error:
        raise invalid(str(error), param, "invalid_image") from None


def model_record(model: str) -> dict[str, Any]:
    """A model as OpenAI lists it. Raises ApiError for the one that is missing."""
    if model == "missing-model":
        raise not_found(model)
    return {"id": model, "object": "model", "created": 1735689600, "owned_by": "peerassay"}


ERRORS = Errors(error_body, unauthorized, rate_limited, broken, busy, invalid)
