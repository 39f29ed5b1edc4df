"""Where weights start: the spread that each initializer promises, its bounds, its seed, its configuration."""

import inspect
import json
from pathlib import Path

import numpy as np
import pytest

from nnlab import initializers, layers
from nnlab.core.errors import NnlabError, UnknownArgumentError

SHAPE = (5, 4, 30, 40)  # a kernel of 5 x 4 cells: 600 inputs and 800 outputs a unit
PUBLIC = sorted(set(initializers.CLASSES))
KERAS = json.loads((Path(__file__).parent / "golden" / "weights.json").read_text())["initializers"]

NEW = ("input_axes", "output_axes")  # of Keras 3.15; nnlab has none and refuses them by name

# What each draws: its standard deviation, and the bound that no value passes.
SPREAD = {
    "RandomUniform": (0.1 / np.sqrt(12), 0.05),
    "RandomNormal": (0.05, np.inf),
    "TruncatedNormal": (0.05 * 0.8796, 0.1),
    "GlorotUniform": (np.sqrt(2 / 1400), np.sqrt(6 / 1400)),
    "GlorotNormal": (np.sqrt(2 / 1400), 2 * np.sqrt(2 / 1400) / 0.8796),
    "HeUniform": (np.sqrt(2 / 600), np.sqrt(6 / 600)),
    "HeNormal": (np.sqrt(2 / 600), 2 * np.sqrt(2 / 600) / 0.8796),
    "LecunUniform": (np.sqrt(1 / 600), np.sqrt(3 / 600)),
    "LecunNormal": (np.sqrt(1 / 600), 2 * np.sqrt(1 / 600) / 0.8796),
    "VarianceScaling": (np.sqrt(1 / 600), 2 * np.sqrt(1 / 600) / 0.8796),
}


@pytest.mark.parametrize("name", SPREAD)
def test_values_have_the_spread_that_is_promised_and_stay_within_the_bound(name):
    values = initializers.CLASSES[name](seed=0)(SHAPE, "float64")
    stddev, bound = SPREAD[name]
    assert values.shape == SHAPE
    assert abs(values.mean()) < 5 * stddev / np.sqrt(values.size)
    assert values.std() == pytest.approx(stddev, rel=0.02)
    assert np.abs(values).max() <= bound * 1.0001
    if np.isfinite(bound):
        assert np.abs(values).max() > 0.97 * bound


@pytest.mark.parametrize("mode", ["fan_in", "fan_out", "fan_avg"])
@pytest.mark.parametrize("distribution", ["uniform", "truncated_normal", "untruncated_normal", "normal"])
def test_variance_is_scale_over_the_units_counted(mode, distribution):
    values = initializers.VarianceScaling(3.0, mode, distribution, seed=1)(SHAPE, "float64")
    assert values.var() == pytest.approx(3 / {"fan_in": 600, "fan_out": 800, "fan_avg": 700}[mode], rel=0.04)


@pytest.mark.parametrize("shape", [(7, 7), (3, 8), (8, 3), (2, 3, 4)])
def test_orthogonal_rows_or_columns_have_one_length_and_right_angles(shape):
    kernel = initializers.Orthogonal(gain=1.5, seed=0)(shape, "float64").reshape(-1, shape[-1])
    if kernel.shape[0] < kernel.shape[1]:
        kernel = kernel.T
    np.testing.assert_allclose(kernel.T @ kernel, 2.25 * np.eye(kernel.shape[1]), atol=1e-12)


def test_what_is_not_drawn_is_what_its_name_says():
    np.testing.assert_array_equal(initializers.get("zeros")((2, 3)), np.zeros((2, 3)))
    np.testing.assert_array_equal(initializers.get("ones")((2, 3)), np.ones((2, 3)))
    np.testing.assert_array_equal(initializers.Constant(-0.5)((2, 3)), np.full((2, 3), -0.5))
    np.testing.assert_array_equal(initializers.Identity(2)((2, 3)), [[2, 0, 0], [0, 2, 0]])


