"""Files for `--config`: what they may say, and where it arrives."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from peerassay.data.errors import InputError
from peerassay.generator.batch import ScientistRecord, ScientistRun
from peerassay.generator.config import ScientistConfig
from peerassay.generator.lab import LabSettings
from peerassay.generator.project import PaperSettings
from peerassay.llm.batch_open import Pace
from peerassay.llm.config import Config, read_config
from peerassay.llm.model import RetryPolicy
from peerassay.llm.model_name import ModelName
from peerassay.llm.session import Session

DOCUMENT = Path(__file__).parents[2] / "docs" / "config.md"


def test_the_example_in_the_documentation_is_every_setting_with_its_default(tmp_path: Path) -> None:
    found = re.search(r"```toml\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert found
    (tmp_path / "config.toml").write_text(found[1])
    read = read_config(tmp_path / "config.toml", ScientistConfig)
    assert read == ScientistConfig()
    assert read.given() == tomllib.loads(found[1]) == ScientistConfig().model_dump()


def test_the_defaults_are_those_of_the_settings_themselves() -> None:
    config = ScientistConfig()
    assert (config.retry(), config.pace()) == (RetryPolicy(), Pace())
    assert LabSettings(**config.experiments.model_dump()) == LabSettings()
    assert PaperSettings(**config.paper.model_dump()) == PaperSettings()


def test_a_session_calls_as_the_file_says(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[calls]\nattempts = 2\ntimeout = 7\n[batches]\nmost = 5\n")
    config = read_config(path, Config)
    assert config.given() == {"calls": {"attempts": 2, "timeout": 7}, "batches": {"most": 5}}
    session = Session.within(config=config, dry=True)
    model = session.connect(ModelName.parse("openai/m@http://127.0.0.1:9/v1"))
    assert (model.retry.attempts, model.retry.timeout, model.retry.seconds) == (2, 7, 900)
    assert session.pace.most == 5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[calls]\nattemps = 2\n", r"unknown setting 'attemps' in \[calls\]; it takes attempts, seconds, timeout"),
        ("[papers]\n", r"unknown table \[papers\]; there are \[calls\], \[batches\] here"),
        ("[experiments]\ntries = 2\n", r"unknown table \[experiments\]"),
        ("[calls]\nattempts = 0\n", "field calls.attempts: .*greater than or equal to 1"),
        ("[calls]\nattempts = '8'\n", "field calls.attempts: .*integer"),
        ("calls = 8\n", "field calls: "),
        ("[calls\n", "not TOML"),
    ],
)
def test_what_is_wrong_is_one_line_that_names_it(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=message) as raised:
        read_config(path, Config)
    assert str(raised.value).startswith(str(path)) and "\n" not in str(raised.value)


def test_another_setting_of_the_scientist_is_another_run(tmp_path: Path) -> None:
    def record(**lab: int) -> ScientistRecord:
        return ScientistRecord(template="t", model="offline", reviewer="r", lab=LabSettings(**lab))

    ScientistRun.start(tmp_path / "run", record(tries=2))
    again = record(tries=2).model_copy(update={"ideas": 3, "config": {"calls": {"attempts": 2}}})
    assert ScientistRun.start(tmp_path / "run", again).record.config == {"calls": {"attempts": 2}}
    with pytest.raises(InputError, match="holds a run with tries 2, not 4; choose another --out"):
        ScientistRun.start(tmp_path / "run", record())
