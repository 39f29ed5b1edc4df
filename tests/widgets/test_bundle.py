"""The committed bundle is what its sources make; nothing in it is fetched while it runs."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

WIDGETS = Path(__file__).parents[2] / "nnlab" / "widgets"
FILES = ("grid_view.js", "grid_view.css")


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory):
    """The bundle built anew, in a copy of the sources."""
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed")
    copy = tmp_path_factory.mktemp("widgets") / "js"
    shutil.copytree(WIDGETS / "js", copy)
    if not (copy / "node_modules").exists():
        installed = subprocess.run(["npm", "ci", "--silent"], cwd=copy, capture_output=True, text=True)
        if installed.returncode:
            pytest.skip(f"npm ci could not install esbuild: {installed.stderr.strip()[:200]}")
    subprocess.run(["npm", "run", "--silent", "build"], cwd=copy, check=True, capture_output=True)
    return copy.parent / "static"


@pytest.mark.parametrize("name", FILES)
def test_the_bundle_is_what_the_sources_make(rebuilt, name):
    assert (rebuilt / name).read_bytes() == (WIDGETS / "static" / name).read_bytes(), "run: npm run build"


@pytest.mark.parametrize("name", FILES)
def test_the_bundle_asks_nobody_for_anything(name):
    text = (WIDGETS / "static" / name).read_text(encoding="utf-8")
    allowed = {"http://www.w3.org/2000/svg"}  # the name of a namespace, which nothing ever loads
    assert set(re.findall(r"https?://[\w./-]+", text)) <= allowed
    assert not re.findall(r"\bfetch\(|XMLHttpRequest|@import|\bimport\(", text)


def test_the_view_knows_no_layer():
    sources = "".join(path.read_text(encoding="utf-8") for path in (WIDGETS / "js").glob("*.js"))
    assert "class" in sources
    assert not re.findall(r"conv|stride|padd?ed|kernel_size|dilation|pooling|dropout", sources, re.IGNORECASE)


def test_all_views_together_stay_small():
    script, style = ((WIDGETS / "static" / name).stat().st_size for name in FILES)
    assert script < 60_000
    assert style < 25_000
