"""Losses: real Keras's numbers, the gradient of every step, and an answer in words for each mistake."""

import numpy as np
import pytest
from model_cases import LOSSES
from test_golden import assert_equal_to_keras, load

from nnlab import Input, Sequential, layers, losses
from nnlab.core.errors import ArgumentError, NnlabError, ShapeError, UnknownArgumentError
from nnlab.core.gradcheck import gradcheck
from nnlab.core.layer import Layer

GOLDEN = load("losses")
CASES = [pytest.param(case, id=case.id) for case in LOSSES]


def made(case):
    return getattr(losses, case.name)(**case.arguments)


@pytest.mark.parametrize("case", CASES)
def test_value_is_keras_value(case):
    assert_equal_to_keras(made(case)(case.y_true(), case.y_pred(), case.sample_weight()), GOLDEN[f"{case.id}/value"])


@pytest.mark.parametrize("case", CASES)
def test_value_of_each_example_is_keras_value(case):
    assert_equal_to_keras(made(case).each(case.y_true(), case.y_pred()), GOLDEN[f"{case.id}/each"])


@pytest.mark.parametrize("case", CASES)
def test_gradient_is_keras_gradient(case):
    gradient = made(case).gradient(case.y_true(), case.y_pred(), case.sample_weight())
    assert_equal_to_keras(gradient, GOLDEN[f"{case.id}/grad"])


class Judged(Layer):
    """A layer whose output is the loss of its input, so that the check of layers checks losses."""

    def __init__(self, loss, y_true, weight=None):
        super().__init__()
        self.loss, self.y_true, self.weight = loss, y_true, weight

    def forward(self, s, x):
        return s.run("loss", self.loss, x, y_true=self.y_true, sample_weight=self.weight)

    def backward(self, s, g):
        return g.undo("loss", self.loss, s, g.y).y_pred


def smooth(case):
    """Whether there is a slope on both sides; a clipped 0 has a logarithm on one side only."""
    return case.predictions != "edge" and (case.name, case.labels) != ("KLDivergence", "one_hot")


SMOOTH = [case for case in LOSSES if smooth(case)]


@pytest.mark.parametrize("case", SMOOTH, ids=lambda case: case.id)
def test_gradient_of_every_step_is_that_of_finite_differences(case):
    y_pred = np.clip(case.y_pred(), 0.05, 0.95) if case.predictions == "chances" else case.y_pred()
    loss, y_true = made(case), case.y_true()
    fixed = {"loss/y_true": loss.check_labels(y_true, y_pred)}  # nobody asks for the gradient of the truth
    if case.weighted:
        fixed["loss/sample_weight"] = case.sample_weight().astype("float64")
    judged = Judged(loss, y_true, case.sample_weight())
    checked = {row.name for row in gradcheck(judged, y_pred, patch=fixed)}
    reached = {f"loss/{name}" for name in loss.steps} & checked
    assert len(reached) >= 2
    assert {"loss/per_example", "loss/y_pred", "x"} <= checked


def test_every_declared_step_is_reached_by_some_case():
    for cls in losses.CLASSES.values():
        reached = set()
        for case in LOSSES:
            if case.name == cls.__name__:
                trace = Judged(made(case), case.y_true()).trace(case.y_pred())
                recorded = {name.removeprefix("loss/") for name in trace.names} - {"x", "y", "y_true", "y_pred"}
                assert recorded <= set(cls.steps)
                reached |= recorded
        assert reached == set(cls.steps)


def test_reduction_sum_adds_the_examples():
    y_true, y_pred = [[0.0], [0.0]], [[1.0], [3.0]]
    assert losses.MeanSquaredError(reduction="sum")(y_true, y_pred) == 10
    assert losses.MeanSquaredError(reduction="sum").gradient(y_true, y_pred).tolist() == [[2], [6]]
    with pytest.raises(ArgumentError, match="reduction must be one of"):
        losses.MeanSquaredError(reduction="median")


