import json

import numpy as np
import pytest

from nnlab import Input, Sequential, layers, utils
from nnlab.core.errors import ArgumentError
from nnlab.explorers import Dropout

BLOCK = np.array([[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]])


@pytest.fixture
def network():
    utils.set_random_seed(3)
    parts = [Input((6,)), layers.Dense(16, activation="relu"), layers.Dropout(0.5), layers.Dense(3)]
    return Sequential(parts, name="net")


SAMPLE = np.linspace(-1, 1, 6)[None]


def test_survivors_are_scaled_and_the_others_are_zero():
    explorer = Dropout(BLOCK, rate=0.75)
    mask = explorer.scene.grid("mask").values
    assert explorer.scene.grid("y").values.tolist() == (BLOCK * mask * 4).tolist()
    assert 0 < mask.sum() < mask.size


def test_the_same_trial_draws_the_same_mask():
    explorer = Dropout(BLOCK, trial=3)
    mask = explorer.trace["mask"].value.copy()
    explorer.trial = 4
    other = explorer.trace["mask"].value.copy()
    explorer.trial = 3
    assert (explorer.trace["mask"].value == mask).all()
    assert (other != mask).any()


def test_spatial_dropout_drops_whole_columns():
    mask = Dropout(np.ones((5, 8)), spatial=True).scene.grid("mask").values
    assert (mask == mask[0]).all()
    assert 0 < mask.sum() < mask.size


def test_the_curve_is_the_running_mean_of_the_sums():
    explorer = Dropout(BLOCK)
    curve = next(part for part in explorer.scene.parts if part.name == "trials")
    sums = []
    for trial in range(20):
        explorer.trial = trial
        sums.append(explorer.scene.grid("y").values.sum())
        assert curve.lines["mean of the sums so far"][trial] == pytest.approx(np.mean(sums))


def test_the_gradient_passes_the_same_mask():
    grad = np.arange(8.0).reshape(2, 4)
    explorer = Dropout(BLOCK, gradient=True, grad=grad)
    assert explorer.scene.grid("grad_x").values.tolist() == (grad * explorer.scene.grid("mask").values * 2).tolist()


def test_at_inference_nothing_happens():
    explorer = Dropout(BLOCK, training=False)
    assert explorer.scene.grid("y").values.tolist() == BLOCK.tolist()
    assert "mask" not in [grid.name for grid in explorer.scene.grids]


def test_a_network_draws_a_hundred_outputs_and_learns_nothing(network):
    before = [weight.copy() for weight in network.get_weights()]
    explorer = Dropout(model=network, x=SAMPLE, output=1)
    draws = explorer.scene.grid("draws").values
    assert draws.size == 100
    assert np.unique(draws).size > 50
    assert explorer.scene.grid("mean").values.item() == pytest.approx(draws.mean())
    assert explorer.scene.grid("histogram").values.sum() == 100
    assert explorer.scene.grid("inference").values == pytest.approx(network.predict(SAMPLE, verbose=0))
    assert all((a == b).all() for a, b in zip(before, network.get_weights(), strict=True))


def test_a_network_that_has_learnt_since_is_drawn_anew(network):
    explorer = Dropout(model=network, x=SAMPLE)
    network.set_weights([weight + 1 for weight in network.get_weights()])
    explorer.output = 1
    assert explorer.scene.grid("inference").values == pytest.approx(network.predict(SAMPLE, verbose=0))


def test_a_teacher_can_hide_the_rates_of_a_network(network):
    assert Dropout(model=network, x=SAMPLE).scene.formula.startswith("rates: dropout")
    assert Dropout(model=network, x=SAMPLE, hide="formula").scene.formula == ""


def test_the_state_of_a_network_holds_its_weights(network):
    explorer = Dropout(model=network, x=SAMPLE)
    assert Dropout(**json.loads(json.dumps(explorer.state))).text == explorer.text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"model": 3}, "must be a model"),
        ({"model": Sequential([Input((2,)), layers.Dense(2)]), "x": [[1, 2]]}, "drops anything"),
        ({"rate": 1.5}, "rate"),
        ({"trial": 20}, "trial"),
        ({"x": [[1, "a"]]}, "numbers"),
    ],
)
def test_nonsense_is_refused_in_a_sentence(wrong, said):
    with pytest.raises(ArgumentError, match=said):
        Dropout(**wrong)


def test_a_network_needs_a_sample(network):
    with pytest.raises(ArgumentError, match="x="):
        Dropout(model=network)


def test_the_notes_say_what_becomes_of_the_sum_and_of_the_gradient():
    explorer = Dropout(x=[[1, 2, 3, 4]], rate=0.5, gradient=True)
    total = explorer.trace["y"].value.sum()
    assert f"from 10 to {total:g};" in explorer.scene.notes[1]
    assert "same mask" in explorer.scene.notes[2]
    explorer.rate = 1.0
    assert not any("over all masks" in note for note in explorer.scene.notes)


def test_the_histogram_names_its_bars_with_equally_many_decimals(network):
    explorer = Dropout(model=network, x=SAMPLE)
    decimals = {len(label.partition(".")[2]) for label in explorer.scene.grid("histogram").labels}
    assert len(decimals) == 1
