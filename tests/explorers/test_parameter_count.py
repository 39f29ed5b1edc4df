import json
from math import prod

import numpy as np
import pytest

from nnlab import Input, Model, Sequential, layers, utils
from nnlab.core.errors import ArgumentError
from nnlab.explorers import ParameterCount
from nnlab.explorers.costs import costs
from nnlab.explorers.parameter_kinds import KINDS

COUNTED = {  # by hand: 3 inputs, 8 units, kernels of 3
    "Dense": 3 * 8 + 8,
    "Conv1D": 3 * 3 * 8 + 8,
    "Conv2D": 3 * 3 * 3 * 8 + 8,
    "Conv2DTranspose": 3 * 3 * 8 * 3 + 8,
    "DepthwiseConv2D": 3 * 3 * 3 + 3,
    "SeparableConv2D": 3 * 3 * 3 + 3 * 8 + 8,
    "SimpleRNN": 8 * (3 + 8 + 1),
    "LSTM": 4 * 8 * (3 + 8 + 1),
    "GRU": 3 * 8 * (3 + 8 + 2),
    "Embedding": 3 * 8,
    "BatchNormalization": 4 * 3,
    "LayerNormalization": 2 * 3,
    "MaxPooling2D": 0,
}


def test_every_kind_is_counted():
    assert set(COUNTED) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_the_total_is_what_one_counts_by_hand(kind):
    assert ParameterCount(kind, inputs=3, units=8, kernel_size=3).total == COUNTED[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_there_is_a_tile_for_every_parameter(kind):
    explorer = ParameterCount(kind)
    tiles = [grid for grid in explorer.scene.grids if grid.look == "tiles"]
    assert sum(grid.values.size for grid in tiles) == explorer.total


@pytest.mark.parametrize("kind", KINDS)
def test_the_receipt_is_a_sum_of_products_with_that_value(kind):
    explorer = ParameterCount(kind, inputs=5, units=6, kernel_size=2)
    assert sum(prod(map(int, part.split("·"))) for part in explorer.receipt.split(" + ")) == explorer.total


def test_the_weights_are_those_of_the_seed_and_leave_the_generator_alone():
    assert ParameterCount("Dense", seed=4).text == ParameterCount("Dense", seed=4).text
    assert ParameterCount("Dense", seed=4).text != ParameterCount("Dense", seed=5).text
    utils.set_random_seed(0)
    expected = layers.Dense(3)(np.ones((1, 4)))
    utils.set_random_seed(0)
    ParameterCount("Dense", seed=4)
    assert (layers.Dense(3)(np.ones((1, 4))) == expected).all()


def test_a_model_s_bars_add_up_and_its_map_counts_multiplications():
    model = Sequential(
        [Input((28, 28, 1)), layers.Conv2D(4, 3), layers.MaxPooling2D(), layers.Flatten(), layers.Dense(10)]
    )
    explorer = ParameterCount(model)
    assert explorer.total == model.count_params() == 3 * 3 * 4 + 4 + 13 * 13 * 4 * 10 + 10
    found = {cost.name: cost for cost in costs(model)}
    assert found[model.layers[0].name].multiplications == 26 * 26 * 3 * 3 * 4
    assert found[model.layers[3].name].multiplications == 13 * 13 * 4 * 10
    assert found[model.layers[0].name].outputs == 26 * 26 * 4


def test_a_shared_layer_is_counted_once_and_works_twice():
    shared, a, b = layers.Dense(5), Input((4,)), Input((4,))
    model = Model([a, b], layers.Concatenate()([shared(a), shared(b)]))
    rows = [cost for cost in costs(model) if cost.name == shared.name]
    assert [row.parameters for row in rows] == [25, 0]
    assert [row.multiplications for row in rows] == [20, 20]
    assert ParameterCount(model=model).total == 25


def test_a_line_of_keras_becomes_a_layer_or_a_model():
    explorer = ParameterCount()
    explorer.code = "keras.layers.Dense(5, use_bias=False)"
    assert explorer.total == 3 * 5
    explorer.code = "Sequential([Input((28, 28, 1)), Conv2D(64, (3, 3)), Flatten(), Dense(10)])"
    assert explorer.total == 640 + 26 * 26 * 64 * 10 + 10
    explorer.undo()
    assert explorer.total == 3 * 5


def test_the_state_rebuilds_a_model_s_counts():
    model = Sequential([Input((7,)), layers.Dense(3)])
    explorer = ParameterCount(model=model)
    assert ParameterCount(**json.loads(json.dumps(explorer.state))).text == explorer.text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"kind": "Lambda"}, "kind"),
        ({"units": 0}, "units"),
        ({"units": 10**9}, "units"),
        ({"model": "LeNet"}, "must be a model"),
        ({"model": Sequential([layers.Dense(3)])}, "not built"),
    ],
)
def test_nonsense_is_refused_in_a_sentence(wrong, said):
    with pytest.raises(ArgumentError, match=said):
        ParameterCount(**wrong)


