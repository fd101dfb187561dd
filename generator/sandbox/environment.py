"""The environment that model-written code sees: built from a list of allowed names, never from what is there."""

from __future__ import annotations

import os
import re
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path

from ...data.errors import InputError

PASSED_ON = (
    "LANG",
    "LC_ALL",
    "TZ",
    "LD_LIBRARY_PATH",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "CUDA_VISIBLE_DEVICES",
    "PYTORCH_CUDA_ALLOC_CONF",
    "PYTORCH_ENABLE_MPS_FALLBACK",
    "SOURCE_DATE_EPOCH",
)
"""Names that are taken over from the caller's own environment."""

SECRET = re.compile(r"(KEY|TOKEN|SECRET|PASS|PASSWD|PASSWORD|PASSPHRASE|CREDENTIAL|COOKIE|AUTH)S?(_|$)", re.IGNORECASE)
"""Names that never enter a sandbox."""

MARKER = "PEERASSAY_RUN"
"""Names the run in each of its processes, so that one that broke away can be found."""

HOME = ".home"
"""Folder in the workspace that is the home folder of the code: caches stay there from one run to the next."""


def clean_environment(workspace: Path, temporary: Path, extra: Mapping[str, str]) -> dict[str, str]:
    """The whole environment of a run; `temporary` is the path of the temporary folder as the run sees it.

    Raises InputError where a name in `extra` looks like that of a secret.
    """
    for name in extra:
        if SECRET.search(name):
            raise InputError(f"environment variable {name} looks like a secret; model-written code must not see it")
    home = workspace / HOME
    folders = (Path(sys.prefix, "bin"), Path(sys.base_prefix, "bin"), *map(Path, os.defpath.split(":")))
    return {
        **{name: os.environ[name] for name in PASSED_ON if name in os.environ},
        "PATH": ":".join(dict.fromkeys([*map(str, folders), "/usr/local/bin"])),
        "HOME": str(home),
        "USER": "experiment",
        "LOGNAME": "experiment",
        "TMPDIR": str(temporary),
        "LANG": os.environ.get("LANG", "C.UTF-8"),
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONNOUSERSITE": "1",
        "PYTHONUNBUFFERED": "1",
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": str(home / "matplotlib"),
        **extra,
        MARKER: secrets.token_hex(8),
    }


def python_folders() -> list[Path]:
    """The folders of this Python and its packages, by the names in use and by their real ones."""
    named = [Path(sys.prefix), Path(sys.base_prefix)]
    folders = dict.fromkeys([*named, *(path.resolve() for path in named)])
    return [path for path in folders if not path.is_relative_to("/usr")]
