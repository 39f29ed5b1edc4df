"""The picture of a model: every call in a box, nothing on top of anything else, the same in SVG and on paper."""

import itertools
import re
from xml.etree import ElementTree

import graph_cases
import numpy as np
import pytest
from library import LIBRARY
from model_cases import lenet

import nnlab
from nnlab import Input, Model, Sequential, layers
from nnlab.core.errors import ArgumentError
from nnlab.explain.graph import drawing
from nnlab.explain.graph_picture import FRAMES, GraphPicture
from nnlab.explain.layered import layered, levels

MODELS = {name: lambda make=make: make(LIBRARY) for name, make in graph_cases.ALL.items()} | {
    "lenet": lambda: lenet(nnlab)
}


def wide():
    """Sixteen branches that are all merged, and a link past them."""
    x = Input((4,), name="x")
    branches = [layers.Dense(4, name=f"branch{n}")(x) for n in range(16)]
    return Model(x, layers.Add(name="sum")([*branches, x]))


MODELS["wide"] = wide


@pytest.fixture(params=MODELS)
def drawn(request):
    nnlab.utils.set_random_seed(0)
    return drawing(MODELS[request.param]())


def apart(one, other):
    return (
        one.x + one.width <= other.x
        or other.x + other.width <= one.x
        or one.y + one.height <= other.y
        or other.y + other.height <= one.y
    )


def test_no_box_lies_on_another_unless_a_frame_holds_it(drawn):
    for one, other in itertools.combinations(drawn.boxes, 2):
        inside = one.look in FRAMES and other.path.startswith(one.path + "/")
        assert inside or apart(one, other), (one.path, other.path)


def test_all_of_it_is_within_the_picture(drawn):
    for box in drawn.boxes:
        assert -0.01 <= box.x <= box.x + box.width <= drawn.width + 0.01
        assert -0.01 <= box.y <= box.y + box.height <= drawn.height + 0.01


def test_links_go_down_and_cross_no_box_of_their_row(drawn):
    solid = [box for box in drawn.boxes if box.look not in FRAMES]
    for link in drawn.links:
        assert all(lower[1] >= upper[1] for upper, lower in itertools.pairwise(link.points))
        for x, y in link.points[1:-1]:
            assert not any(box.x < x < box.x + box.width and box.y < y < box.y + box.height for box in solid)


def test_every_call_has_a_box_under_its_path_in_a_trace():
    model = graph_cases.nested(LIBRARY)
    paths = {box.path for box in drawing(model).boxes}
    assert {"x", "stem", "stem/start", "block", "block/gate", "block/skip", "block#2", "twice", "end"} <= paths
    trace = model.trace(graph_cases.inputs("nested")[0])
    assert all(f"{path}/y" in trace for path in paths if not path.endswith(("x", "inside")))
    closed = {box.path for box in drawing(model, nested=False).boxes}
    assert closed == {"x", "stem", "block", "block#2", "twice", "end"}


def test_a_box_tells_the_shape_the_parameters_and_what_it_shares():
    boxes = {box.path: box for box in drawing(graph_cases.two_branches(LIBRARY)).boxes}
    assert boxes["shared"].lines == ("shared", "Dense", "(None, 4, 5)", "20 parameters")
    assert boxes["shared#2"].lines == ("shared#2", "Dense", "(None, 4, 5)", "weights of shared")
    assert boxes["together"].lines == ("together", "Add", "(None, 4, 5)")
    assert (boxes["shared"].look, boxes["shared#2"].look, boxes["together"].look) == ("shared", "shared", "plain")
    assert {path for path, box in boxes.items() if box.output} == {"head", "encoder"}
    assert "[1] [2]" in {link.label for link in drawing(graph_cases.two_branches(LIBRARY)).links}


def test_a_model_that_is_not_built_is_drawn_too():
    model = Sequential([layers.Dense(2, name="first"), layers.Dense(3, name="second")])
    boxes = {box.path: box.lines for box in drawing(model).boxes}
    assert boxes["first"] == ("first", "Dense", "shape not known yet", "not built yet")


def test_numpy_of_a_call_of_ones_own_is_drawn():
    class Residual(Model):
        def __init__(self):
            super().__init__()
            self.inner = layers.Dense(4, name="inner")

        def call(self, x):
            return np.tanh(x + self.inner(x))

    model = Residual()
    model.build((None, 4))
    assert [box.lines for box in drawing(model).boxes if box.look == "operation"] == [
        ("add (NumPy)", "(None, 4)"),
        ("tanh (NumPy)", "(None, 4)"),
    ]


def test_svg_is_xml_with_the_words_of_the_boxes():
    picture = graph_cases.several(LIBRARY).plot()
    root = ElementTree.fromstring(picture.svg)
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    for box in picture.drawing.boxes:
        assert all(line in texts for line in box.lines)
    assert root.find("{http://www.w3.org/2000/svg}title").text.startswith("The graph of Functional")
    assert set(picture._repr_mimebundle_()) == {"text/plain", "image/svg+xml"}
    assert repr(picture).endswith(": 6 calls>")


def test_names_are_escaped():
    x = Input((3,), name="<script>")
    assert "<script>" not in Model(x, layers.Dense(2, name="<b>")(x)).plot().svg


def test_the_figure_has_the_words_of_the_boxes(tmp_path):
    picture = lenet(nnlab).plot()
    figure = picture.figure()
    words = {text.get_text() for text in figure.axes[0].texts}
    assert words == {line for box in picture.drawing.boxes for line in box.lines}
    for name in ("lenet.png", "lenet.svg", "lenet.pdf"):
        picture.save(tmp_path / name)
        assert (tmp_path / name).stat().st_size > 1000
    assert re.match(r"<svg ", (tmp_path / "lenet.svg").read_text())


def test_what_is_neither_open_nor_closed_is_refused():
    with pytest.raises(ArgumentError, match="nested must be True or False, received 'all'"):
        lenet(nnlab).plot(nested="all")


def test_a_deep_graph_is_drawn():
    x = y = Input((2,))
    for _ in range(150):
        y = layers.Activation("tanh")(y)
    assert len(GraphPicture(Model(x, y)).drawing.boxes) == 151


def test_an_input_stands_just_above_its_reader():
    assert levels(["late", "a", "b", "c"], [("a", "b"), ("b", "c"), ("late", "c")]) == {
        "a": 0,
        "b": 1,
        "c": 2,
        "late": 1,
    }


def test_a_link_past_a_box_goes_around_it():
    found = layered({"a": (40, 20), "b": (40, 20), "c": (40, 20)}, [("a", "b"), ("b", "c"), ("a", "c")])
    (passage, _) = found.ways["a", "c"][1:3]
    assert abs(passage[0] - found.centres["b"][0]) > 20
