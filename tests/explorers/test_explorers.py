"""The explorers without a browser: settings, nonsense, what is sent, and that every number in it is a naive loop's."""

import gc
import inspect
import json
import weakref

import numpy as np
import pytest
from explorers.naive import Convolution
from explorers.wire import ask, picture
from hypothesis import given, settings
from hypothesis import strategies as st

import nnlab
from nnlab import explorers
from nnlab.core.errors import ArgumentError, NnlabError, ShapeError, UnknownArgumentError

BOTH = pytest.mark.parametrize("explorer", [explorers.Stride, explorers.Padding])


def sent(explorer):
    """The scene as JavaScript receives it: grids by name, and the rest."""
    scene = picture(explorer)
    return {grid["name"]: grid for grid in scene["parts"]}, scene


def message(explorer):
    return explorer.header["message"]


def refusal(explorer, name, value):
    """Sets a trait; the sentence with which that was refused, if it was."""
    try:
        setattr(explorer, name, value)
    except NnlabError as error:
        return str(error)
    return ""


def check_numbers(explorer):
    """The whole payload against loops: padding, windows, products, outputs, counts."""
    grids, scene = sent(explorer)
    x, kernel, bias = (np.float32(value).astype(float) for value in (explorer.x, explorer.kernel, explorer.bias))
    expected = Convolution(x, kernel, bias, explorer.strides, explorer.padding, explorer.dilation_rate)
    source = "padded" if expected.is_padded else "x"
    assert ("padded" in grids) == expected.is_padded
    assert np.array_equal(grids[source]["values"], expected.padded[..., 0])
    assert np.array_equal(grids["x"]["values"], x)
    assert np.array_equal(grids["kernel"]["values"], kernel)
    np.testing.assert_allclose(grids["y"]["values"], expected.y, rtol=1e-5, atol=1e-4)
    account = scene["accounts"]["y"]
    for (i, j, _, u, v), ((h, w), product) in expected.terms.items():
        place, term = i * expected.y.shape[1] + j, u * kernel.shape[1] + v
        assert account["links"][source][place, term] == h * expected.padded.shape[1] + w
        assert account["links"]["kernel"][place, term] == term
        assert account["values"][place, term] == pytest.approx(product, rel=1e-12)
    unread = [mark["cells"] for mark in grids[source]["marks"] if mark["style"] == "unread"]
    assert np.array_equal(unread[0] if unread else 0 * expected.used_padded, expected.used_padded == 0)
    assert np.array_equal(grids["used"]["values"], expected.used)
    values = json.loads(json.dumps(explorer.state))
    assert np.array_equal(values["x"], explorer.x)


CHANGES = st.one_of(
    st.tuples(st.just("strides"), st.one_of(st.integers(-1, 9), st.tuples(st.integers(1, 4), st.integers(1, 4)))),
    st.tuples(st.just("dilation_rate"), st.one_of(st.integers(-1, 5), st.just((1, 2)), st.just("2"))),
    st.tuples(st.just("kernel_size"), st.one_of(st.integers(-1, 9), st.tuples(st.integers(1, 4), st.integers(1, 4)))),
    st.tuples(st.just("input_size"), st.one_of(st.integers(-1, 14), st.tuples(st.integers(1, 9), st.integers(1, 9)))),
    st.tuples(st.just("padding"), st.sampled_from(["valid", "same", "SAME", "full", "causal", "reflect", 3, None])),
    st.tuples(st.just("bias"), st.one_of(st.floats(), st.sampled_from(["1", None, 0, True]))),
    st.tuples(st.just("seed"), st.sampled_from([0, 1, 2, -1, "seed", 1.5])),
    st.tuples(st.just("x"), st.sampled_from(["abc", [], [[1, 2], [3]], [[1.5, -2], [0.25, 4]], np.ones((1, 4, 5, 1))])),
    st.tuples(st.just("kernel"), st.sampled_from([[[1]], np.eye(3), [[np.nan]], [["a"]], np.zeros((8, 1))])),
)


