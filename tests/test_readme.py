"""What the README says is so: its examples run, its lists are the package's, its commands and links are there."""

import doctest
import importlib
import re
import tomllib

import pytest
from pages import ROOT, blocks_of, shows_what_it_says, text_of

DOCUMENTS = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "DATA_LICENSES.md"]
DOCUMENTS += sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))
README = text_of("README.md")


def listed(module):
    """The names in the row of the table that begins with this module."""
    (row,) = re.findall(rf"^\| `{module}` \| (.*) \|$", README, re.M)
    return re.findall(r"`(\w+)`", row)


def public(module):
    """What a module exports, each under its first name: aliases are not counted twice."""
    return [name for name in module.__all__ if getattr(module, name).__name__ == name]


@pytest.mark.parametrize("example", blocks_of("README.md"), ids=lambda block: block.splitlines()[-1][:40])
def test_example_shows_what_it_says(example, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shows_what_it_says(example, {}, doctest.NORMALIZE_WHITESPACE)


@pytest.mark.parametrize("module", re.findall(r"^\| `([\w.]+)` \|", README, re.M))
def test_listed_names_exist(module):
    names = listed(module)
    assert names
    assert not [name for name in names if not hasattr(importlib.import_module(f"nnlab.{module}"), name)]


@pytest.mark.parametrize("module", ["layers", "explorers", "models", "utils"])
def test_list_is_complete(module):
    assert sorted(listed(module)) == sorted(public(importlib.import_module(f"nnlab.{module}")))


def test_first_two_commands_open_the_lessons_and_run_the_tests():
    lab, test = (block.strip() for block in blocks_of("README.md", "bash")[:2])
    assert lab.endswith("nnlab lab")
    assert test.endswith("-m pytest")
    for command in (lab, test):
        assert "\n" not in command
        assert command.startswith("python3 -m venv ")


def test_extras_in_the_commands_exist():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    for document in ("README.md", "CONTRIBUTING.md"):
        assert set(re.findall(r"\.\[(\w+)\]", text_of(document))) <= set(extras)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_inside_the_repository_lead_to_files(document):
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", text_of(document)):
        assert (ROOT / document).parent.joinpath(target).exists(), f"{document} links to {target}"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_files_that_a_page_names_are_there(document):
    named = set(re.findall(r"(?<![\w/.])(?:nnlab|tests|docs|notebooks|tools)/[\w./-]*\w", text_of(document)))
    named -= {"nnlab/layers/layer_scale.py"}  # which CONTRIBUTING.md writes before the reader's eyes
    assert not [path for path in sorted(named) if not (ROOT / path).exists()]


def test_changelog_begins_with_what_is_not_released():
    headings = re.findall(r"^## (.*)$", text_of("CHANGELOG.md"), re.M)
    assert headings[0] == "Unreleased"
