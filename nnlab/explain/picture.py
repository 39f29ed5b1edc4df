"""Arrays as small pictures: a signed colour scale around a transparent zero, and PNG bytes without a library.

Negative is blue, positive orange (told apart with every common colour vision), the strength of the colour is the
size of the number. Zero is transparent, so that one picture serves a light and a dark page. The PNG is stored
uncompressed: a few kB, and the same bytes wherever it is made, so that notebooks can be compared.
"""

import base64
import struct
import zlib
from typing import Any

import numpy as np

NEGATIVE, POSITIVE = (48, 116, 204), (232, 122, 24)
LEVELS = 12  # shades of either colour
NAN, INFINITE, GAP = 2 * LEVELS + 1, 2 * LEVELS + 2, 2 * LEVELS + 3  # palette places after the shades
LOUD, LOUDER = (214, 0, 147), (132, 0, 168)  # NaN and infinity: magenta and violet, on neither side of the scale


def scale_of(array: Any) -> float:
    """The size that gets the full colour: the largest finite magnitude."""
    array = np.asarray(array, float)
    return float(np.abs(array[np.isfinite(array)]).max(initial=0.0))


def colour(value: float, scale: float, strongest: float = 0.6, like: float = 0.0, outside: float = 0.0) -> str:
    """The background of one number, readable under black and under white text; zero has the hue of `like`.

    An infinite `outside` (as `Step.outside`: what stands beyond an edge) is grey, as it is meant.

    >>> colour(1.0, 2.0), colour(-2.0, 2.0), colour(0.0, 2.0, like=-1.0)
    ('#e87a184c', '#3074cc99', '#3074cc00')
    """
    if np.isinf(outside) and value == outside:
        return hexadecimal(128, 128, 128, 64)
    if not np.isfinite(value):
        return hexadecimal(*(LOUD if np.isnan(value) else LOUDER), 217)
    strength = max(round(255 * strongest * abs(value) / scale), 4) if value else 0
    return hexadecimal(*(POSITIVE if (value or like) > 0 else NEGATIVE), strength)


def hexadecimal(*parts: int) -> str:
    """A colour with its opacity, as the style sheets write it."""
    return "#" + bytes(parts).hex()


def shades(array: Any, scale: float, outside: float = 0.0) -> np.ndarray:
    """A palette place for each number: LEVELS is zero, and only zero; an infinite `outside` is as a gap.

    >>> shades([-2.0, 0.0, 1e-6, 2.0], 2.0).tolist()
    [0, 12, 13, 24]
    """
    array = np.asarray(array, float)
    known = np.where(np.isfinite(array), array, 0.0) / (scale or 1.0)
    places = LEVELS + np.sign(known) * np.ceil(np.abs(known) * LEVELS)
    places = np.where(np.isnan(array), NAN, np.where(np.isinf(array), INFINITE, places))
    if np.isinf(outside):
        places[array == outside] = GAP
    return places.astype(np.uint8)


def palette() -> np.ndarray:
    """Red, green, blue and opacity of every palette place."""
    rows = [(*NEGATIVE, round(255 * k / LEVELS)) for k in range(LEVELS, 0, -1)]
    rows += [(128, 128, 128, 0)]
    rows += [(*POSITIVE, round(255 * k / LEVELS)) for k in range(1, LEVELS + 1)]
    return np.array([*rows, (*LOUD, 255), (*LOUDER, 255), (128, 128, 128, 64)], np.uint8)


PALETTE = palette()


def png(places: np.ndarray) -> bytes:
    """A picture of palette places, one pixel each (PNG specification, third edition, W3C 2025)."""
    height, width = places.shape
    rows = np.zeros((height, width + 1), np.uint8)  # each row begins with its filter: none
    rows[:, 1:] = places
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", PALETTE[:, :3].tobytes()),
        (b"tRNS", PALETTE[:, 3].tobytes()),
        (b"IDAT", zlib.compress(rows.tobytes(), 0)),
        (b"IEND", b""),
    ]
    framed = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(framed)


def data_uri(places: np.ndarray) -> str:
    """The picture as the address of an <img>."""
    return "data:image/png;base64," + base64.b64encode(png(places)).decode()


def shrink(array: np.ndarray, rows: int, columns: int) -> tuple[np.ndarray, tuple[int, int]]:
    """At most `rows` x `columns` numbers, each the one farthest from zero in a block; NaN counts as farthest.

    >>> shrink(np.array([[1.0, -3.0, 2.0, 0.0]]), 1, 2)
    (array([[-3.,  2.]]), (1, 2))
    """
    block = tuple(-(-n // most) for n, most in zip(array.shape, (rows, columns), strict=True))
    if block == (1, 1):
        return array, block
    short = [-n % size for n, size in zip(array.shape, block, strict=True)]
    padded = np.pad(array, [(0, n) for n in short])
    height, width = padded.shape[0] // block[0], padded.shape[1] // block[1]
    cells = padded.reshape(height, block[0], width, block[1]).swapaxes(1, 2).reshape(height, width, -1)
    magnitude = np.abs(cells.astype(float))
    farthest = np.where(np.isnan(magnitude), np.inf, magnitude).argmax(-1)
    return np.take_along_axis(cells, farthest[..., None], -1)[..., 0], block