@BOTH
@settings(max_examples=25, deadline=None)
@given(changes=st.lists(CHANGES, max_size=6))
def test_any_sequence_of_settings_leaves_a_true_picture(explorer, changes):
    subject = explorer()
    for name, value in changes:
        before = subject.state
        said = refusal(subject, name, value)
        assert message(subject) == said
        assert not said or subject.state == before, "a refused setting changed something"
        check_numbers(subject)


@BOTH
@settings(max_examples=15, deadline=None)
@given(
    cells=st.lists(
        st.tuples(
            st.sampled_from(["x", "kernel", "bias", "y", "padded", "used", "nothing"]),
            st.integers(0, 60),
            st.one_of(st.floats().map(str), st.text(max_size=8), st.sampled_from(["-3", "0.5", "1e400", "２"])),
        ),
        max_size=6,
    )
)
def test_whatever_is_typed_leaves_a_true_picture(explorer, cells):
    subject = explorer()
    for name, cell, text in cells:
        before = subject.state
        ask(subject, kind="edit", name=name, cell=cell, text=text)
        assert (subject.state == before) or message(subject) == ""
        check_numbers(subject)


@BOTH
def test_the_state_makes_the_same_explorer_again(explorer):
    subject = explorer(input_size=(4, 6), kernel_size=(2, 3), seed=5, bias=0.5, hide=("code",))
    subject.change(strides=2, padding="same")
    ask(subject, kind="edit", name="x", cell=3, text="7.5")
    again = explorer(**json.loads(json.dumps(subject.state)))
    assert again.state == subject.state
    assert again.text == subject.text
    assert sent(again)[1]["hide"] == ["code"]
    assert repr(again) == repr(subject)


@BOTH
def test_the_same_seed_draws_the_same_numbers(explorer):
    assert explorer(seed=3).text == explorer(seed=3).text != explorer(seed=4).text


def test_the_settings_are_the_arguments_of_the_constructor():
    arguments = inspect.signature(explorers.Padding).parameters
    assert list(arguments)[:4] == ["x", "kernel", "padding", "strides"]
    assert (arguments["padding"].default, arguments["strides"].default) == ("same", 1)
    assert explorers.Padding(None, [[1]], "full").state == explorers.Padding(kernel=[[1]], padding="full").state
    with pytest.raises(TypeError, match="multiple values for argument 'x'"):
        explorers.Stride([[1]], x=[[2]])


def test_parameters_are_traits():
    stride, seen = explorers.Stride(), []
    stride.observe(lambda change: seen.append((change.name, change.old, change.new)), ["strides", "input_size"])
    stride.strides = 2
    stride.strides = (2, 2)  # the same setting, written otherwise
    stride.x = np.ones((4, 5))
    assert seen == [("strides", 1, 2), ("input_size", 7, (4, 5))]


def test_a_size_made_smaller_and_larger_again_brings_edited_cells_back():
    stride = explorers.Stride(input_size=5)
    ask(stride, kind="edit", name="x", cell=24, text="99")
    stride.input_size = 3
    stride.input_size = 6
    assert stride.x[4, 4] == 99
    stride.seed = 1
    assert 99 not in stride.x


@pytest.mark.parametrize("name", ["Stride", "Padding", "Pooling", "Dropout", "BatchNorm"])
def test_a_seed_that_is_set_again_brings_the_drawn_numbers_back(name):
    explorer = getattr(explorers, name)(seed=3)
    drawn = explorer.x
    explorer.x = drawn + 1
    assert not np.array_equal(explorer.x, drawn)
    explorer.seed = 3
    assert np.array_equal(explorer.x, drawn)


def test_numbers_given_by_the_user_survive_a_change_of_size():
    x = np.arange(16.0).reshape(4, 4)
    stride = explorers.Stride(x=x)
    stride.input_size = 6
    assert np.array_equal(stride.x[:4, :4], x)


