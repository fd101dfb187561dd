"""`peerassay calibrate`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click
from rich.text import Text

from ..bench.calibrate import calibrate
from ..bench.calibrations import CALIBRATIONS
from ..bench.run import Run
from ..data.files import write_atomic
from ..presentation.terminal import print_tables
from . import kinds, options
from .output import log, print_json


@click.command("calibrate")
@click.argument("run_folder", metavar="RUN", type=kinds.RUN)
@click.option("--out", type=kinds.FileOrFolder(".json"), help="The file to write [default: RUN/calibration.json].")
@click.option("--method", type=click.Choice(["platt", "isotonic"]), default="platt", show_default=True)
@options.AS_JSON
def calibrate_command(run_folder: Path, out: Path | None, method: Literal["platt", "isotonic"], as_json: bool) -> None:
    """Fit score -> P(accept) and the decision threshold of every reviewer of a RUN that gives scores.

    Make the run on papers that you will not test on (`bench --split calibration`), then test with
    `bench --split test --calibration FILE`.
    """
    found, table = calibrate(Run.open(run_folder), method)
    path = out or run_folder / "calibration.json"
    write_atomic(path, CALIBRATIONS.dump_json(found, indent=2))
    if as_json:
        print_json({"file": str(path), "calibrations": CALIBRATIONS.dump_python(found, mode="json")})
    else:
        print_tables([table])
        log().print(Text(f"written: {path}"), soft_wrap=True)
