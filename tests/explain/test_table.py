"""The page of a trace: every number true, every name harmless, and nothing that breaks takes the rest with it."""

import re

import numpy as np
import pytest
from explain.page import Page

from nnlab import layers, models, utils
from nnlab.core.entry import Entry
from nnlab.explain import table


def dense(**options):
    layer = layers.Dense(2, activation="relu", name="hidden", **options)
    layer.build((None, 3))
    layer.set_weights([np.array([[1, -1], [0.5, 2], [-2, 0.25]]), np.array([0.5, -1])])
    return layer


def convolution():
    layer = layers.Conv2D(2, (2, 3), strides=(1, 2), padding="same", name="conv")
    layer.build((None, 3, 4, 2))
    layer.set_weights([np.random.default_rng(0).normal(size=weight.shape) for weight in layer.weights])
    return layer


def lenet():
    return models.Sequential(
        [
            layers.Conv2D(6, 5, padding="same", activation="tanh", name="c1"),
            layers.AveragePooling2D(2, name="s2"),
            layers.Conv2D(16, 5, activation="tanh", name="c3"),
            layers.AveragePooling2D(2, name="s4"),
            layers.Flatten(name="flatten"),
            layers.Dense(120, activation="tanh", name="c5"),
            layers.Dense(84, activation="tanh", name="f6"),
            layers.Dense(10, activation="softmax", name="output"),
        ]
    )


def page(shown):
    bundle = shown._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"}
    return Page(bundle["text/html"])


X = np.array([[1, 2, 3], [0, -1, 1.5]])
IMAGE = np.random.default_rng(1).normal(size=(1, 3, 4, 2))


@pytest.mark.parametrize(
    "trace",
    [
        dense().trace(X),
        convolution().trace(IMAGE, seed=0),
        layers.BatchNormalization().trace(X, training=True, grad=X),
        layers.MaxPooling2D(2, padding="same").trace(IMAGE),
        layers.Dropout(0.5).trace(X, training=True, seed=0),
        layers.Softmax().trace(X, grad=X),
    ],
    ids=lambda trace: type(trace.layer).__name__,
)
def test_every_number_on_the_page_is_the_number_of_the_trace(trace):
    read = 0
    for entry in trace.rows():
        numbers = list(page(entry).numbers())
        arrays = [array for array in (entry.value, entry.grad) if array is not None]
        assert len(numbers) == sum(map(np.size, arrays))
        expected = [array for array in arrays for _ in range(array.size)]
        for array, (index, exact, printed) in zip(expected, numbers, strict=True):
            read += 1
            assert exact == str(array[index])
            if array.dtype.kind == "f" and np.isfinite(array[index]):
                digits = -len(printed.partition(".")[2]) if "e" not in printed else int(printed.partition("e")[2])
                assert abs(float(printed) - float(array[index])) <= 0.5000001 * 10.0**digits
            else:
                assert printed == str(array[index])
    assert read > 20


def test_the_page_tells_inputs_weights_steps_and_output_in_the_order_of_the_computation():
    names = [element["text"] for element in page(dense().trace(X)).all("code") if "bold" in element.get("style", "")]
    assert names == ["x", "kernel", "bias", "z", "activation/x", "activation/y", "y"]


def test_a_step_shows_its_shape_formulas_note_and_source_line():
    trace = convolution().trace(IMAGE)
    text = page(trace["windows"]).text
    assert "b=1 i=3 j=2 u=2 v=3 c=2" in text
    assert rf"$\displaystyle {trace['windows'].latex}$" in text
    assert rf"$\displaystyle {trace['windows'].grad_latex}$" in text
    assert trace["windows"].note in text
    assert trace["windows"].source in text
    assert f"convolution.py:{trace['windows'].line}" in text


def test_value_and_gradient_stand_side_by_side():
    shown = page(dense().trace(X)["kernel"])
    assert [table["aria-label"] for table in shown.all("table")] == ["kernel, value", "kernel, gradient"]
    assert all(cell["text"] for cell in shown.all("caption"))


def test_the_formula_of_the_value_stands_over_the_value_and_that_of_the_gradient_over_the_gradient():
    step = convolution().trace(IMAGE)["windows"]
    told = page(step).text
    parts = ["float32", "value", step.latex, "gradient", step.grad_latex]
    places = [told.index(part, told.index("float32")) for part in parts]
    assert places == sorted(places)


def test_sublayers_are_folded():
    shown = page(lenet().trace(np.ones((1, 28, 28, 1))))
    folds = shown.all("details")
    assert all("open" not in fold for fold in folds)
    assert len(folds) == 8 + 5  # and the activations inside of five of them


def test_numbers_that_are_those_of_another_entry_are_not_repeated():
    shown = page(dense().trace(X))
    assert shown.text.count("the same numbers and gradients as") == 2
    assert len(shown.all("table")) == 2 * 5


