"""A lesson of two functions and a prediction, for the tests of releasing and marking."""

import numpy as np

from nnlab.grading import Check, Exercise, Lesson, Prediction, calls


def arrays(rng):
    return [{"x": rng.normal(size=(3, 2)).astype("float32")}, {"x": rng.normal(size=(1, 5))[:, ::2]}]


DOUBLE = Exercise(
    "double",
    "Twice the array.",
    ("x",),
    (
        Check("small", 1, calls(lambda x: 2 * x, arrays)),
        Check("large", 2, calls(lambda x: 2 * x, lambda rng: [{"x": 1e6 * rng.normal(size=(7, 4, 3))}])),
    ),
    hints=("Once more.",),
    banned={"nnlab": "write it yourself"},
)
TOTAL = Exercise("total", "The sum.", ("x",), (Check("sum", 1, calls(lambda x: np.sum(x), arrays)),))
ROWS = Prediction("rows", "How many rows?", lambda: 3, "There are three.")
LESSON = Lesson("99_double", "Doubling", (ROWS, DOUBLE, TOTAL))