def test_a_weight_of_an_example_counts_for_each_of_its_times():
    case = next(case for case in LOSSES if case.shape == (3, 4, 2) and case.name == "SparseCategoricalCrossentropy")
    y_true, y_pred, loss = case.y_true(), case.y_pred(), made(case)
    expected = sum(loss(y_true[i], y_pred[i]) * weight for i, weight in enumerate([1, 0, 3])) / 3
    assert loss(y_true, y_pred, [1, 0, 3]) == pytest.approx(expected)
    assert (loss.gradient(y_true, y_pred, [1, 0, 3])[1] == 0).all()


@pytest.mark.parametrize(
    ("weight", "sentence"),
    [
        (
            [1, 2, 3],
            r"MeanSquaredError: sample_weight has shape (3,), expected one weight for each example, shape (2,).",
        ),
        ([1, np.nan], "MeanSquaredError: sample_weight must hold finite numbers, received nan or inf."),
        (["a", "b"], "MeanSquaredError: sample_weight must hold real numbers"),
    ],
)
def test_weights_that_do_not_fit_are_answered_in_words(weight, sentence):
    with pytest.raises((ShapeError, ArgumentError)) as caught:
        losses.MeanSquaredError()([[0.0], [0.0]], [[1.0], [2.0]], weight)
    assert sentence in str(caught.value)


def test_a_missing_last_axis_of_one_column_is_added():
    assert losses.MeanSquaredError()([1, 2], [[1], [4]]) == 2
    assert losses.BinaryCrossentropy()([1], [[0.5]]) == pytest.approx(np.log(2))


def test_sparse_labels_may_have_an_axis_of_one_and_be_whole_floats():
    y_pred = [[0.2, 0.8], [0.7, 0.3]]
    expected = losses.SparseCategoricalCrossentropy()([1, 0], y_pred)
    assert losses.SparseCategoricalCrossentropy()([[1.0], [0.0]], y_pred) == expected


def test_sparse_equals_one_hot():
    y_pred = np.array([[0.2, 0.5, 0.3], [0.7, 0.2, 0.1]], "float32")
    sparse, dense = losses.SparseCategoricalCrossentropy(), losses.CategoricalCrossentropy()
    assert sparse([2, 0], y_pred) == pytest.approx(dense(np.eye(3)[[2, 0]], y_pred))
    np.testing.assert_allclose(sparse.gradient([2, 0], y_pred), dense.gradient(np.eye(3)[[2, 0]], y_pred), rtol=1e-6)


def test_logits_equal_the_softmax_of_them():
    logits = np.array([[2.0, -1.0, 0.5]], "float32")
    softmax = np.exp(logits) / np.exp(logits).sum()
    loss = losses.SparseCategoricalCrossentropy
    assert loss(from_logits=True)([2], logits) == pytest.approx(loss()([2], softmax), rel=1e-5)


def test_huge_logits_do_not_overflow():
    logits = np.array([[1e4, -1e4]], "float32")
    assert losses.SparseCategoricalCrossentropy(from_logits=True)([1], logits) == 2e4
    assert losses.BinaryCrossentropy(from_logits=True)([[0.0, 1.0]], logits) == 1e4


def test_nan_in_gives_nan_out():
    assert np.isnan(losses.MeanSquaredError()([[0.0]], [[np.nan]]))
    assert np.isnan(losses.SparseCategoricalCrossentropy()([0], [[np.nan, 0.5]]))


def test_float64_predictions_keep_their_precision_inside_a_model():
    loss = losses.MeanSquaredError()
    trace = Judged(loss, np.zeros((1, 1))).trace(np.ones((1, 1)))
    assert trace["loss/y"].value.dtype == np.float32
    layer = Judged(loss, np.zeros((1, 1)))
    layer.dtype = "float64"
    assert layer.trace(np.ones((1, 1)))["loss/y"].value.dtype == np.float64


