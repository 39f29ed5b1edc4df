"""Pictures of numbers: the bytes are a PNG, and its colours tell sign and size."""

import base64
import io

import numpy as np
import pytest

from nnlab.explain import picture

Image = pytest.importorskip("PIL.Image", reason="pillow comes with matplotlib")


def opened(places):
    return np.asarray(Image.open(io.BytesIO(picture.png(places))).convert("RGBA")).astype(int)


def test_a_png_reader_finds_every_pixel_where_it_was_put():
    places = np.arange(len(picture.PALETTE), dtype=np.uint8).reshape(-1, 4)
    assert (opened(places) == picture.PALETTE[places]).all()


def test_the_same_numbers_give_the_same_bytes():
    places = np.array([[0, 1, 2]], np.uint8)
    assert picture.data_uri(places) == picture.data_uri(places.copy())
    assert base64.b64decode(picture.data_uri(places).partition(",")[2]) == picture.png(places)


def test_zero_is_transparent_and_nothing_else_is():
    values = np.array([[-1.0, -1e-12, 0.0, 1e-12, 1.0, np.nan, np.inf]])
    opacity = opened(picture.shades(values, 1.0))[0, :, 3]
    assert (opacity == 0).tolist() == [False, False, True, False, False, False, False]


def test_opposite_numbers_have_opposite_hues_of_one_strength():
    (red, _, blue, strength), (other_red, _, other_blue, other) = opened(picture.shades([[-0.5, 0.5]], 1.0))[0]
    assert blue > red
    assert other_red > other_blue
    assert strength == other


def test_the_strength_grows_with_the_number():
    opacity = opened(picture.shades(np.linspace(0, 3, 50)[None], 3.0))[0, :, 3]
    assert (np.diff(opacity) >= 0).all()
    assert opacity[-1] == 255


def test_nan_and_infinity_are_none_of_the_colours_of_numbers():
    loud = opened(picture.shades([[np.nan, np.inf]], 1.0))[0]
    numbers = picture.PALETTE[: 2 * picture.LEVELS + 1, :3].tolist()
    assert loud[0].tolist() != loud[1].tolist()
    assert not any(pixel[:3].tolist() in numbers for pixel in loud)


def test_infinity_beyond_an_edge_is_a_gap():
    assert picture.shades([-np.inf, np.inf], 1.0, outside=-np.inf).tolist() == [picture.GAP, picture.INFINITE]


def test_shrinking_keeps_the_number_farthest_from_zero_and_nan():
    array = np.zeros((90, 70))
    array[37, 51], array[80, 3], array[5, 5] = -4, 3, np.nan
    small, block = picture.shrink(array, 30, 30)
    assert block == (3, 3)
    assert small.shape == (30, 24)
    assert (small[12, 17], small[26, 1]) == (-4, 3)
    assert np.isnan(small[1, 1])
    assert np.count_nonzero(small) == 3


@pytest.mark.parametrize("text", ["white", "black"])
@pytest.mark.parametrize("value", [-1.0, -0.5, 0.5, 1.0])
def test_text_can_be_read_on_every_tint_in_a_light_and_a_dark_theme(text, value):
    page = np.array([255, 255, 255] if text == "black" else [17, 17, 17])
    *hue, opacity = bytes.fromhex(picture.colour(value, 1.0).removeprefix("#"))
    seen = page + (np.array(hue) - page) * opacity / 255
    assert contrast(seen, np.array([0, 0, 0] if text == "black" else [222, 222, 222])) >= 4.5  # WCAG AA


def contrast(one, other):
    """The contrast ratio of two colours (WCAG 2.2, relative luminance)."""

    def luminance(colour):
        part = np.asarray(colour) / 255
        linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
        return linear @ [0.2126, 0.7152, 0.0722]

    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)