def test_an_array_with_batch_and_channels_is_welcome():
    stride = explorers.Stride(x=np.ones((1, 4, 5, 1)), kernel=np.ones((1, 2, 1, 1)))
    assert stride.input_size == (4, 5)
    assert stride.kernel_size == (1, 2)
    colours = explorers.Stride(x=np.ones((1, 4, 5, 3)))
    assert (colours.channels, colours.kernel.shape) == (3, (3, 3, 3))
    with pytest.raises(ShapeError, match=r"x has shape \(4, 5, 4\)"):
        explorers.Stride(x=np.ones((1, 4, 5, 4)))


def test_the_explorer_leaves_the_random_state_alone():
    nnlab.utils.set_random_seed(0)
    expected = nnlab.layers.Dense(3)(np.ones((1, 4)))
    nnlab.utils.set_random_seed(0)
    explorers.Padding().padding = "valid"
    assert np.array_equal(nnlab.layers.Dense(3)(np.ones((1, 4))), expected)


def test_arrays_of_an_explorer_cannot_be_changed_behind_its_back():
    stride = explorers.Stride()
    with pytest.raises(ValueError, match="read-only"):
        stride.x[0, 0] = 5


@BOTH
@pytest.mark.parametrize(
    ("setting", "sentence", "kind"),
    [
        ({"strides": 0}, "strides must be an integer of at least 1", ArgumentError),
        ({"strides": "2"}, "strides must be an integer", ArgumentError),
        ({"strides": 2, "dilation_rate": 2}, "strides > 1 together with dilation_rate > 1", ArgumentError),
        ({"padding": "round"}, "padding must be one of 'valid', 'same', .*, received 'round'", ArgumentError),
        ({"channels": 4}, "channels can be at most 3, received 4", ArgumentError),
        ({"x": np.ones((4, 4, 2)), "kernel": np.ones((2, 2, 3))}, "must agree on the channels", ShapeError),
        ({"padding": "reflect", "input_size": 1}, "mirrors at most all cells but the edge", ShapeError),
        ({"padding": "full", "dilation_rate": 99}, "reaches over 199 cells, expected at most 37", ArgumentError),
        ({"rates": (2, "2")}, "rates must be an integer", ArgumentError),
        ({"rates": "2; 2"}, "rates must be 'none', .* received '2; 2'", ArgumentError),
        ({"rates": (9, 9, 9)}, "reach over 55 cells in 3 layers", ArgumentError),
        ({"padding": "valid", "input_size": 2, "kernel_size": 3}, r"reaches over \(3, 3\) cells", ShapeError),
        ({"kernel_size": 8}, "kernel_size can be at most 7, received 8", ArgumentError),
        ({"input_size": (3, 13)}, "input_size can be at most 12", ArgumentError),
        ({"x": [[1, 2], [3, 4]], "input_size": 3}, "input_size=3 does not fit x of shape", ShapeError),
        ({"x": [1, 2, 3]}, "x has shape", ShapeError),
        ({"x": [[1, 2], [3]]}, "rows of unequal lengths", ShapeError),
        ({"x": [["a"]]}, "x must hold numbers", ArgumentError),
        ({"kernel": [[float("inf")]]}, "kernel takes numbers from -9999 to 9999, received inf", ArgumentError),
        ({"bias": float("nan")}, "bias must be a number from .* received nan", ArgumentError),
        ({"bias": "one"}, "bias must be a number", ArgumentError),
        ({"bias": [1, 2]}, "bias must be a number from -9999 to 9999", ArgumentError),
        ({"bias": None, "hide": 5}, "hide can name .*received 5", UnknownArgumentError),
        ({"seed": -1}, "seed must be an integer of at least 0", ArgumentError),
        ({"hide": ("slider",)}, "hide can name .*received 'slider'", UnknownArgumentError),
        ({"stride": 2}, "unknown argument 'stride', did you mean 'strides'", UnknownArgumentError),
    ],
)
def test_nonsense_is_refused_in_one_sentence(explorer, setting, sentence, kind):
    with pytest.raises(kind, match=sentence):
        explorer(**setting)
    subject = explorer()
    before = subject.text
    with pytest.raises(kind, match=sentence):
        subject.change(**setting)
    assert subject.text == before
    assert message(subject)
    subject.strides = 1
    assert message(subject) == ""


