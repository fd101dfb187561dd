"""The container images: what they are built from is all that the package needs, and they agree with the Makefile."""

from __future__ import annotations

import fnmatch
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_the_image_has_the_packages_that_the_makefile_installs() -> None:
    wanted = re.search(r"^DEBIAN := (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    installed = re.search(r"--no-install-recommends \\\n +([^\\&]+)\\", DOCKERFILE)
    assert wanted and installed
    assert {*wanted[1].split()} == {*installed[1].split()}


def test_it_runs_the_program_as_an_ordinary_user() -> None:
    targets = re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)[2:]
    assert [target.splitlines()[0].rpartition(" AS ")[2] for target in targets] == ["small", "full"]
    for target in targets:
        assert re.findall(r"^USER (\w+)$", target, re.MULTILINE)[-1] == "reviewer"
    assert 'ENTRYPOINT ["peerassay"]' in targets[0]
    assert "KEY" not in "".join(targets)


def test_nothing_that_the_wheel_needs_is_left_out() -> None:
    left_out = [
        line for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1].isalnum()
    ]
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"]
    folders = {name.removeprefix("peerassay").removeprefix(".").replace(".", "/") for name in packages}
    for folder in folders - {""}:
        assert not any(fnmatch.fnmatch(folder, f"{pattern}*") for pattern in left_out), folder
    unversioned = (ROOT / ".gitignore").read_text(encoding="utf-8").replace("/", "").splitlines()
    assert not {name for name in unversioned if name[:1].isalnum()} - {*left_out}, "made, and built into an image"
    assert {"src", "README.md", "LICENSE", "pyproject.toml", "constraints-dev.txt"}.isdisjoint(left_out)
