"""The layer that CONTRIBUTING.md builds, file by file: it keeps every promise of a layer with its one row."""

import doctest
import inspect
import re
from pathlib import Path

import layer_scale
import pytest
import test_contract
import test_gradients
from explain import test_every_layer
from layer_cases import Case
from layers import test_nonsense

from nnlab import layers

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
FILE, EXPORT, ROW = re.findall(r"^ *```python\n(.*?)^ *```", TEXT, re.M | re.S)
CHECKS = [
    check
    for module in (test_contract, test_gradients, test_every_layer)
    for name, check in vars(module).items()
    if name.startswith("test_") and list(inspect.signature(check).parameters) == ["case"]
]
AGAINST_NONSENSE = [
    check
    for name, check in vars(test_nonsense).items()
    if name.startswith("test_") and set(inspect.signature(check).parameters) <= {"name", "data"}
]


@pytest.fixture
def case(monkeypatch):
    """The row of the example, as if the layer were exported."""
    monkeypatch.setattr(layers, "LayerScale", layer_scale.LayerScale, raising=False)
    return eval(ROW.strip().rstrip(","), {"Case": Case})


def test_the_file_in_the_text_is_the_file_that_runs():
    assert inspect.getsource(layer_scale) == FILE
    assert len(FILE.splitlines()) < 40


def test_the_export_line_names_the_layer():
    assert EXPORT == "from nnlab.layers.layer_scale import LayerScale\n"


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_one_row_puts_the_layer_under(check, case):
    check(case)


@pytest.mark.parametrize("check", AGAINST_NONSENSE, ids=lambda check: check.__name__)
def test_one_row_throws_nonsense_at_it(check, case, monkeypatch):
    monkeypatch.setitem(test_nonsense.CLASSES, "LayerScale", layer_scale.LayerScale)
    monkeypatch.setitem(test_nonsense.ROWS, "LayerScale", [case])
    check(name="LayerScale")


def test_its_example_shows_what_it_says():
    assert doctest.testmod(layer_scale) == (0, 1)
