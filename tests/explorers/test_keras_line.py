"""The editable line of Keras: what is understood, what is refused in one sentence, and that nothing in it runs."""

import json
import os
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest

import nnlab
from nnlab import explorers
from nnlab.core.errors import NnlabError
from nnlab.explorers import keras_line

BOTH = pytest.mark.parametrize("explorer", [explorers.Stride, explorers.Padding])


@pytest.mark.parametrize("prefix", ["", "layers.", "keras.layers.", "tf.keras.layers.", "layer = keras.layers."])
def test_a_line_is_understood_with_every_usual_prefix(prefix):
    stride = explorers.Stride()
    stride.code = f'{prefix}Conv2D(1, (2, 3), strides=2, padding="same")'
    assert (stride.kernel_size, stride.strides, stride.padding) == ((2, 3), 2, "same")


def test_what_a_line_leaves_out_has_the_default_of_keras():
    stride = explorers.Stride(strides=2, padding="same")
    stride.code = "Conv2D(1, 3)"
    assert (stride.strides, stride.padding, stride.dilation_rate) == (1, "valid", 1)


@BOTH
def test_the_line_that_is_shown_changes_nothing(explorer):
    subject = explorer(input_size=8, kernel_size=(2, 3), padding="same")
    before = subject.state
    subject.code = subject.code
    assert subject.state == before


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("Conv2d(1, 3)", "there is no layer Conv2d, did you mean Conv2D?"),
        ("Conv2D(1, 3, srides=2)", "unknown argument 'srides', did you mean 'strides'?"),
        ("Conv2D(1, 3, strides=0)", "strides must be an integer of at least 1"),
        ("Conv2D(1, 3, padding='full')", "padding must be one of"),
        ("Conv2D(1, 30)", "kernel_size can be at most 7"),
        ("Conv2D(1)", "Conv2D needs kernel_size"),
        ("Conv2D(2, 3)", "one filter is shown here, received filters=2"),
        ("Conv2D(1, 3, activation='relu')", "Conv2D's activation is not shown here; leave it out"),
        ("Dense(3)", "expected Conv2D, received Dense"),
        ("Flatten()\nConv2D(1, 3)", "expected ZeroPadding2D, received Flatten"),
        ("Conv2D(1, 3)\nConv2D(1, 2)", "kernels of a stack must have one size here"),
        ("Conv2D(1, 3)\nConv2D(2, 3)", "a stack takes one filter"),
        ("ZeroPadding2D(1)\nZeroPadding2D(1)\nConv2D(1, 3)", "expected one padding before the convolution, received 2"),
        ("ZeroPadding2D(5)\nConv2D(1, 3)", "this padding is not shown here, expected .*full.*causal"),
        ("ZeroPadding2D(2)\nConv2D(1, 3, padding='same')", "after a padding the convolution is 'valid' here"),
        ("np.pad(x, 2, mode='reflect')\nConv2D(1, 3)", "pad_width of pad must be"),
        ("np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), mode='edge')\nConv2D(1, 3)", "mode of pad must be"),
        ("np.pad(x, n)\nConv2D(1, 3)", "pad_width of pad must be written out"),
        ("np.pad(x, 1, width=2)\nConv2D(1, 3)", "pad takes x, pad_width, mode, each once"),
        ("Input((5, 5))\nConv2D(1, 3)", r"Input takes shape=\(rows, columns, channels\)"),
        ("", "expected one layer, received 0"),
        ("Conv2D(1, 3", "not a line of Python: '\\(' was never closed"),
        ("Conv2D(1, n)", "kernel_size of Conv2D must be written out, received 'n'"),
        ("Conv2D(1, 9**9**9)", "must be written out, received '9\\*\\*9\\*\\*9'"),
        ("Conv2D(1, __import__('os').system('true'))", "must be written out"),
        ("Conv2D(*[1, 3])", "must be written out, received a star"),
        ("Conv2D(1, 3, kernel_size=3)", "receives kernel_size twice"),
        ("Conv2D(1, 3, 1, 'valid', None, 1, 1, None, True, 0, 0, 0, 0, 0, 0, 0, 0, 0)", "takes at most"),
        ("Conv2D(1, " + "9" * 40 + ")", "must be written out"),
        ("import os", "expected a layer"),
        ("x = 3", "expected a layer"),
        ("Conv2D(1, 3)(x)", "there is no layer"),
        ("Conv2D(1, 3)\x00", "not a line of Python"),
        ("x" * 1_000_000, "the line has 1,000,000 characters, expected at most 4,000"),
        ("(" * 1000, "not a line of Python|nested too deeply"),
        ("Conv2D(1, " + "-" * 3900 + "1)", "nested too deeply"),
        (b"Conv2D(1, 3)", "a line of Keras is text, received bytes"),
        (None, "a line of Keras is text, received NoneType"),
    ],
)
def test_a_wrong_line_is_refused_in_one_sentence_and_the_picture_stays(line, sentence):
    stride = explorers.Stride(kernel_size=2)
    before = stride.state
    with pytest.raises(NnlabError, match=sentence) as refused:
        stride.code = line
    assert "\n" not in str(refused.value)
    assert stride.state == before
    assert stride.header["message"][:300] == str(refused.value)[:300]
    assert len(stride.header["message"]) < 600
    stride.code = "Conv2D(1, 2)"
    assert stride.header["message"] == ""


def test_reading_a_line_runs_nothing(tmp_path):
    proof = tmp_path / "proof"
    for text in (f"open({str(proof)!r}, 'w')", f"Conv2D(1, open({str(proof)!r}, 'w'))", "layers.__init__(1)"):
        with pytest.raises(NnlabError):
            keras_line.read("Stride", text)
    assert not proof.exists()