def test_a_request_that_makes_no_sense_is_answered_in_words():
    stride = explorers.Stride()
    for request in (
        {"kind": "edit", "name": "x", "cell": 0, "text": "abc"},
        {"kind": "edit", "name": "x", "cell": 999, "text": "1"},
        {"kind": "edit", "name": "y", "cell": 0, "text": "1"},
        {"kind": "set", "name": "x", "value": 1},
        {"kind": "set", "name": "strides", "value": None},
        {"kind": "set", "name": "strides"},
        {"kind": "dance"},
        {},
    ):
        before = stride.state
        ask(stride, **request)
        assert stride.state == before
        assert stride.header["answer"] == {"view": "v", "number": 1}
        assert message(stride) or request.get("name") == "strides"
    check_numbers(stride)


def test_a_typed_comma_or_minus_sign_is_understood():
    stride = explorers.Stride()
    ask(stride, kind="edit", name="x", cell=0, text="\N{MINUS SIGN}2,5")
    assert stride.x[0, 0] == -2.5


def test_controls_offer_exactly_what_the_layer_accepts():
    stride = explorers.Stride(input_size=6, kernel_size=3)
    options = {control.name: control.options for control in stride.scene.controls}
    assert options["strides"] == [1, 2, 3, 4]  # 4 leaves a single window
    assert options["kernel_size"] == [1, 2, 3, 4, 5, 6]
    assert options["input_size"] == list(range(3, 13))
    assert options["dilation_rate"] == [1, 2]
    assert options["padding"] == ["valid", "same", "full", "causal", "reflect"]
    assert options["channels"] == [1, 2, 3]
    del options["rates"]  # another picture, which has other controls
    for name, values in options.items():
        for value in values:
            stride.change(**{name: value})
            stride.change(strides=1, kernel_size=3, input_size=6, dilation_rate=1, padding="valid")


def test_a_control_without_a_choice_carries_the_layers_reason():
    stride = explorers.Stride(strides=2)
    control = next(control for control in stride.scene.controls if control.name == "dilation_rate")
    assert control.options == [1]
    assert "strides > 1 together with dilation_rate > 1" in control.refused


def test_a_value_off_the_slider_is_shown_all_the_same():
    stride = explorers.Stride(strides=(1, 20))
    control = next(control for control in stride.scene.controls if control.name == "strides")
    assert control.value == (1, 20)
    assert control.options[-1] == (1, 20)
    check_numbers(stride)


def test_what_rounding_leaves_behind_is_said_and_marked():
    stride = explorers.Stride(input_size=8, strides=2)
    assert "Rounding down leaves the last row and the last column unread" in stride.text
    marks = {mark.style: mark.cells for mark in stride.scene.grid("x").marks}
    assert marks["unread"][7].all()
    assert marks["unread"][:, 7].all()
    assert not marks["unread"][:7, :7].any()
    assert "Rounding" not in explorers.Stride(input_size=7, strides=2).text


def test_cells_between_windows_are_said_to_be_skipped():
    stride = explorers.Stride(input_size=7, kernel_size=1, strides=3)
    assert "Steps longer than the kernel leave out 2 rows and 2 columns each time." in stride.scene.notes


