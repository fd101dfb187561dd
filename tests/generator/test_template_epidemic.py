"""The epidemic template: runs end to end, agrees with theory, and its interventions do what they say."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.generator import bundled_templates
from tests.generator.bundled_templates import script

TEMPLATE = bundled_templates.TEMPLATES / "epidemic"
NETWORKS = ("random", "small_world", "scale_free", "households")
KNOBS: dict[str, Any] = json.loads((TEMPLATE / "knobs.json").read_text(encoding="utf-8"))
VARIANTS = [(knob["name"], variant) for knob in KNOBS["knobs"] for variant in knob["variants"]]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny run, made by the command that the pipeline uses."""
    out = tmp_path_factory.mktemp("epidemic") / "run_0"
    assert "random       attack rate by seed: " in script(TEMPLATE, "experiment.py", "--out_dir", str(out))
    return out


@pytest.fixture(scope="module")
def template() -> Iterator[tuple[Any, Any]]:
    with bundled_templates.modules(TEMPLATE) as found:
        yield found


def tiny(experiment: Any, **changes: Any) -> Any:
    return replace(experiment.Config(), **experiment.PRESETS["tiny"] | changes)


def rate(template: Any, network: str, seed: int = 0, **changes: Any) -> float:
    experiment, evaluation = template
    return evaluation.measure(*experiment.simulate(network, tiny(experiment, **changes), seed))["attack_rate"]


def test_results_have_the_layout_of_the_field(run: Path) -> None:
    info = bundled_templates.check_results(run, NETWORKS, seeds=3)
    with np.load(run / "all_results.npz") as arrays:
        assert set(arrays) == {f"{network}_prevalence" for network in NETWORKS}
        assert arrays["random_prevalence"].shape[0] == 3
        assert arrays["random_prevalence"].max() < max(info["random"]["final_info_dict"]["peak_prevalence"]) + 1e-9


