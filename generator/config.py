"""Settings of the scientist that no option has, for `--config`."""

from __future__ import annotations

from pydantic import Field

from ..llm.config import Config, ConfigSection
from .lab import LabSettings
from .project import PaperSettings

LAB, PAPER = LabSettings(), PaperSettings()


class Experiments(ConfigSection):
    """[experiments]: how experiments are made."""

    tries: int = Field(default=LAB.tries, ge=1, description="times that one experiment is mended")
    plot_seconds: float = Field(default=LAB.plot_seconds, gt=0, description="of one run of plot.py")
    memory_mb: int = Field(default=LAB.memory_mb, gt=0, description="of an experiment")
    looks: int = Field(default=LAB.looks, ge=1, le=2, description="2: promising settings get further seeds")
    more_seconds: float = Field(default=LAB.more_seconds, gt=0, description="that further seeds may take in all")
    disk_mb: int = Field(default=LAB.disk_mb, gt=0, description="that an experiment may write")


class PaperRounds(ConfigSection):
    """[paper]: how often a paper is gone over."""

    revisions: int = Field(default=PAPER.revisions, ge=0, description="times that it is mended after compiling")
    improvements: int = Field(default=PAPER.improvements, ge=0, description="rounds after a review")


class ScientistConfig(Config):
    """The file, for the scientist."""

    experiments: Experiments = Experiments()
    paper: PaperRounds = PaperRounds()
