"""What all explorers do alike: undo, prediction and score, gradients, state, and names that do not exist."""

import json

import numpy as np
import pytest
from explorers.accounts import check_accounts
from explorers.naive import Convolution, sheets
from explorers.wire import ask

from nnlab import explorers
from nnlab.core.errors import NnlabError, UnknownArgumentError
from nnlab.explorers.history import MOST

BOTH = pytest.mark.parametrize("explorer", [explorers.Stride, explorers.Padding])


def settled(explorer):
    """All that undo has to bring back."""
    return {name: value for name, value in explorer.state.items() if name not in ("hide", "predict", "score")}


# ---- undo


@BOTH
def test_undo_takes_back_every_kind_of_step_and_redo_makes_it_again(explorer):
    subject, states = explorer(), []
    steps = [
        lambda: setattr(subject, "strides", 2),
        lambda: ask(subject, kind="edit", name="x", cell=3, text="7.5"),
        lambda: setattr(subject, "seed", 4),
        lambda: subject.change(padding="same", kernel_size=2),
        lambda: setattr(subject, "code", "Conv2D(1, 3)"),
        lambda: ask(subject, kind="set", name="gradient", value=True),
        lambda: ask(subject, kind="edit", name="grad", cell=0, text="-2"),
    ]
    for step in steps:
        states.append(settled(subject))
        step()
        assert settled(subject) != states[-1]
    states.append(settled(subject))
    for state in reversed(states[:-1]):
        subject.undo()
        assert settled(subject) == state
    for state in states[1:]:
        assert ask(subject, kind="redo") == ""
        assert settled(subject) == state


@BOTH
def test_undo_and_redo_with_nothing_to_do_keep_the_picture(explorer):
    subject = explorer(strides=2)
    before = subject.state
    subject.undo()
    subject.redo()
    assert subject.state == before
    assert subject.header["manners"]["undo"] == subject.header["manners"]["redo"] == ""


def test_the_drag_of_a_slider_is_one_step():
    stride = explorers.Stride(input_size=9)
    for value in (2, 3, 4):
        ask(stride, kind="set", name="strides", value=value, gesture=1)
    ask(stride, kind="set", name="strides", value=1, gesture=2)
    assert stride.header["manners"]["undo"] == "strides"
    stride.undo()
    assert stride.strides == 4
    stride.undo()
    assert stride.strides == 1
    stride.redo()
    assert stride.strides == 4


def test_a_new_step_forgets_what_was_taken_back():
    stride = explorers.Stride()
    stride.strides = 2
    stride.undo()
    stride.padding = "same"
    stride.redo()
    assert (stride.strides, stride.padding) == (1, "same")


def test_a_setting_that_changes_nothing_is_no_step():
    stride = explorers.Stride()
    stride.strides = 1
    stride.strides = (1, 1)
    assert stride.header["manners"]["undo"] == ""


def test_the_history_is_bounded():
    stride = explorers.Stride(input_size=3, kernel_size=2)
    for step in range(MOST + 5):
        stride.bias = step + 2.0
    for _ in range(2 * MOST):
        stride.undo()
    assert stride.bias == 6.0  # the fifth step, before which nothing is kept


def test_what_a_teacher_chose_and_the_score_are_not_taken_back():
    stride = explorers.Stride()
    stride.strides = 2
    stride.hide = ("code",)
    stride.predict = True
    stride.score = {"right": 3}
    stride.undo()
    assert (stride.strides, stride.hide, stride.predict, stride.score["right"]) == (1, ("code",), True, 3)


# ---- prediction


def output(explorer, cell):
    return float(np.ravel(explorer.scene.grid("y").values)[cell])


def predict(explorer, cell, text, **request):
    scene = explorer.scene
    return ask(explorer, kind="predict", name="y", cell=cell, text=text, key=scene.key, **request)


@BOTH
def test_right_wrong_and_shown_are_counted_once_a_cell(explorer):
    subject = explorer(predict=True)
    predict(subject, 0, f"{output(subject, 0):g}")
    predict(subject, 1, f"{output(subject, 1) + 1:g}")
    predict(subject, 2, None)
    predict(subject, 1, f"{output(subject, 1):g}")
    assert subject.score == {"right": 1, "wrong": 1, "shown": 1, "found": {"y": [0, 1, 2]}}
    assert subject.header["manners"]["score"] == subject.score
    assert explorer(**json.loads(json.dumps(subject.state))).score == subject.score


def test_a_prediction_is_right_to_the_digits_that_are_printed():
    stride = explorers.Stride(x=[[1, 1]], kernel=[[1 / 3]], bias=0, predict=True)
    assert stride.scene.grid("y").shown_digits == 3
    predict(stride, 0, "0,333")
    predict(stride, 1, "0.33")
    assert (stride.score["right"], stride.score["wrong"]) == (1, 1)


