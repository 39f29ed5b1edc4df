"""One small scene of each kind, for tests with and without a browser; their numbers are chosen, and few."""

import numpy as np

from nnlab.widgets.accounts import Equation, Terms
from nnlab.widgets.charts import Curves, Treemap
from nnlab.widgets.scene import Control, Grid, Mark, Scene

WINDOWS = np.array([[0, 1, 3, 4], [1, 2, 4, 5], [-1, 0, -1, 3]])
PICTURE = np.array([[4.0, 7.0, 7.0], [1.0, 7.0, 2.0]])


def pooled(operation):
    """Windows of a picture, one of them half outside of it: their largest number, or their mean."""
    terms = np.where(WINDOWS < 0, np.nan, PICTURE.ravel()[WINDOWS])
    result = np.nanmax(terms, 1) if operation == "max" else np.nanmean(terms, 1)
    count = (WINDOWS >= 0).sum(1)
    account = Terms({"x": WINDOWS}, ("x",), terms, (2, 2), 0, operation, count=count)
    largest = Mark("winner", "the largest", PICTURE == 7)
    parts = (
        Grid("x", "Picture", PICTURE, "pixel", source=True, marks=(largest,)),
        Grid("y", "Pooled", result[None], "pooled", before="→"),
    )
    return Scene("Pooling", "", parts, {"y": account}, "y", controls=(Control("sharp", True, [False, True], "switch"),))


def channels():
    """Two sheets times two weights each, with a subtotal for each sheet and two addends."""
    x, weights = np.arange(8.0).reshape(2, 2, 2), np.array([[[0.5, -1.0]], [[2.0, 0.25]]])
    cells = np.array([[0, 1, 4, 5], [2, 3, 6, 7]])
    products = x.ravel()[cells] * weights.ravel()
    links = {"x": cells, "w": np.tile(np.arange(4), (2, 1)), "shift": np.array([[0], [1]])}
    terms = Terms(links, ("x", "w"), products, (2, 1, 2), 2, addends=("bias", "shift"), groups=("red", "blue"))
    parts = (
        Grid("x", "Input", x, "input", ("c", "h", "w"), source=True, sheets=("red", "blue")),
        Grid("w", "Weights", weights, "weight", sheets=("red", "blue"), before="·"),
        Grid("bias", "Bias", np.array([[1.0]]), "bias", before="+"),
        Grid("shift", "Shift", np.array([[0.5], [-0.5]]), "shift", before="+"),
        Grid("y", "Sums", products.sum(1)[:, None] + 1 + np.array([[0.5], [-0.5]]), "sum", before="=", digits=2),
    )
    return Scene("Channels", "", parts, {"y": terms}, "y")


def standardized(values=(1.0, 2.5, -3.0, 4.0)):
    """Numbers on a line that can be dragged, their mean, what is left without it, and its square."""
    x = np.array([values], float)
    many = np.arange(x.size)
    parts = (
        Grid("x", "Samples", x, "sample", look="points", source=True, editable=True),
        Grid("mean", "Mean", x.mean(keepdims=True), "mean"),
        Grid("centred", "Without the mean", x - x.mean(), "difference"),
        Grid("y", "Thirds", (x - x.mean()) / 3, "third", look="bars", labels=("ant", "bee", "cow", "doe")),
    )
    accounts = {
        "mean": Terms({"x": many[None]}, ("x",), x, (1, x.size), 3, "mean"),
        "centred": Equation("{x} − {mean}", {"x": many, "mean": 0 * many}, lambda x, mean: x - mean),
        "y": Equation("{centred} / 3", {"centred": many}, lambda centred: centred / 3),
    }
    return Scene("Standardized", "", parts, accounts, "y")


def charted():
    """Curves with a gap, a map of areas, and some hundreds of tiles."""
    steps = np.arange(0, 50, 5)
    falling = 1 / (1 + steps / 10)
    rising = np.where(steps == 20, np.nan, steps / 50)
    tiles = np.linspace(-1, 1, 600).reshape(2, 15, 20)
    parts = (
        Curves("loss", "Loss", steps, {"training": falling, "test": rising}, "epoch", "loss", at=2, badge="sampled"),
        Treemap(
            "sizes",
            "Sizes",
            ("first", "second", "none", "third"),
            {"weights": np.array([600, 300, 0, 100]), "products": np.array([10, 20, 30, 40])},
            {"weights": ("20·30", "10·30", "", "10·10")},
        ),
        Grid("tiles", "Tiles", tiles, "weight", look="tiles", sheets=("left", "right")),
    )
    return Scene("Charts", "", parts, {}, "")
