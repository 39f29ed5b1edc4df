"""Arrays of every shape and kind as HTML."""

import numpy as np
import pytest
from explain.page import Page

from nnlab.explain import heatmap


def shown(array, axes="", **options):
    return Page(heatmap.html(array, axes, "it", **options))


@pytest.mark.parametrize(
    ("shape", "axes"),
    [
        ((), ""),
        ((4,), "f"),
        ((23,), "f"),
        ((1, 17), "b d"),
        ((3, 4), "b d"),
        ((2, 3, 4), "b t d"),
        ((1, 5, 3, 2), "b h w c"),
        ((2, 3, 2, 4), "u v c f"),
        ((3, 2, 1, 4), "u v c f"),
        ((1, 2, 3, 2, 3, 2), "b i j u v c"),
        ((2, 2, 2, 2, 2), "what ever"),
    ],
)
def test_every_number_of_a_small_array_stands_there_once_with_its_index(shape, axes):
    array = np.random.default_rng(len(shape)).normal(size=shape).astype("float32")
    found = {index: (exact, text) for index, exact, text in shown(array, axes).numbers()}
    assert len(found) == array.size
    for index, (exact, text) in found.items():
        assert np.float32(exact) == array[index]
        assert abs(float(text) - float(array[index])) <= 0.5 * 10.0 ** -len(text.partition(".")[2]) + 1e-9


@pytest.mark.parametrize(("shape", "axes"), [((3, 4), "b d"), ((14,), "f"), ((1, 4, 5, 1), "b h w c")])
def test_numbers_stand_under_the_index_of_their_column_and_beside_that_of_their_row(shape, axes):
    page = shown(np.arange(np.prod(shape)).reshape(shape), axes)
    columns = [int(head["text"]) for head in page.all("th") if head["scope"] == "col"]
    rows = [int(head["text"]) for head in page.all("th") if head["scope"] == "row"]
    for k, (_, exact, _) in enumerate(page.numbers()):
        place = rows[k // len(columns)], columns[k % len(columns)]
        expected = sum(place) if len(shape) == 1 else place[0] * columns.__len__() + place[1]
        assert int(exact) == expected


def test_a_large_array_is_a_picture_with_a_legend_and_a_description():
    page = shown(np.linspace(-2, 6, 28 * 28).reshape(28, 28), "h w")
    assert not list(page.numbers())
    (picture,) = page.all("img")
    assert (picture["alt"], picture["src"][:22]) == ("it", "data:image/png;base64,")
    (role,) = [element for element in page.all("div") if element.get("role") == "img"]
    assert role["aria-label"] == "it: h=28 w=28; min -2, mean 2, max 6"
    assert [word.strip("\xa0 ") for word in page.words] == ["-2", "0", "6", "mean 2"]


def test_what_is_not_drawn_is_said():
    page = shown(np.random.default_rng(0).normal(size=(32, 9, 9, 16)), "b i j f")
    assert "first of 32 examples; first 8 of 16 filters" in page.text
    assert [image["alt"] for image in page.all("img")] == [f"it, f={k}" for k in range(8)]


def test_a_picture_that_is_shrunk_says_so():
    assert "of each 7 × 2 numbers the one farthest from 0" in shown(np.eye(400, 120), "d f").text


def test_a_constant_array_is_a_sentence():
    assert shown(np.ones((40, 40))).text == "every number is 1"


def test_an_empty_array_says_its_shape():
    assert shown(np.zeros((0, 3)), "b d").text == "no numbers: b=0 d=3"


def test_a_million_numbers_stay_light():
    html = heatmap.html(np.random.default_rng(0).normal(size=(1000, 1000)))
    assert len(html) < 10_000


def test_booleans_and_integers_are_themselves():
    assert [text for *_, text in shown([[True, False]]).numbers()] == ["True", "False"]
    assert [text for *_, text in shown([[3, -(10**9)]]).numbers()] == ["3", "-1000000000"]
    assert "784 are True" in shown(np.eye(28, dtype=bool)).text


@pytest.mark.parametrize("side", [2, 30])
def test_nan_and_infinity_are_counted_loudly(side):
    array = np.random.default_rng(0).normal(size=(side, side))
    array[0, 0], array[1, 1] = np.nan, np.inf
    page = shown(array)
    (loud,) = [element["text"] for element in page.all("div") if "bold" in element.get("style", "")]
    assert loud == f"1 of {side**2} is NaN; 1 of {side**2} is infinite"


def test_infinity_that_is_meant_is_not_loud():
    page = shown(np.array([[1.0, -np.inf]]), outside=-np.inf)
    assert "infinite" not in page.text
    assert [text for *_, text in page.numbers()] == ["1", "-inf"]


def test_nothing_but_nan_is_shown_too():
    assert "900 of 900 are NaN" in shown(np.full((30, 30), np.nan)).text


def test_what_is_no_number_is_quoted_and_escaped():
    page = shown(np.array(["<b>", None], object))
    assert page.text.startswith("object values:")
    assert not page.all("b")


def test_names_are_escaped():
    page = Page(heatmap.html(np.eye(30), "h w", '<img src="x">'))
    assert [image["alt"] for image in page.all("img")] == ['<img src="x">']
    assert [each["aria-label"][:14] for each in page.all("div") if "aria-label" in each] == ['<img src="x">:']
    assert Page(heatmap.html([[1]], "h w", "<i>")).all("caption")[0]["text"] == "<i>"


def test_a_thumbnail_is_one_small_picture():
    assert len(Page(heatmap.thumbnail(np.eye(28)[None, :, :, None], "b h w c")).all("img")) == 1
    assert heatmap.thumbnail(np.float32(3)) == ""
