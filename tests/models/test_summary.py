"""The summary: letter for letter as text, the same numbers as HTML, the counts that Keras gives."""

import pytest

import nnlab
from nnlab import Input, Sequential
from nnlab.explain.summary import Summary
from nnlab.layers import BatchNormalization, Conv2D, Dense, Dropout, Flatten, MaxPooling2D


@pytest.fixture
def model():
    return Sequential(
        [
            Input((28, 28, 1)),
            Conv2D(64, 3, activation="relu", name="conv"),
            MaxPooling2D(2, name="pool"),
            BatchNormalization(name="norm"),
            Flatten(name="flat"),
            Sequential([Dense(10, name="inside"), Dropout(0.5, name="drop")], name="block"),
        ],
        name="digits",
    )


TEXT = """\
Model: digits
----------------------------------------------------------------------------
Layer (type)               Output shape                 Parameters  How many
----------------------------------------------------------------------------
conv (Conv2D)              (None, 26, 26, 64)      3*3*1*64 + 64 =       640
pool (MaxPooling2D)        (None, 13, 13, 64)                              0
norm (BatchNormalization)  (None, 13, 13, 64)  64 + 64 + 64 + 64 =       256
flat (Flatten)             (None, 10816)                                   0
block (Sequential)         (None, 10)                                108,170
  inside (Dense)           (None, 10)              10816*10 + 10 =   108,170
  drop (Dropout)           (None, 10)                                      0
----------------------------------------------------------------------------
Parameters in all: 109,066
Trainable: 108,938
Not trainable: 128
"""


def test_text_is_aligned_and_always_the_same(model, capsys):
    model.summary()
    assert capsys.readouterr().out == TEXT


def test_formulas_give_the_numbers_beside_them(model):
    for row in Summary(model).rows:
        if row.formula:
            assert eval(row.formula.removesuffix("=")) == int(row.count.replace(",", ""))


def test_html_has_the_cells_of_the_text(model):
    html = Summary(model)._repr_html_()
    for row in Summary(model).rows:
        assert f"<strong>{row.name}</strong> ({row.kind})" in html
        assert row.formula in html
        assert row.count in html
    assert "Parameters in all: 109,066<br>Trainable: 108,938<br>Not trainable: 128" in html


def test_names_are_escaped():
    assert "<script>" not in Summary(Sequential([Dense(1, name="<script>")]))._repr_html_()


def test_a_model_without_weights_yet_says_so(capsys):
    Sequential([Flatten(name="flat"), Dense(128, name="dense")], name="later").summary()
    out = capsys.readouterr().out
    assert "dense (Dense)   ?" in out
    assert out.count("not built yet") == 3
    assert out.endswith("call it on data, or build((None, ...)) with the shape of its input.\n")


def test_document_models_have_the_documents_totals(capsys):
    model = nnlab.models.Sequential([Flatten(), Dense(128), Dense(10)])
    model.build((None, 28, 28))
    model.summary()
    assert "Parameters in all: 101,770" in capsys.readouterr().out