@pytest.mark.parametrize("name", PUBLIC)
def test_configuration_makes_an_equal_initializer(name):
    first = initializers.CLASSES[name]()
    again = initializers.get({"class_name": name, "config": first.get_config()})
    assert type(again) is type(first)
    assert again.get_config() == first.get_config()
    layer = layers.Dense(3, kernel_initializer=first)
    assert layers.Dense.from_config(layer.get_config()).get_config() == layer.get_config()


@pytest.mark.parametrize("name", sorted(set(SPREAD) | {"Orthogonal"}))
def test_a_seed_draws_the_same_each_time_and_none_draws_from_the_callers_generator(name):
    cls = initializers.CLASSES[name]
    seeded, free, rng = cls(seed=3), cls(), np.random.default_rng(0)
    np.testing.assert_array_equal(seeded((4, 5)), seeded((4, 5), rng=rng))
    assert not np.array_equal(free((4, 5), rng=rng), free((4, 5), rng=rng))
    assert seeded((4, 5)).dtype == "float32"


@pytest.mark.parametrize("name", PUBLIC)
def test_arguments_have_the_names_the_order_and_the_defaults_of_keras(name):
    ours = inspect.signature(initializers.CLASSES[name]).parameters
    keras = {key: entry["default"] for key, entry in KERAS[name].items() if key not in (*NEW, "args", "kwargs")}
    assert {key: parameter.default for key, parameter in ours.items()} == keras
    assert list(ours) == list(keras)
    for key in set(KERAS[name]) & set(NEW):
        with pytest.raises(UnknownArgumentError, match=f"^{name}: unknown argument '{key}'"):
            initializers.CLASSES[name](**{key: 0})


def test_all_of_keras_is_here_but_the_fourier_transform():
    assert set(KERAS) - {"STFT"} == set(PUBLIC)


REFUSED = {
    "RandomNormal: stddev must be a number of at least 0, received -1.": lambda: initializers.RandomNormal(0, -1),
    "RandomUniform: maxval must be a number of at least 2, received 1.": lambda: initializers.RandomUniform(2, 1),
    "Constant: value must be a number, received 'a'.": lambda: initializers.Constant("a"),
    "VarianceScaling: mode must be one of 'fan_in', 'fan_out', 'fan_avg', received 'fan'.": (
        lambda: initializers.VarianceScaling(mode="fan")
    ),
    "VarianceScaling: distribution must be one of": lambda: initializers.VarianceScaling(distribution=1),
    "the weight 'kernel' of shape (2, 2, 3, 4) cannot start with Identity(gain=1.0): only a weight with 2 axes": (
        lambda: layers.Conv2D(4, 2, kernel_initializer="identity")(np.ones((1, 5, 5, 3)))
    ),
    "unknown argument 'stdev', did you mean 'stddev'?": (
        lambda: initializers.get({"class_name": "RandomNormal", "config": {"stdev": 1.0}})
    ),
    "HeNormal: unknown argument 'sed', did you mean 'seed'? It takes: seed.": lambda: initializers.HeNormal(sed=1),
    "Zeros: unknown argument 'value'. It takes none.": lambda: initializers.Zeros(value=1),
    "Ones: too many positional arguments.": lambda: initializers.Ones(2),
    "RandomNormal: too many positional arguments. It takes: mean, stddev, seed.": (
        lambda: initializers.RandomNormal(0, 1, 2, 3)
    ),
    "Dense: kernel_initializer must be one of 'zeros'": lambda: layers.Dense(2, kernel_initializer="stft"),
}


@pytest.mark.parametrize("sentence", REFUSED)
def test_nonsense_is_refused_in_one_sentence(sentence):
    with pytest.raises(NnlabError) as error:
        REFUSED[sentence]()
    assert sentence in str(error.value)
