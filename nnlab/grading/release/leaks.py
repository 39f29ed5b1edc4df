"""Find what is left of the solutions in a notebook that students will get.

A solution hides in more places than the cell it was cut from: an output that printed it, a widget's state, an
attachment, a tag. Every text of the file is read, decoded and without its blanks, so that an indent, an HTML
escape or a coloured listing does not hide a line.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import html
import re
from collections.abc import Iterable, Iterator
from typing import Any

SHORTEST = 12  # characters: shorter lines (`return x`) are everybody's


def leaks(notebook: dict[str, Any], removed: Iterable[str]) -> list[str]:
    """Return one sentence for each line of `removed` that still stands somewhere in `notebook`.

    >>> nb = {"cells": [], "metadata": {"note": "use <b>np.pad</b>(x, &quot;edge&quot;)!"}}
    >>> leaks(nb, ['    return 1', '    np.pad(x, "edge")'])
    ['metadata.note still holds the solution line: np.pad(x, "edge")']
    """
    wanted = {_squeeze(line): line.strip() for line in removed if len(line.strip()) >= SHORTEST}
    found = []
    for place, text in _texts(notebook):
        forms = {_squeeze(form) for form in _readings(text)}
        found += [
            f"{place} still holds the solution line: {line}"
            for squeezed, line in wanted.items()
            if any(squeezed in form for form in forms)
        ]
    return found


def _texts(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Give every text in parsed JSON with its place; a list of texts is one text, as in a notebook's source."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for key, inside in value.items():
            yield f"{place}.{key} (a key)".lstrip("."), key
            yield from _texts(inside, f"{place}.{key}".lstrip("."))
    elif isinstance(value, list):
        if value and all(isinstance(item, str) for item in value):
            yield place, "".join(value)
        else:
            for index, item in enumerate(value):
                yield from _texts(item, f"{place}[{index}]")


def _readings(text: str) -> Iterator[str]:
    """Give the ways in which a person could read `text`: as it is, unescaped, without tags, decoded."""
    yield text
    plain = html.unescape(text)
    yield plain
    yield re.sub(r"<[^>]*>", "", text)
    yield html.unescape(re.sub(r"<[^>]*>", "", text))
    yield re.sub(r"\x1b\[[0-9;]*m", "", text)  # a terminal's colours
    yield re.sub(r"\\[nt]", "", text).replace("\\", "")  # JSON or a repr inside a text
    with contextlib.suppress(binascii.Error, ValueError):
        yield base64.b64decode(text, validate=True).decode("utf-8", errors="ignore")


def _squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text)
