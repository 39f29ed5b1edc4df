from decimal import Decimal

import numpy as np
import pytest
from scenes import channels, pooled, standardized

from nnlab.widgets import decimals
from nnlab.widgets.accounts import Equation, Terms
from nnlab.widgets.scene import Grid, Scene


def lines(scene, cell):
    grids = {grid.name: grid for grid in scene.grids}
    return [scene.accounts[name].line(name, at, grids) for name, at in scene.trail(scene.result, cell)]


def test_a_maximum_passes_over_what_is_outside():
    assert lines(pooled("max"), 0) == ["pooled (0, 0) = largest of 4: 7 = 7"]
    assert lines(pooled("max"), 2) == ["pooled (0, 2) = largest of 2: 4 = 4"]


def test_a_mean_divides_by_what_was_counted():
    assert lines(pooled("mean"), 0) == ["pooled (0, 0) = 19 / 4 = 4.75"]
    assert lines(pooled("mean"), 2) == ["pooled (0, 2) = 5 / 2 = 2.50"]


def test_addends_are_those_of_the_cell_or_the_only_one():
    assert lines(channels(), 0) == ["sum (0, 0) = 8.25 + 1.00 + 0.50 = 9.75"]
    assert lines(channels(), 1) == ["sum (1, 0) = 11.75 + 1.00 + −0.50 = 12.25"]


def test_a_sum_that_does_not_add_up_as_printed_says_what_rounding_left_over():
    thirds = Terms({"x": np.array([[0, 1]])}, ("x",), np.array([[1 / 3, 1 / 3]]), (1, 2), digits=1)
    parts = (Grid("x", "X", np.full((1, 2), 1 / 3), "x"), Grid("y", "Y", np.array([[2 / 3]]), "y", digits=2))
    assert lines(Scene("", "", parts, {"y": thirds}, "y"), 0) == ["y = 0.7 + −0.03 (rounding) = 0.67"]


def test_the_trail_goes_through_single_cells_in_the_order_of_the_accounts():
    scene = standardized()
    assert scene.trail("y", 2) == [("mean", 0), ("centred", 2), ("y", 2)]
    assert scene.trail("centred", 1) == [("mean", 0), ("centred", 1)]
    assert scene.trail("x", 0) == []


def test_a_line_is_equal_only_where_the_printed_numbers_make_it_so():
    assert lines(standardized(), 2) == [
        "mean = 4.500 / 4 = 1.125",
        "difference (0, 2) = −3.0 − 1.125 = −4.125",
        "third (cow) = −4.125 / 3 = −1.375",
    ]
    assert lines(standardized(), 1)[-1] == "third (bee) = 1.375 / 3 ≈ 0.458"


def test_a_negative_number_after_a_sign_stands_in_brackets():
    x, y = Grid("x", "X", np.array([[-2.0]]), "x"), Grid("y", "Y", np.array([[3.0]]), "y")
    account = Equation("1 − {x}", {"x": np.array([0])}, lambda x: 1 - x)
    assert account.line("y", 0, {"x": x, "y": y}) == "y = 1 − (−2) = 3"


def test_an_equation_without_a_value_is_never_equal():
    x, y = Grid("x", "X", np.array([[0.0]]), "x"), Grid("y", "Y", np.array([[np.inf]]), "y")
    account = Equation("1 / {x}", {"x": np.array([0])}, lambda x: 1 / x)
    assert account.payload("y", {"x": x, "y": y})["exact"].tolist() == [False]
    assert account.line("y", 0, {"x": x, "y": y}) == "y = 1 / 0 ≈ ∞"


def test_places_go_by_names_where_there_are_some():
    values = np.zeros((2, 1, 2))
    assert Grid("x", "X", values, "x", sheets=("red", "blue"), labels=("a", "b")).place(3) == "(blue, b)"
    assert Grid("x", "X", values, "x").place(3) == "(1, 0, 1)"
    assert Grid("x", "X", values[0], "x", labels=("a", "b")).place(1) == "(b)"
    assert Grid("x", "X", np.zeros((3, 2)), "x", labels=("a", "b")).place(5) == "(2, b)"
    assert Grid("x", "X", np.zeros((1, 1)), "x").place(0) == ""


@pytest.mark.parametrize(
    ("value", "digits", "expected"), [(0.5, 0, "1"), (-0.125, 2, "-0.13"), (1e300, 1, None), (-0.0001, 2, "0.00")]
)
def test_halves_are_printed_away_from_zero(value, digits, expected):
    assert decimals.printed(value, digits) == Decimal(expected or f"{value:.1f}")


def test_numbers_that_are_none_are_printed_as_such():
    assert [decimals.text(value, 2) for value in (np.nan, np.inf, -np.inf)] == ["NaN", "∞", "−∞"]