def test_the_extra_row_of_an_odd_total_goes_below_and_right():
    padding = explorers.Padding(input_size=5, kernel_size=4)
    extra = next(mark.cells for mark in padding.scene.grid("padded").marks if mark.style == "extra")
    assert extra[-1].all()
    assert extra[:, -1].all()
    assert not extra[:-1, :-1].any()
    assert "the total is odd, so the extra one goes below and right" in padding.text
    even = explorers.Padding(input_size=5, kernel_size=3)
    assert not next(mark.cells for mark in even.scene.grid("padded").marks if mark.style == "extra").any()


def test_the_counts_of_use_sum_to_all_products_inside_the_input():
    padding = explorers.Padding(input_size=5, kernel_size=3, padding="valid")
    assert padding.scene.grid("used").values.sum() == 3 * 3 * 3 * 3
    assert padding.scene.grid("used").values[0, 0] == 1
    padding.padding = "same"
    assert padding.scene.grid("used").values[0, 0] == 4


def test_the_numbers_are_those_of_the_trace():
    padding = explorers.Padding()
    assert np.array_equal(padding.scene.grid("y").values, padding.trace["y"].value[0, :, :, 0])
    assert padding.trace.layer.padding == "same"


@BOTH
def test_the_code_is_a_line_of_keras(explorer):
    code = explorer(kernel_size=(2, 3), padding="valid", dilation_rate=(1, 2), input_size=7).code
    assert code == (
        'keras.layers.Conv2D(filters=1, kernel_size=(2, 3), strides=(1, 1), padding="valid", dilation_rate=(1, 2))'
    )
    assert eval(code, {"keras": nnlab}).dilation_rate == (1, 2)


@BOTH
def test_the_text_names_every_size_and_number(explorer):
    subject = explorer(x=[[1, 2.5], [3, 4]], kernel=[[-1]], bias=0)
    assert "an input of 2 × 2" in subject.text
    assert "Input: 1.0 2.5; 3.0 4.0." in subject.text
    assert "Kernel: -1." in subject.text
    assert "Output: -1.0 -2.5; -3.0 -4.0." in subject.text


def test_a_teacher_can_hide_controls_and_parts():
    stride = explorers.Stride(hide=("ledger", "strides"))
    assert sent(stride)[1]["hide"] == ["ledger", "strides"]
    stride.hide = ()
    assert sent(stride)[1]["hide"] == []


@BOTH
def test_a_formula_that_a_lesson_asks_for_can_be_hidden(explorer):
    assert "output size" in sent(explorer())[1]["formula"]
    assert sent(explorer(hide=["formula"]))[1]["formula"] == ""


@BOTH
def test_the_representation_is_the_settings(explorer):
    assert repr(explorer()) == repr(explorer())
    assert "0x" not in repr(explorer())
    assert repr(explorers.Stride()) == (
        "Stride(strides=1, kernel_size=3, input_size=7, padding='valid', dilation_rate=1, channels=1, rates='none', "
        "compare=False)"
    )


@BOTH
def test_the_figure_needs_no_notebook(explorer):
    figure = explorer(input_size=4, kernel_size=2).figure(cell=2)
    assert figure.axes[0].get_title() == "Input"


def test_negative_zero_reads_as_zero():
    assert "-0" not in explorers.Stride(x=-np.zeros((3, 3)), kernel=[[1.0]], bias=0).text


def test_one_window_is_said_in_the_singular():
    assert "is used in 1 window, the most used one in 4." in explorers.Padding(input_size=(4, 5), kernel_size=2).text
    assert "Every pixel is used in 1 window." in explorers.Padding(input_size=3, kernel_size=3, padding="valid").text


@BOTH
def test_a_closed_explorer_is_forgotten(explorer):
    subject = explorer()
    forgotten = weakref.ref(subject)
    subject.close()
    del subject
    gc.collect()
    assert forgotten() is None


def test_a_picture_that_is_too_large_is_refused_with_the_part_that_fits():
    with pytest.raises(ShapeError, match=r"x has shape \(28, 28\); .*Pass a part, such as x\[:12, :12\]\.$"):
        explorers.Stride(x=np.zeros((28, 28)))
