"""`peerassay calibrate`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click
from pydantic import TypeAdapter, ValidationError

from ..bench.evaluate import Calibration
from ..data.errors import InputError
from ..data.files import read_text, write_atomic

CALIBRATIONS: TypeAdapter[dict[str, Calibration]] = TypeAdapter(dict[str, Calibration])


@click.command("calibrate")
@click.argument("run_folder", metavar="RUN", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="The file to write [default: RUN/calibration.json].")
@click.option("--method", type=click.Choice(["platt", "isotonic"]), default="platt", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def calibrate_command(run_folder: Path, out: Path | None, method: Literal["platt", "isotonic"], as_json: bool) -> None:
    """Fit score -> P(accept) and the decision threshold of every reviewer of a RUN that gives scores.

    Make the run on papers that you will not test on (`bench --split calibration`), then test with
    `bench --split test --calibration FILE`.
    """
    from ..bench.calibrate import calibrate
    from ..bench.run import open_run
    from .output import print_json, print_tables

    found, table = calibrate(open_run(run_folder), method)
    path = out or run_folder / "calibration.json"
    write_atomic(path, CALIBRATIONS.dump_json(found, indent=2))
    if as_json:
        print_json({"file": str(path), "calibrations": CALIBRATIONS.dump_python(found, mode="json")})
    else:
        print_tables([table])
        click.echo(f"written: {path}", err=True)


def read_calibrations(path: Path) -> dict[str, Calibration]:
    """What `calibrate` wrote, by reviewer. Raises InputError where the file is something else."""
    try:
        return CALIBRATIONS.validate_json(read_text(path))
    except ValidationError as error:
        raise InputError(f"{path}: not a file of `peerassay calibrate` ({error.errors()[0]['msg']})") from None


def calibration_for(name: str, fingerprint: str, path: Path) -> Calibration:
    """What the file has for the reviewer of this name and fingerprint.

    Raises InputError where it has nothing for it, or was fitted on other reviews than this reviewer gives now.
    """
    found = read_calibrations(path)
    entry = next((c for c in found.values() if c.fingerprint == fingerprint), None)
    if entry is None and name in found:
        raise InputError(
            f"{path}: {name} has changed since it was calibrated there; calibrate it anew "
            f"(`bench --split calibration`, then `calibrate`)"
        )
    if entry is None:
        raise InputError(f"{path}: no calibration of {name}; it has {', '.join(sorted(found)) or 'none'}")
    return entry