def test_another_picture_is_to_be_predicted_anew_and_the_old_one_remembers():
    stride = explorers.Stride(predict=True)
    predict(stride, 4, None)
    stride.strides = 2
    assert stride.score["found"] == {}
    stride.gradient = True
    stride.strides = 1
    assert stride.score["found"] == {"y": [4]}
    assert stride.score["shown"] == 1


def test_a_prediction_for_another_picture_does_not_count():
    stride = explorers.Stride(predict=True)
    key = stride.scene.key
    stride.strides = 2
    assert "the picture has changed" in ask(stride, kind="predict", name="y", cell=0, text="1", key=key)
    assert stride.score == {"right": 0, "wrong": 0, "shown": 0, "found": {}}


@BOTH
def test_the_text_says_no_number_that_waits(explorer):
    x = np.random.default_rng(0).normal(size=(5, 5)).round(3)
    subject = explorer(x=x, kernel=np.eye(2) * 1.7, gradient=True, predict=True)
    outputs = [f"{value:.{subject.scene.grid('y').shown_digits}f}" for value in subject.scene.grid("y").values.flat]
    assert "Output: hidden until it is predicted." in subject.text
    assert not [number for number in outputs if number in subject.text]
    assert "Gradient of the kernel: hidden" in subject.text
    predict(subject, 3, None)
    subject.predict = False
    assert all(number in subject.text for number in outputs)


def test_everything_is_shown_again_when_all_cells_are_found():
    stride = explorers.Stride(input_size=3, kernel_size=2, predict=True, gradient=True)
    for cell in range(4):
        assert "hidden" in stride.text
        predict(stride, cell, "0")
    assert "hidden" not in stride.text


def test_a_grid_of_ones_own_choice_can_wait():
    stride = explorers.Stride(gradient=True, predict="grad_kernel")
    assert stride.scene.waiting[0] == "grad_kernel"
    assert "x" not in stride.scene.waiting
    assert {"y", "grad_x", "grad_bias"} <= set(stride.scene.waiting)
    with pytest.raises(NnlabError, match=r"predict must be True, False or one of 'x', .*received 'z'"):
        stride.predict = "z"
    with pytest.raises(NnlabError, match="predict must be True or False, received 3"):
        stride.predict = 3


@pytest.mark.parametrize("score", [3, {"left": 1}, {"right": -1}, {"right": "1"}, {"found": 3}, {"found": {"y": [-1]}}])
def test_a_score_that_makes_no_sense_is_refused(score):
    with pytest.raises(NnlabError, match="Stride: "):
        explorers.Stride(score=score)


# ---- gradients


@BOTH
@pytest.mark.parametrize(
    ("strides", "dilation", "padding"), [(1, 1, "same"), (2, 1, "same"), (1, 2, "valid"), (3, 1, "valid")]
)
def test_gradients_are_those_of_a_loop_and_their_terms_add_up(explorer, strides, dilation, padding):
    subject = explorer(input_size=(6, 7), kernel_size=(2, 3), strides=strides, dilation_rate=dilation, padding=padding)
    subject.gradient = True
    shape = subject.scene.grid("y").values.shape
    subject.grad = np.random.default_rng(1).integers(-3, 4, shape).astype(float)
    expected = Convolution(subject.x, subject.kernel, subject.bias, strides, padding, dilation).gradients(subject.grad)
    for name, values in zip(("grad_x", "grad_kernel", "grad_bias"), expected, strict=True):
        assert np.allclose(subject.scene.grid(name).values, sheets(values))
        assert name in subject.scene.accounts
    assert check_accounts(subject.scene) > 0


def test_a_gradient_that_a_learner_set_survives_a_shorter_output():
    stride = explorers.Stride(gradient=True)
    ask(stride, kind="edit", name="grad", cell=24, text="5")
    assert stride.grad[4, 4] == 5
    stride.strides = 2
    assert stride.grad is None
    stride.strides = 1
    assert stride.grad[4, 4] == 5


def test_the_gradient_has_the_shape_of_the_output():
    with pytest.raises(NnlabError, match=r"grad has shape \(2, 2\), expected that of the output, \(5, 5\)"):
        explorers.Stride(grad=np.ones((2, 2)))


# ---- names


@BOTH
def test_an_attribute_that_does_not_exist_is_refused_with_the_one_that_was_meant(explorer):
    subject = explorer()
    with pytest.raises(UnknownArgumentError, match="unknown argument 'stride', did you mean 'strides'"):
        subject.stride = 2
    with pytest.raises(UnknownArgumentError, match="'kernelsize', did you mean 'kernel_size'"):
        subject.kernelsize = 2