def test_the_offset_moves_the_seeds(run: Path, template: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moved = bundled_templates.run_main(template[0], monkeypatch, tmp_path, "--seeds", "2", offset=1)
    first = json.loads((run / "final_info.json").read_text())
    for network in NETWORKS:
        rates = first[network]["final_info_dict"]["attack_rate"]
        assert moved[network]["final_info_dict"]["attack_rate"] == rates[1:]
        assert len(set(rates)) == 3


@pytest.mark.parametrize(("name", "variant"), VARIANTS, ids=[f"{n}-{v['label']}" for n, v in VARIANTS])
def test_every_variant_changes_the_epidemics(name: str, variant: dict[str, Any], template: Any) -> None:
    experiment, _ = template
    changes = bundled_templates.changed(TEMPLATE, variant)
    assert changes != {key: getattr(experiment.Config(), key) for key in changes}, name
    base, _ = experiment.simulate("scale_free", tiny(experiment), 0)
    counts, _ = experiment.simulate("scale_free", tiny(experiment, **changes), 0)
    assert not np.array_equal(base, counts)


def test_networks_are_what_their_names_say(template: Any) -> None:
    _, evaluation = template
    degrees = {}
    for kind in NETWORKS:
        ties = evaluation.contact_network(kind, 1000, 8, 3)
        assert (ties != ties.T).nnz == 0
        assert ties.diagonal().sum() == 0
        assert set(ties.data) == {1.0}
        degrees[kind] = np.diff(ties.indptr)
        assert degrees[kind].mean() == pytest.approx(8, abs=0.1)
    assert degrees["scale_free"].max() > 50 > 25 > degrees["random"].max()
    assert degrees["random"].var() == pytest.approx(8, rel=0.25)  # of Poisson numbers
    assert degrees["small_world"].var() < 2
    households = evaluation.contact_network("households", 1000, 8, 3).toarray()
    assert all(households[i : i + 4, i : i + 4].sum() == 12 for i in range(0, 1000, 4))
    assert (evaluation.contact_network("random", 1000, 8, 4) != evaluation.contact_network("random", 1000, 8, 3)).nnz
    for contacts in (2, 7):
        with pytest.raises(ValueError, match="choose an even number"):
            evaluation.contact_network("random", 100, contacts, 0)


def test_without_interventions_the_attack_rate_is_that_of_theory(template: Any) -> None:
    experiment, evaluation = template
    evidence = importlib.import_module("evidence")
    config = replace(experiment.Config(), **evidence.UNTOUCHED, epidemics=8, transmission=0.055)
    expected = evidence.expected_attack_rate(config)
    found = np.mean([evaluation.measure(*experiment.simulate("random", config, s))["attack_rate"] for s in (0, 1)])
    assert 0.6 < expected < 0.8
    assert found == pytest.approx(expected, abs=0.02)


def test_without_transmission_only_the_first_cases_are_ill(template: Any) -> None:
    experiment, evaluation = template
    counts, lost = experiment.simulate("random", tiny(experiment, transmission=0.0, days=300), 0)
    measures = evaluation.measure(counts, lost)
    assert measures["attack_rate"] == pytest.approx(4 / 200)
    assert counts[-1, 3].tolist() == [4] * 4
    assert measures["duration"] < 40


def test_periods_have_the_means_that_are_set(template: Any) -> None:
    experiment, _ = template
    config = tiny(experiment, transmission=0.0, people=2000, first_cases=2000, epidemics=1, days=200)
    counts, _ = experiment.simulate("random", config, 0)
    assert counts[:, 1].sum() / 2000 == pytest.approx(config.latent_days, rel=0.05)
    assert counts[:, 2].sum() / 2000 == pytest.approx(config.infectious_days, rel=0.05)


def test_vaccines_protect_as_their_kind_says(template: Any) -> None:
    experiment, _ = template
    vaccinated, config = np.array([True, False]), experiment.Config()
    chance = np.array([[0.1, 0.95], [0.1, 0.95]], dtype=np.float32)
    for effect, taken, given in (
        ("immunity", [[0, 1], [1, 1]], [[1, 1], [1, 1]]),
        ("leaky", [[0.1, 0.1], [1, 1]], [[1, 1], [1, 1]]),
        ("onward", [[1, 1], [1, 1]], [[0.1, 0.1], [1, 1]]),
    ):
        found = experiment.protection(vaccinated, replace(config, vaccine_effect=effect), chance)
        np.testing.assert_allclose(found, [taken, given], rtol=1e-5)
    full = {"vaccinated": 1.0, "efficacy": 1.0}
    for effect in ("immunity", "leaky", "onward"):
        assert rate(template, "random", vaccine_effect=effect, **full) == pytest.approx(4 / 200)
    with pytest.raises(ValueError, match="choose immunity, leaky or onward"):
        rate(template, "random", vaccine_effect="none")


def test_doses_go_to_those_whom_the_order_names(template: Any) -> None:
    experiment, evaluation = template
    ties = evaluation.contact_network("scale_free", 500, 8, 0)
    degree = np.diff(ties.indptr)
    means = {}
    for order in ("random", "acquaintance", "contacts"):
        config = tiny(experiment, people=500, vaccine_order=order)
        chosen = experiment.vaccinated_people(ties, config, evaluation.stream("scale_free", 0, "vaccines"))
        assert chosen.sum() == 100
        means[order] = degree[chosen].mean()
    assert means["contacts"] == pytest.approx(np.sort(degree)[-100:].mean())
    assert means["random"] < 10 < means["acquaintance"] < means["contacts"]


def test_isolation_and_distancing_cost_contacts_and_prevent_infections(template: Any) -> None:
    experiment, evaluation = template
    free = tiny(experiment, isolating=0.0, transmission=0.2, vaccinated=0.0)
    everybody = replace(free, isolating=1.0, isolation_delay=0)
    closed = replace(free, closure_trigger=0.0, closure_strength=1.0)
    counts, lost = experiment.simulate("random", free, 0)
    assert not lost.any()
    assert evaluation.measure(counts, lost)["attack_rate"] > 0.8
    for config in (everybody, closed):
        assert evaluation.measure(*experiment.simulate("random", config, 0))["attack_rate"] == pytest.approx(4 / 200)
    counts, lost = experiment.simulate("random", closed, 0)
    np.testing.assert_allclose(lost, np.diff(evaluation.contact_network("random", 200, 8, 0).indptr).mean(), rtol=1e-5)


def test_uneven_infectiousness_keeps_its_mean(template: Any) -> None:
    experiment, _ = template
    config = tiny(experiment, people=20000, dispersion=0.3)
    factors = experiment.infectiousness(config, np.random.default_rng(0))
    assert factors.mean() == pytest.approx(1, abs=0.05)
    assert factors.var() == pytest.approx(1 / 0.3, rel=0.1)


def test_counts_that_cannot_be_are_refused(template: Any) -> None:
    _, evaluation = template
    counts = np.array([[[9], [1], [0], [0]], [[8], [1], [1], [0]], [[8], [0], [1], [1]], [[8], [0], [0], [2]]])
    lost = np.full((3, 1), 0.5)
    measures = evaluation.measure(counts, lost)
    assert measures["attack_rate"] == pytest.approx(0.2)
    assert (measures["peak_prevalence"], measures["peak_day"], measures["duration"]) == (0.1, 1, 3)
    assert (measures["large_outbreaks"], measures["contacts_lost"]) == (1, 1.5)
    vanished, returned = counts.copy(), counts.copy()
    vanished[2, 0] = 7
    returned[3] = [[9], [0], [0], [1]]
    with pytest.raises(ValueError, match="do not add up"):
        evaluation.measure(vanished, lost)
    with pytest.raises(ValueError, match="became susceptible again"):
        evaluation.measure(returned, lost)


def test_the_setting_states_the_numbers_of_the_preset(template: Any) -> None:
    config, said = template[0].Config(), KNOBS["setting"]
    assert f"{config.people} people" in said["data"]
    assert config.contacts == 8 and "eight contacts" in said["data"]
    assert f"{config.transmission} per day" in said["disease"]
    assert (config.latent_days, config.infectious_days, config.latent_stages, config.infectious_stages) == (3, 5, 2, 2)
    assert (config.first_cases, config.dispersion, config.closure_trigger) == (10, 0, 1)
    assert f"{config.vaccinated:.0%} of people" in said["interventions"]
    assert f"probability {config.efficacy}" in said["interventions"]
    assert (config.vaccine_order, config.vaccine_effect, config.isolating) == ("random", "immunity", 0.25)
    assert config.isolation_delay == 2 and "third day" in said["interventions"]
    assert f"after {config.days} days" in said["evaluation"]
    assert len(config.seeds) == 10 and "ten seeds" in said["repeats"]
    assert f"{config.epidemics} epidemics" in said["repeats"]


def test_figures_and_texts(run: Path, tmp_path: Path) -> None:
    bundled_templates.check_figures(run, tmp_path, TEMPLATE)
    bundled_templates.check_texts(TEMPLATE, json.loads((run / "final_info.json").read_text()))