def test_the_letters_of_an_activation_are_those_of_what_it_is_applied_to():
    trace = layers.Conv2D(2, 2, activation="relu").trace(np.ones((1, 4, 5, 1)))
    text = table.text(trace)
    assert "activation/y  output  b=1 i=3 j=4 f=2" in text


def test_a_lenet_stays_light():
    utils.set_random_seed(0)  # how much a picture takes depends on the weights, by some thousands of characters
    trace = lenet().trace(
        np.random.default_rng(0).random((1, 28, 28, 1)), y=[3], loss="sparse_categorical_crossentropy"
    )
    assert len(table.html(trace)) < 310_000
    assert "first 6 of 16 filters" in page(trace).text


def test_gradients_say_of_what_they_are():
    model = lenet()
    image = np.ones((1, 28, 28, 1))
    assert "L$ is the loss" in page(model.trace(image, y=[3], loss="sparse_categorical_crossentropy")).text
    assert r"L$ is $\sum \bar y \cdot y$" in page(model.trace(image)).text


def test_a_patched_step_is_marked_with_its_difference():
    trace = dense().trace(X, patch={"z": lambda x, kernel, bias: x @ kernel, "grad:z": lambda grad_y: grad_y * 1})
    text = page(trace).text
    assert "your step; differs from the layer's own by up to 1 at [0, 1]" in text
    assert "[grad] your step; differs" in table.text(trace)
    same = dense().trace(X, patch={"z": lambda x, kernel, bias: x @ kernel + bias})
    assert "your step; equal to the layer's own" in page(same).text


def test_the_first_nan_is_named_on_top():
    trace = dense().trace([[1, 2, 3]], patch={"z": lambda x, kernel: np.full((1, 2), np.nan)})
    (alert,) = [element for element in page(trace).elements if element.get("role") == "alert"]
    assert alert["text"] == "NaN or infinite numbers: the first are in z."
    assert "NaN or infinite numbers: the first are in 'z'" in table.text(trace)


def test_minus_infinity_beyond_the_edge_of_max_pooling_is_no_alarm():
    trace = layers.MaxPooling2D(2, padding="same").trace(IMAGE)
    assert np.isinf(trace["windows"].value).any()
    assert "infinite" not in page(trace).text


def test_names_cannot_break_out_of_the_page():
    layer = layers.Dense(1, name="<script>alert('$x$')<|b>".replace("/", ""))
    trace = models.Sequential([layer]).trace([[1, 2]])
    shown = page(trace)
    assert not shown.all("script")
    assert "<script>alert('$x$')<|b>" in shown.text


class Unprintable:
    """A value that cannot be shown."""

    def __array__(self, *_, **__):
        raise RuntimeError("no <array>")


def test_a_broken_value_is_one_line_and_the_rest_still_shows(monkeypatch):
    trace = dense().trace(X)
    monkeypatch.setattr(trace["kernel"], "value", Unprintable())
    shown = page(trace)
    assert shown.text.count("cannot be shown: RuntimeError: no <array>") == 1
    assert {"x, value", "z, value", "y, gradient"} <= {table["aria-label"] for table in shown.all("table")}
    text = table.text(trace)
    assert "kernel  cannot be shown: RuntimeError: no <array>" in text
    assert "z_f =" in text
    assert "cannot be shown" in page(trace["kernel"]).text


def test_a_trace_that_cannot_be_told_is_still_an_answer(monkeypatch):
    monkeypatch.setattr("nnlab.explain.table.tell", lambda trace: 1 / 0)
    assert page(dense().trace(X)).text == "trace cannot be shown: ZeroDivisionError: division by zero"


@pytest.mark.parametrize("shape", [(0, 3), (1, 3), (400, 3)])
def test_batches_of_any_size_are_shown(shape):
    assert "hidden" in page(dense().trace(np.zeros(shape))).text


def test_an_entry_by_itself_is_shown_large():
    trace = layers.Conv2D(12, 3).trace(np.random.default_rng(0).normal(size=(1, 28, 28, 1)))
    assert len(page(trace["y"]).all("img")) > len([i for i in page(trace).all("img") if i["alt"].startswith("y, ")])
    assert isinstance(trace["y"], Entry)


def test_a_tuple_shows_its_parts():
    entry = dense().trace(X)["x"]
    entry.__dict__.update(value=(np.ones((1, 2)), np.zeros(3)), grad=None, axes="...")
    assert len(page(entry).all("table")) == 2
    assert "b=1 d=2; b=3" in page(entry).text


def test_the_page_needs_no_script_and_no_style_sheet_and_holds_nothing_that_changes():
    html = table.html(dense().trace(X))
    assert not {"script", "style", "svg", "link"} & {element["tag"] for element in Page(html).elements}
    assert html == table.html(dense().trace(X))
    assert not re.search(r"0x[0-9a-f]{6}|\bid=", html)