def test_every_layer_can_be_written():
    for name in nnlab.layers.__all__:
        if isinstance(getattr(nnlab.layers, name), type):
            (call,) = keras_line.read("Any", f"keras.layers.{name}()")
            assert call.name == name


def test_the_layers_of_a_model_are_read_in_order():
    text = "keras.Sequential([\n  layers.Flatten(),\n  layers.Dense(10, activation='relu'),\n])"
    assert [(call.name, call.arguments) for call in keras_line.read("Any", text)] == [
        ("Flatten", {}),
        ("Dense", {"units": 10, "activation": "relu"}),
    ]
    assert [call.name for call in keras_line.read("Any", "Flatten()\nDense(10)")] == ["Flatten", "Dense"]


def test_an_explorer_without_a_reader_says_that_its_line_stays():
    class Closed(explorers.Stride):
        accept = nnlab.explorers.explorer.Explorer.accept

    closed = Closed()
    assert not closed.header["manners"]["line"]
    with pytest.raises(NnlabError, match="its line of Keras cannot be edited"):
        closed.code = "Conv2D(1, 3)"


def test_a_line_keeps_the_numbers_that_a_learner_set():
    stride = explorers.Stride(x=np.arange(25.0).reshape(5, 5), kernel=[[1, 2], [3, 4]])
    stride.code = "Conv2D(1, 2, strides=2)"
    assert stride.kernel.tolist() == [[1, 2], [3, 4]]
    assert stride.x[4, 4] == 24


def test_paddings_of_their_own_are_two_lines_that_read_back():
    padding = explorers.Padding(input_size=6, kernel_size=(2, 3))
    for mode, first in {
        "full": "keras.layers.ZeroPadding2D(padding=((1, 1), (2, 2)))",
        "reflect": "x = np.pad(",
    }.items():
        padding.padding = mode
        assert padding.code.startswith(first)
        assert padding.code.count("\n") == 1
        line = padding.code
        padding.padding = "valid"
        padding.code = line
        assert padding.padding == mode


def test_an_input_and_a_stack_can_be_written():
    stride = explorers.Stride()
    stride.code = "keras.Input(shape=(4, 6, 2))\nConv2D(1, (2, 3))"
    assert (stride.input_size, stride.channels, stride.kernel_size) == ((4, 6), 2, (2, 3))
    stride.code = "keras.Sequential([Conv2D(1, 3, dilation_rate=1), Conv2D(1, 3, dilation_rate=2)])"
    assert stride.rates == "1, 2"
    stride.code = "Conv2D(1, 3)"
    assert stride.rates == "none"


def with_channels(array):
    """Channels as the last axis, even if there is one."""
    return array if array.ndim == 3 else array[..., None]


@pytest.mark.keras
def test_the_lines_make_the_same_numbers_in_keras(tmp_path):
    pictures, expected = [], []
    for mode in ("valid", "same", "full", "causal", "reflect"):
        for strides, rate, channels in ((1, 1, 1), ((2, 1), 1, 2), (1, (1, 2), 3)):
            sizes = {"channels": channels, "input_size": (6, 7), "kernel_size": (2, 3)}
            shown = explorers.Padding(padding=mode, strides=strides, dilation_rate=rate, bias=0.5, **sizes)
            x, kernel = (with_channels(array).tolist() for array in (shown.x, shown.kernel))
            pictures.append({"code": shown.code, "x": x, "kernel": kernel, "bias": 0.5})
            expected.append(shown.trace["y"].value[0])
    for kind in ("max", "average", "global max", "global average"):
        shown = explorers.Pooling(kind=kind, pool_size=(3, 2), strides=2, padding="same", channels=2)
        pictures.append({"code": shown.code, "x": shown.x.tolist(), "kernel": None, "bias": 0})
        expected.append(shown.trace["y"].value[0])
    given, made = tmp_path / "pictures.json", tmp_path / "outputs.json"
    given.write_text(json.dumps(pictures))
    script = Path(__file__).parents[1] / "golden" / "run_keras_lines.py"
    subprocess.run(
        [os.environ["NNLAB_KERAS"], script, given, made], env=os.environ | {"KERAS_BACKEND": "jax"}, check=True
    )
    for picture, ours, theirs in zip(pictures, expected, json.loads(made.read_text()), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5, err_msg=picture["code"])


@pytest.mark.parametrize(("name", "example"), [("Softmax", "keras.layers.Softmax()"), ("Dropout", "Dropout(0.5)")])
def test_a_line_without_a_layer_is_answered_with_one_that_the_explorer_takes(name, example):
    explorer = getattr(explorers, name)()
    with pytest.raises(NnlabError, match=re.escape(example)):
        explorer.code = "layer"


@pytest.mark.parametrize("name", explorers.__all__)
def test_a_line_of_nothing_is_refused(name):
    with pytest.raises(NnlabError, match=f"{name}: expected one layer, received 0."):
        getattr(explorers, name)().code = ""


def test_what_pads_is_no_layer_of_a_model():
    with pytest.raises(NnlabError, match="expected a layer, received pad"):
        explorers.ParameterCount().code = "np.pad(x, 1)\nDense(3)"


def test_what_a_line_lacks_is_shown_where_it_belongs():
    with pytest.raises(NnlabError, match=re.escape("Dropout(rate=...)")):
        explorers.Dropout().code = "Dropout()"


def test_a_softmax_along_another_axis_is_refused():
    with pytest.raises(NnlabError, match="axis=-1"):
        explorers.Softmax().code = "Softmax(axis=0)"
