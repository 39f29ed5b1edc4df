import json

import numpy as np
import pytest

from nnlab import layers
from nnlab.core.errors import ArgumentError, NnlabError
from nnlab.explorers import BatchNorm
from nnlab.widgets.charts import Curves

BLOCK = np.array([[1.0, -2.0, 4.0, 0.0], [3.0, 1.0, 0.0, 2.0], [-1.0, 5.0, 2.0, 6.0]])


def axis_of(kind):
    return {"batch": 0, "layer": 1}[kind]


@pytest.mark.parametrize("kind", ["batch", "layer"])
def test_the_output_is_normalized_along_the_axis_of_its_kind(kind):
    explorer = BatchNorm(BLOCK, kind=kind, gamma=2, beta=1, epsilon=0.1)
    axis = axis_of(kind)
    mean, var = BLOCK.mean(axis, keepdims=True), BLOCK.var(axis, keepdims=True)
    expected = 2 * (BLOCK - mean) / np.sqrt(var + 0.1) + 1
    assert explorer.scene.grid("y").values == pytest.approx(expected, abs=1e-5)


def test_groups_are_normalized_by_themselves():
    explorer = BatchNorm(BLOCK, kind="group", groups=2, epsilon=0.0)
    pairs = BLOCK.reshape(3, 2, 2)
    expected = (pairs - pairs.mean(2, keepdims=True)) / pairs.std(2, keepdims=True)
    assert explorer.scene.grid("y").values == pytest.approx(expected.reshape(3, 4), abs=1e-5)


def test_moving_a_sample_moves_the_outputs_of_the_others():
    explorer = BatchNorm(BLOCK)
    before = explorer.trace["y"].value.copy()
    explorer.x = BLOCK + np.eye(3, 4)[[0, 2, 2]] * [[1], [0], [0]]
    moved = np.abs(explorer.trace["y"].value - before) > 1e-6
    assert moved[:, 0].all()
    assert not moved[:, 1:].any()


def test_a_dragged_point_is_a_number_of_the_block():
    explorer = BatchNorm(BLOCK)
    points = explorer.scene.grid("samples").values.copy()
    points[3, 2] = 9.0
    explorer.change(**explorer.edited("samples", points))
    assert explorer.x[2, 3] == 9.0


def test_inference_uses_the_moving_statistics_of_that_step():
    explorer = BatchNorm(BLOCK, training=False, momentum=0.5, step=2, epsilon=0.0)
    mean, var = np.zeros(4), np.ones(4)
    for _ in range(2):
        mean, var = 0.5 * mean + 0.5 * BLOCK.mean(0), 0.5 * var + 0.5 * BLOCK.var(0)
    assert explorer.scene.grid("y").values == pytest.approx((BLOCK - mean) / np.sqrt(var), abs=1e-5)
    assert "no other output" in explorer.scene.notes[0]


def test_a_batch_of_one_gives_beta():
    explorer = BatchNorm([[4.0, -1.0]], beta=[0.5, 2.0])
    assert explorer.trace["y"].value.tolist() == [[0.5, 2.0]]
    assert any("batch of one" in note for note in explorer.scene.notes)


def test_the_note_counts_what_is_trained():
    assert "2 × 4 trainable parameters" in BatchNorm(BLOCK).scene.notes[-1]
    assert BatchNorm(BLOCK).scene.notes[-1].endswith("16 in all.")


def test_the_gradient_of_the_input_is_that_of_the_layer():
    grad = np.array([[1.0, 0, 2, -1], [0, 1, 0, 3], [2, 0, -2, 0]])
    explorer = BatchNorm(BLOCK, gradient=True, grad=grad)
    trace = layers.BatchNormalization().trace(BLOCK, training=True, grad=grad)
    assert explorer.scene.grid("grad_x").values == pytest.approx(trace["x"].grad)


def test_a_division_of_zero_by_zero_is_refused_and_the_picture_stays():
    explorer = BatchNorm([[1.0, 2.0]])
    with pytest.raises(ArgumentError, match="epsilon"):
        explorer.epsilon = 0.0
    assert explorer.epsilon == 0.001


def test_groups_that_do_not_divide_the_channels_are_refused_by_the_layer():
    with pytest.raises(NnlabError, match="groups"):
        BatchNorm(BLOCK, kind="group", groups=3)


@pytest.mark.parametrize("line", ["BatchNormalization(momentum=0.5)", "LayerNormalization()", "GroupNormalization(2)"])
def test_the_line_of_keras_changes_the_kind(line):
    explorer = BatchNorm(BLOCK)
    explorer.code = line
    assert explorer.code.removeprefix("keras.layers.").split("(")[0] == line.split("(")[0]


def test_the_state_rebuilds_the_picture():
    explorer = BatchNorm(BLOCK, kind="group", gradient=True, beta=[1, 2, 3, 4])
    assert BatchNorm(**json.loads(json.dumps(explorer.state))).text == explorer.text


def test_both_moving_statistics_are_drawn_over_the_steps_of_training():
    explorer = BatchNorm(BLOCK, momentum=0.5)
    curves = {part.name: part for part in explorer.scene.parts if isinstance(part, Curves)}
    mean, variance = curves["moving"].lines["channel 1"], curves["moving_var"].lines["channel 1"]
    assert mean[:3] == pytest.approx([0, BLOCK[:, 1].mean() / 2, BLOCK[:, 1].mean() * 3 / 4])
    assert variance[:3] == pytest.approx([1, (1 + BLOCK[:, 1].var()) / 2, (1 + 3 * BLOCK[:, 1].var()) / 4])


def test_without_a_gradient_it_is_that_of_one_output_and_the_note_counts_who_changes_it():
    explorer = BatchNorm(BLOCK, gradient=True)
    assert explorer.scene.grid("grad").values.sum() == explorer.scene.grid("grad").values[0, 0] == 1
    assert (explorer.scene.grid("grad_x").values[:, 0] != 0).all()
    assert "3 of 12 inputs change it" in " ".join(explorer.scene.notes)
    explorer.training = False
    assert "1 of 12 inputs change it" in " ".join(explorer.scene.notes)


@pytest.mark.parametrize(("kind", "there"), [("batch", True), ("layer", False), ("group", False)])
def test_training_can_be_switched_only_where_it_makes_a_difference(kind, there):
    assert ("training" in [control.name for control in BatchNorm(kind=kind).scene.controls]) is there
