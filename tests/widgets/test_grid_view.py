import base64
import dataclasses

import numpy as np
import pytest

from nnlab.widgets import picture
from nnlab.widgets.accounts import Terms
from nnlab.widgets.grid_view import GridView
from nnlab.widgets.payload import unpack
from nnlab.widgets.scene import Control, Grid, Mark, Scene

X = np.array([[1.0, 2.0, 3.0]])
MEANS = np.array([[1.5, 2.5]])


@pytest.fixture
def scene():
    """Means of two neighbours: a picture that has nothing to do with convolution."""
    lost = Mark("unread", "never read", np.array([[False, False, False]]))
    links = {"x": np.array([[0, 1], [1, 2]]), "half": np.zeros((2, 2), int)}
    return Scene(
        title="Means",
        formula="3 − 2 + 1 = 2",
        parts=(
            Grid("x", "Numbers", X, "number", editable=True, marks=(lost,)),
            Grid("half", "Weight", np.array([[0.5]]), "weight"),
            Grid("mean", "Means", MEANS, "mean", before="="),
        ),
        accounts={"mean": Terms(links, ("x", "half"), np.array([[0.5, 1.0], [1.0, 1.5]]), (1, 2), digits=1)},
        result="mean",
        controls=(Control("size", 2, [1, 2, 3]),),
    )


def received(view):
    return unpack(view.header, view.data)


def test_the_scene_arrives_whole(scene):
    payload = received(GridView(scene))
    assert payload["scene"]["title"] == "Means"
    assert [grid["name"] for grid in payload["scene"]["parts"]] == ["x", "half", "mean"]
    assert payload["scene"]["parts"][2]["values"].tolist() == MEANS.tolist()
    assert payload["scene"]["parts"][2]["digits"] == 1
    assert payload["scene"]["accounts"]["mean"]["links"]["x"].tolist() == [[0, 1], [1, 2]]
    assert payload["scene"]["controls"][0]["options"] == [1, 2, 3]
    assert payload["message"] == ""


def test_marks_without_cells_are_not_sent(scene):
    assert received(GridView(scene))["scene"]["parts"][0]["marks"] == []


def test_a_new_number_alone_is_noticed(scene):
    view = GridView(scene)
    seen = []
    view.observe(lambda change: seen.append(unpack(change.new, view.data)), "header")
    other = dataclasses.replace(scene.grids[2], values=np.array([[1.5, 9.5]]))
    view.show(dataclasses.replace(scene, parts=(*scene.grids[:2], other)))
    assert seen[-1]["scene"]["parts"][2]["values"].tolist() == [[1.5, 9.5]]


def test_a_message_keeps_the_picture(scene):
    view = GridView(scene)
    before = received(view)["scene"]["parts"][0]["values"]
    view.show(scene, message="No.")
    assert received(view)["message"] == "No."
    assert np.array_equal(received(view)["scene"]["parts"][0]["values"], before)


def test_its_representation_never_changes(scene):
    assert repr(GridView(scene)) == repr(GridView(scene)) == "GridView(Means)"


def test_a_notebook_gets_a_widget_a_text_and_a_picture(scene):
    data, _ = GridView(scene)._repr_mimebundle_()
    assert data["text/plain"] == "GridView(Means)"
    assert "application/vnd.jupyter.widget-view+json" in data
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")


def test_the_still_picture_shows_every_number_and_the_account(scene):
    figure = GridView(scene).figure(cell=1)
    axes = [text for axes in figure.axes for text in axes.texts]
    texts = [text.get_text() for text in (*axes, *figure.texts)]
    assert {"1", "2", "3", "0.5", "1.5", "2.5", "mean (0, 1) = 2.5 = 2.5"} <= set(texts)
    assert [axes.get_title() for axes in figure.axes] == ["Numbers", "Weight", "Means"]


def test_the_still_picture_frames_the_window(scene):
    figure = GridView(scene).figure(cell=1)
    frames = [patch.get_bbox().bounds for patch in figure.axes[0].patches]
    assert frames == [(0.5, -0.5, 2.0, 1.0)]


def test_the_account_of_a_still_picture_adds_up_as_printed(scene):
    thirds = dataclasses.replace(scene.accounts["mean"], values=np.full((2, 2), 1.7 / 3), digits=1)
    grids = (*scene.grids[:2], dataclasses.replace(scene.grids[2], values=np.array([[3.4 / 3, 1.26]]), digits=1))
    rounded = dataclasses.replace(scene, accounts={"mean": thirds}, parts=grids)
    assert picture.account(rounded, 0) == "mean (0, 0) = 1.1 = 1.1"
    assert picture.account(rounded, 1) == "mean (0, 1) = 1.1 + 0.2 (rounding) = 1.3"


def test_the_still_picture_refuses_a_cell_that_is_not_there(scene):
    with pytest.raises(IndexError, match="cell must be from 0 to 1, received 2"):
        GridView(scene).figure(cell=2)


def test_drawing_a_picture_leaves_pyplot_alone(scene):
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    GridView(scene).figure()
    assert plt.get_fignums() == before
