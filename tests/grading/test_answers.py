"""Answers are found by name or tag, and brought along with what they need and nothing else."""

import json
import os

import pytest
from grading.notebooks import code, notebook

from nnlab.grading.marking.answers import LARGEST, UnreadableError, read_handed, read_notebook


def answer(*cells, name="double"):
    return read_notebook(notebook(*[code(cell) if isinstance(cell, str) else cell for cell in cells])).answer(name)


def defined(*cells, name="double"):
    """Run what was found, as the worker does, and return the function."""
    found, space = answer(*cells, name=name), {}
    for statement in found.statements:
        exec(statement, space)
    return space[found.name]


def test_an_answer_brings_its_helpers_and_constants_and_nothing_else():
    double = defined(
        "import math, no_such_package\nfactor = 2\nunused = 1 / 0",
        "def helper(x):\n    return factor * x",
        "1 / 0\nprint(no_such_name)",
        "def double(x):\n    return helper(x)\n\ndouble(3)",
    )
    assert double(4) == 8


def test_local_names_bring_nothing():
    found = answer("y = 1 / 0\nx = 1 / 0", "def double(x):\n    y = 2 * x\n    return [y for y in [y]][0]")
    assert len(found.statements) == 1


def test_a_helper_defined_below_its_use_is_found():
    assert defined("def double(x):\n    return helper(x)", "def helper(x):\n    return 2 * x")(3) == 6


def test_what_changes_a_needed_value_comes_too():
    cells = "table = {}\ntable['factor'] = 1", "table['factor'] += 1", "def double(x):\n    return table['factor'] * x"
    assert defined(*cells)(3) == 6


def test_the_last_definition_wins_and_the_count_is_kept():
    found = answer("def double(x):\n    return x", "def double(x):\n    return 2 * x")
    assert found.definitions == 2
    assert found.source == "def double(x):\n    return 2 * x\n"


def test_a_function_under_another_name_is_found_by_its_cells_tag():
    found = answer(code("def my_double(x):\n    return 2 * x\n\nmy_double(1)", tags=["answer:double"]))
    assert found.name == "my_double"


def test_the_name_wins_over_the_tag():
    found = answer(code("def other(x):\n    return x", tags=["answer:double"]), "def double(x):\n    return 2 * x")
    assert found.name == "double"


def test_a_lambda_a_decorated_and_a_conditional_function_are_found():
    assert defined("double = lambda x: 2 * x")(3) == 6
    assert defined("import functools\n@functools.cache\ndef double(x):\n    return 2 * x")(3) == 6
    assert defined("if True:\n    def double(x):\n        return 2 * x\nelse:\n    double = None")(3) == 6


def test_statements_on_one_line_are_told_apart():
    assert defined("a = 1; b = 2", "def double(x): return b * x")(3) == 6
    assert "a = 1" not in "".join(answer("a = 1; b = 2", "def double(x): return b * x").statements)


def test_a_missing_answer_is_none():
    assert answer("print('double')", "undouble = 3") is None


@pytest.mark.parametrize(
    "magic",
    [
        "%matplotlib inline",
        "!ls",
        "files = !ls",
        "np.array?",
        "?np.array",
        "%timeit 1 + 1",
        "%load_ext autoreload\n%autoreload 2",
        "get_ipython().run_line_magic('pip', 'list')",
    ],
)
def test_magics_are_ignored(magic):
    assert defined(f"{magic}\ndef double(x):\n    return 2 * x")(3) == 6


def test_a_timed_cell_is_python_and_a_cell_of_another_language_is_not():
    assert defined("%%time\ndef double(x):\n    return 2 * x")(3) == 6
    assert defined("%%bash\nrm -rf double", "def double(x):\n    return 2 * x")(3) == 6


def test_a_cell_that_is_not_python_costs_only_its_own_answer():
    handed = read_notebook(notebook(code("def double(x:\n    return"), code("def total(x):\n    return x")))
    assert handed.answer("double") is None
    assert "line 1 of its cell is not Python" in handed.syntax_error("double")
    assert handed.answer("total") is not None
    assert handed.syntax_error("total") is None


def test_text_is_read_as_utf_8_with_or_without_a_list_of_lines(tmp_path):
    cells = [{"cell_type": "code", "metadata": {}, "source": ["def double(x):\n", "    return 'ø'"]}]
    (tmp_path / "a.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
    assert "ø" in read_handed(tmp_path / "a.ipynb").answer("double").source


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not JSON"),
        (b"\x89PNG\r\n\x1a\n\x00\xff", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "format 4"),
        (b'"cells"', "format 4"),
        (b'{"cells": 3}', "format 4"),
        (b'{"cells": [3]}', "format 4"),
        (b'{"cells": [{}]}', "format 4"),
        (b'{"worksheets": []}', "format 4"),
        (b'{"cells": [{"cell_type": "code", "source": 3}]}', "format 4"),
        (b'{"cells": [{"cell_type": "code", "source": "", "metadata": []}]}', "format 4"),
    ],
)
def test_what_is_no_notebook_is_said_in_a_sentence(tmp_path, content, why):
    (tmp_path / "a.ipynb").write_bytes(content)
    with pytest.raises(UnreadableError, match=why):
        read_handed(tmp_path / "a.ipynb")


def test_a_link_a_folder_and_a_giant_are_not_read(tmp_path):
    (tmp_path / "secret.ipynb").write_text('{"cells": []}')
    (tmp_path / "link.ipynb").symlink_to(tmp_path / "secret.ipynb")
    (tmp_path / "folder.ipynb").mkdir()
    with open(tmp_path / "giant.ipynb", "wb") as file:
        os.truncate(file.fileno(), LARGEST + 1)
    for name, why in [("link", "symbolic link"), ("folder", "not a file"), ("giant", "larger than 100 MiB")]:
        with pytest.raises(UnreadableError, match=why):
            read_handed(tmp_path / f"{name}.ipynb")
