import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scenes import charted, standardized

from nnlab.widgets import picture
from nnlab.widgets.charts import squarified
from nnlab.widgets.grid_view import GridView
from nnlab.widgets.payload import unpack


def part(name):
    scene = unpack(*(lambda view: (view.header, view.data))(GridView(charted())))["scene"]
    return next(part for part in scene["parts"] if part["name"] == name)


def test_curves_arrive_with_their_numbers_and_digits():
    curves = part("loss")
    assert curves["kind"] == "curves"
    assert [line["label"] for line in curves["lines"]] == ["training", "test"]
    assert curves["x"].tolist() == list(range(0, 50, 5))
    assert np.isnan(curves["lines"][1]["values"][4])
    assert (curves["digits"], curves["x_digits"], curves["at"], curves["badge"]) == (3, 0, 2, "sampled")


def test_a_map_of_areas_arrives_with_its_measures_and_what_they_are_made_of():
    sizes = part("sizes")
    assert sizes["kind"] == "treemap"
    assert [measure["label"] for measure in sizes["measures"]] == ["weights", "products"]
    assert sizes["measures"][0]["values"].tolist() == [600, 300, 0, 100]
    assert sizes["measures"][0]["details"] == ["20·30", "10·30", "", "10·10"]
    assert sizes["measures"][1]["details"] == []


def test_charts_say_their_numbers_in_words():
    loss, sizes, tiles = (part.text() for part in charted().parts)
    assert loss == "Loss: training from 1.000 to 0.182; test from 0.000 to 0.900."
    assert sizes.splitlines()[0] == "weights: first 600, second 300, none 0, third 100."
    assert tiles == "Tiles: 2 × 15 × 20 numbers from -1.000 to 1.000."


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=30).filter(any))
def test_areas_are_in_proportion_and_fill_the_map(values):
    boxes = squarified(np.array(values), 16, 9)
    assert set(boxes) == {index for index, value in enumerate(values) if value}
    for index, (left, top, width, height) in boxes.items():
        assert width * height == pytest.approx(values[index] / sum(values) * 144, rel=1e-6)
        assert min(left, top) >= -1e-9
        assert left + width <= 16 + 1e-6
        assert top + height <= 9 + 1e-6


def test_the_still_picture_draws_every_part():
    texts = {text.get_text() for axes in picture.figure(charted()).axes for text in axes.texts}
    titles = [axes.get_title() for axes in picture.figure(charted()).axes]
    assert titles == ["Loss (sampled)", "Sizes: weights", "Tiles\nleft", "right"]
    assert {"first\n600", "second\n300", "third\n100"} <= texts


def test_the_still_picture_prints_the_numbers_of_bars_and_points():
    figure = picture.figure(standardized(), cell=2)
    texts = {text.get_text() for axes in figure.axes for text in axes.texts}
    assert {"1.0", "2.5", "−3.0", "4.0", "−1.375", "0.458"} <= texts
    assert "third (cow) = −4.125 / 3 = −1.375" in figure.texts[-1].get_text()
