"""`peerassay worker` at a run of the scientist."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from peerassay.generator.batch import ScientistRun
from peerassay.generator.crew.order import ScientistOrder
from peerassay.reviewer.crew.member import Watch

from tests.generator.offline_batch import offline_batch
from tests.generator.tiny_template import make_template

Call = Callable[..., tuple[int, str, str]]


def test_it_refuses_a_run_that_is_another_one_here(tmp_path: Path, typed: Call) -> None:
    """Before any idea is worked on, and nobody is told of a worker."""
    template = make_template(tmp_path / "template")
    batch = offline_batch(tmp_path / "run", template)
    run = ScientistRun.open(batch.folder)
    Watch.begin(run.work_path)
    order = ScientistOrder.of(batch, 1, None)

    def refused(**changed: object) -> str:
        order.model_copy(update=changed).write(run)
        code, _, err = typed("worker", run.folder)
        assert code == 2
        assert not list(run.work_path.glob("*/place.json"))
        return err

    for what, fingerprint in order.fingerprints.items():
        other = {**order.fingerprints, what: f"{fingerprint}-9"}
        assert f"order.json: the {what} is another one here than where the work was given out" in refused(
            fingerprints=other
        )
    assert "workers need the same version" in refused(peerassay="9")
    order.write(run)
    (template / "experiment.py").write_text((template / "experiment.py").read_text() + "\n# another one\n")
    code, _, err = typed("worker", run.folder)
    assert (code, "the template is another one here" in err) == (2, True), err


def test_it_has_nothing_to_do_once_no_work_is_given_out(tmp_path: Path, typed: Call) -> None:
    batch = offline_batch(tmp_path / "run", make_template(tmp_path / "template"))
    code, _, err = typed("worker", batch.folder)
    assert (code, "gives no work out" in err) == (2, True)
    ScientistRun.start(batch.folder, batch.record.model_copy(update={"ideas": 0}))
    assert typed("worker", batch.folder) == (0, "", "nothing is left to do\n")