def test_a_large_layer_is_counted_and_takes_no_memory():
    explorer = ParameterCount()
    explorer.code = "Dense(4096)"
    explorer.inputs = 25088
    assert explorer.total == 25088 * 4096 + 4096
    assert not any(grid.look == "tiles" for grid in explorer.scene.grids)


DENSE = """Sequential([
    keras.layers.Flatten(input_shape=(28, 28)),
    keras.layers.Dense(128, activation="relu"),
    keras.layers.Dense(10, activation="softmax"),
])"""
CONVOLUTIONAL = """keras.models.Sequential([
    keras.layers.Conv2D(64, (3, 3), activation="relu", input_shape=(28, 28, 1)),
    keras.layers.MaxPooling2D(2, 2),
    keras.layers.Conv2D(64, (3, 3), activation="relu"),
    keras.layers.MaxPooling2D(2, 2),
    keras.layers.Flatten(),
    keras.layers.Dense(128, activation="relu"),
    keras.layers.Dense(10, activation="softmax"),
])"""


@pytest.mark.parametrize(("lines", "total"), [(DENSE, 101_770), (CONVOLUTIONAL, 243_786)])
def test_the_models_of_the_documents_are_read_and_counted(lines, total):
    explorer = ParameterCount()
    explorer.code = lines
    assert explorer.total == total


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("Conv2D", ["kind", "inputs", "filters", "kernel_size", "use_bias"]),
        ("Dense", ["kind", "inputs", "units", "use_bias"]),
        ("Embedding", ["kind", "input_dim", "output_dim"]),
    ],
)
def test_the_controls_have_the_names_that_keras_gives_them(kind, names):
    assert [control.label or control.name for control in ParameterCount(kind).scene.controls] == names


def test_a_weight_says_its_own_shape_however_its_cells_are_arranged():
    grids = {grid.name: grid for grid in ParameterCount("Conv2D", inputs=3, units=8).scene.grids}
    assert (grids["kernel"].size, grids["bias"].size) == ("3 × 3 × 3 × 8", "8")
    assert "kernel: 3 × 3 × 3 × 8 numbers" in ParameterCount("Conv2D", inputs=3, units=8).text


@pytest.mark.parametrize(
    ("line", "total"),
    [
        ("Dense(units=10, input_shape=(784,))", 784 * 10 + 10),
        ('Conv2D(64, 3, activation="relu", padding="same", input_shape=(28, 28, 1))', 9 * 64 + 64),
        ("LSTM(8, return_sequences=True)", 4 * (3 * 8 + 8 * 8 + 8)),
    ],
)
def test_a_line_may_say_what_changes_no_count_and_the_shape_of_its_input(line, total):
    explorer = ParameterCount()
    explorer.code = line
    assert explorer.total == total


@pytest.mark.parametrize("line", ["Conv2D(9, 3, groups=3)", "BatchNormalization(scale=False)", "MaxPooling2D(3)"])
def test_a_line_that_would_be_counted_wrong_is_refused(line):
    explorer = ParameterCount()
    with pytest.raises(ArgumentError, match="parameters"):
        explorer.code = line
    assert explorer.total == 224