def test_inputs_are_left_as_they_are():
    y_true, y_pred = np.eye(3, dtype="float32"), np.full((3, 3), 1 / 3, "float32")
    before = y_true.copy(), y_pred.copy()
    losses.CategoricalCrossentropy(label_smoothing=0.1).gradient(y_true, y_pred)
    assert (y_true == before[0]).all()
    assert (y_pred == before[1]).all()


MISTAKES = {
    "label out of range": (
        losses.SparseCategoricalCrossentropy(), [0, 10], np.full((2, 10), 0.1), ArgumentError,
        "SparseCategoricalCrossentropy: received the label 10, expected whole numbers from 0 to 9, because y_pred has "
        "10 columns; number the classes from 0, or give the last layer more units.",
    ),
    "negative label": (
        losses.SparseCategoricalCrossentropy(), [0, -1], np.full((2, 4), 0.25), ArgumentError, "received the label -1",
    ),
    "fractional label": (
        losses.SparseCategoricalCrossentropy(), [0.5], [[0.5, 0.5]], ArgumentError, "received the label 0.5",
    ),
    "one-hot for sparse": (
        losses.SparseCategoricalCrossentropy(), np.eye(3), np.full((3, 3), 1 / 3), ShapeError,
        "use CategoricalCrossentropy, or y_true.argmax(-1)",
    ),
    "labels for one-hot": (
        losses.CategoricalCrossentropy(), [0, 1], np.full((2, 3), 1 / 3), ShapeError,
        "use SparseCategoricalCrossentropy, or to_categorical(y_true, 3)",
    ),
    "one column for classes": (
        losses.SparseCategoricalCrossentropy(), [0, 0], [[0.5], [0.5]], ShapeError, "use BinaryCrossentropy",
    ),
    "unequal shapes": (
        losses.MeanSquaredError(), np.zeros((5, 1)), np.zeros((5, 3)), ShapeError,
        r"y_true has shape (5, 1) but y_pred has (5, 3), expected the same",
    ),
    "logits for probabilities": (
        losses.SparseCategoricalCrossentropy(), [0], [[3.0, -2.0]], ArgumentError,
        "SparseCategoricalCrossentropy: y_pred must hold probabilities from 0 to 1, received values from -2 to 3; end "
        "the model with softmax, or pass from_logits=True.",
    ),
    "binary logits": (losses.BinaryCrossentropy(), [[1]], [[7.0]], ArgumentError, "end the model with sigmoid"),
    "binary label 2": (
        losses.BinaryCrossentropy(), [[2]], [[0.5]], ArgumentError, "y_true must lie between 0 and 1, received 2",
    ),
    "words": (
        losses.SparseCategoricalCrossentropy(), ["cat"], [[0.5, 0.5]], ArgumentError, "y_true must hold real numbers",
    ),
    "logits for a divergence": (
        losses.KLDivergence(), [[1, 0]], [[3.0, -2.0]], ArgumentError, "from -2 to 3; end the model with softmax.",
    ),
    "ragged rows": (losses.MeanSquaredError(), [[1], [1, 2]], [[1.0], [1.0]], ShapeError, "rows of unequal lengths"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_is_answered_in_one_sentence(mistake):
    loss, y_true, y_pred, error, sentence = MISTAKES[mistake]
    with pytest.raises(error) as caught:
        loss(y_true, y_pred)
    message = str(caught.value)
    assert message.startswith(type(loss).__name__)
    assert sentence in message
    assert message.endswith(".")
    assert message.count(". ") == 0


def test_huber_is_the_squared_error_near_and_the_absolute_error_far_away():
    y_true, y_pred = np.zeros((1, 2)), np.array([[0.3, -0.7]])
    assert losses.Huber()(y_true, y_pred) == pytest.approx(losses.MeanSquaredError()(y_true, y_pred) / 2)
    far = np.array([[1e4, -3e4]])
    assert losses.Huber(0.1)(y_true, far) == pytest.approx(0.1 * losses.MeanAbsoluteError()(y_true, far), rel=1e-4)


def test_hinge_reads_0_and_1_as_minus_1_and_1():
    y_pred = [[0.3, -0.8, 2.0]]
    assert losses.Hinge()([[1, 0, 0]], y_pred) == losses.Hinge()([[1, -1, -1]], y_pred)


def test_divergence_is_the_cross_entropy_less_the_entropy_of_the_truth():
    y_true, y_pred = np.array([[0.2, 0.5, 0.3]]), np.array([[0.6, 0.3, 0.1]])
    entropy = -(y_true * np.log(y_true)).sum()
    expected = losses.CategoricalCrossentropy()(y_true, y_pred) - entropy
    assert losses.KLDivergence()(y_true, y_pred) == pytest.approx(expected, rel=1e-5)
    assert losses.KLDivergence()(y_true, y_true) == 0


def test_exact_answers_have_the_gradient_0():
    y = np.array([[0.5, -2.0]])
    for loss in (losses.MeanAbsoluteError(), losses.Huber(), losses.Huber(delta=0.0)):
        assert loss.gradient(y, y).tolist() == [[0, 0]]
    assert losses.Hinge().gradient([[1]], [[1.0]]).tolist() == [[0]]


def test_get_knows_keras_names():
    names = {"mae": "MeanAbsoluteError", "huber": "Huber", "hinge": "Hinge", "KLD": "KLDivergence"}
    for name, cls in names.items():
        assert type(losses.get(name)) is getattr(losses, cls)
    for name in ("mean_squared_error", "mse", "MSE", "MeanSquaredError", losses.mean_squared_error):
        assert isinstance(losses.get(name), losses.MeanSquaredError)
    assert isinstance(losses.get(losses.BinaryCrossentropy), losses.BinaryCrossentropy)
    loss = losses.CategoricalCrossentropy(from_logits=True)
    assert losses.get(loss) is loss


def test_functions_give_one_number_an_example():
    y_pred = np.array([[0.25, 0.75], [0.5, 0.5]], "float32")
    expected = [-np.log(0.75), -np.log(0.5)]
    np.testing.assert_allclose(losses.sparse_categorical_crossentropy([1, 0], y_pred), expected, rtol=1e-6)
    np.testing.assert_allclose(losses.categorical_crossentropy(np.eye(2)[[1, 0]], y_pred), expected, rtol=1e-6)
    assert losses.binary_crossentropy([[1.0, 1.0]], [[0.5, 0.5]]).shape == (1,)
    assert losses.mean_absolute_error([[0, 0], [0, 1]], [[1, 2], [0, 0]]).tolist() == [1.5, 0.5]
    assert losses.huber([[0.0]], [[3.0]], delta=2.0).tolist() == [4]
    assert losses.hinge([[1.0]], [[0.25]]).tolist() == [0.75]
    assert losses.kl_divergence([[0.5, 0.5]], [[0.5, 0.5]]).tolist() == [0]


@pytest.mark.parametrize("nonsense", ["crossentropie", None, 3, lambda y: 0, np.ndarray])
def test_get_refuses_what_is_no_loss(nonsense):
    with pytest.raises(ArgumentError, match="loss must be one of 'mean_squared_error'"):
        losses.get(nonsense)


def test_huber_refuses_a_negative_delta():
    with pytest.raises(ArgumentError, match=r"Huber: delta must be a number of at least 0, received -1\."):
        losses.Huber(-1)


@pytest.mark.parametrize("name", ["BinaryCrossentropy", "CategoricalCrossentropy", "SparseCategoricalCrossentropy"])
def test_from_logits_is_yes_or_no(name):
    with pytest.raises(ArgumentError, match=f"{name}: from_logits must be True or False, received 'logits'"):
        getattr(losses, name)("logits")


def test_unknown_argument_is_refused_by_name():
    with pytest.raises(UnknownArgumentError, match="unknown argument 'from_logit', did you mean 'from_logits'"):
        losses.SparseCategoricalCrossentropy(from_logit=True)


def test_a_function_of_ones_own_equals_the_loss_that_is_written_out():
    def squares(y_true, y_pred):
        difference = y_pred - y_true
        return np.mean(difference**2, axis=-1)

    rng = np.random.default_rng(0)
    y_true, y_pred = rng.normal(size=(2, 5, 3)).astype("float32")
    weights = np.arange(5.0)
    own, written = losses.get(squares), losses.MeanSquaredError()
    np.testing.assert_allclose(own(y_true, y_pred, weights), written(y_true, y_pred, weights), rtol=1e-6)
    np.testing.assert_allclose(own.gradient(y_true, y_pred), written.gradient(y_true, y_pred), rtol=1e-6)
    assert repr(own) == "<FunctionLoss squares>"


def test_a_function_of_ones_own_reads_numbers_of_classes():
    def surprise(labels, p):
        return -np.log(np.take_along_axis(p, labels.astype(int).reshape(-1, 1), axis=-1))[:, 0]

    p = np.array([[0.25, 0.75], [0.5, 0.5]], "float32")
    own = losses.get(surprise)
    assert own([1, 0], p) == pytest.approx(losses.SparseCategoricalCrossentropy()([1, 0], p), rel=1e-5)
    np.testing.assert_allclose(own.gradient([1, 0], p), [[0, -0.5 / 0.75], [-0.5 / 0.5, 0]], rtol=1e-5)


def test_the_trace_of_a_model_shows_the_steps_of_a_loss_of_ones_own():
    def pinball(y_true, y_pred):
        error = y_true - y_pred
        return np.mean(np.maximum(0.9 * error, -0.1 * error), axis=-1)

    model = Sequential([Input((2,)), layers.Dense(1, kernel_initializer="zeros")])  # which is not right from the start
    model.compile(optimizer="sgd", loss=pinball, metrics=[pinball])
    x, y = np.ones((4, 2)), np.ones((4, 1))
    trace = model.trace(x, y=y)
    assert {"loss/error", "loss/maximum", "loss/per_example"} <= set(trace.names)
    assert trace["loss/error"].grad.shape == (4, 1)
    history = model.fit(x, y, epochs=30, verbose=0).history
    assert history["loss"][-1] < history["loss"][0]
    assert history["loss"][3] == pytest.approx(history["pinball"][3], rel=1e-5)


def test_a_function_may_give_one_number_for_the_batch():
    own, written = losses.get(lambda t, p: np.mean((t - p) ** 2)), losses.MeanSquaredError()
    y_true, y_pred = np.zeros((3, 2)), np.arange(6.0).reshape(3, 2)
    assert own(y_true, y_pred) == pytest.approx(written(y_true, y_pred), rel=1e-6)
    np.testing.assert_allclose(own.gradient(y_true, y_pred), written.gradient(y_true, y_pred), rtol=1e-6)
    models = [Sequential([Input((2,)), layers.Dense(1, kernel_initializer="ones")]) for _ in range(2)]
    for model, loss in zip(models, (own, written), strict=True):
        model.compile(optimizer="sgd", loss=loss)
        model.fit(y_pred, y_true[:, :1], epochs=2, verbose=0, shuffle=False)
    evaluated = [model.evaluate(y_pred, y_true[:, :1], verbose=0) for model in models]
    assert evaluated[0] == pytest.approx(evaluated[1], rel=1e-5)


@pytest.mark.parametrize(
    ("function", "sentence"),
    [
        (lambda t, p: 0.0, "must return an array with the batch first"),
        (lambda t, p: np.mean((t - p) ** 2, axis=0), "one number for each example"),
        (lambda t, p: np.asarray(p).sum(-1), "would lose the gradient"),
    ],
)
def test_a_function_that_is_no_loss_is_answered_in_one_sentence(function, sentence):
    with pytest.raises(NnlabError, match=sentence):
        losses.get(function).gradient(np.ones((3, 2)), np.ones((3, 2)))
