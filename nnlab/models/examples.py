"""Whether truths and weights fit what a model puts out: checked once, before anything is trained."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.core.errors import ArgumentError, NnlabError
from nnlab.core.record import parts, shape_of
from nnlab.models import data
from nnlab.models.objective import TotalLoss, per_output
from nnlab.models.shapes import Shape, any_number, as_shapes, for_each, one_or_tuple
from nnlab.models.weighting import weights_of

if TYPE_CHECKING:
    from nnlab.models.compiled import Compiled


def checked_weights(model: "Compiled", owner: str, x: Any, truth: Any, sample_weight: Any, class_weight: Any) -> Any:
    """Check the truth of each output against its shape and its loss: the weights of the examples, or None.

    Of several outputs a tuple, None for one that has none.
    """
    names = model.output_names
    if class_weight is not None and len(names) > 1:
        raise ArgumentError(
            f"{owner}: class_weight is for a model with one output; pass sample_weight, a dict by the output's name."
        )
    given = for_each(by_output(owner, sample_weight, names), len(names))
    losses = model.loss.by_output.values() if isinstance(model.loss, TotalLoss) else [model.loss]
    rows = zip(names, parts(truth), output_shapes(model, x), losses, given, strict=True)
    weights = []
    for place, (name, y, shape, loss, weight) in enumerate(rows):
        if y is None:
            weights.append(None)
            continue
        data.check_truth(owner, f"y of the output {name!r}" if len(names) > 1 else "y", y, shape[0])
        if loss is not None:
            data.check_ending(model, loss, place)
            try:
                loss.check_labels(y, np.broadcast_to(np.zeros((), model.dtype), shape))
            except NnlabError as error:
                raise type(error)(f"{owner}: the output {name!r}: {error}" if len(names) > 1 else str(error)) from None
        weights.append(weights_of(owner, y, shape[:-1], weight, class_weight))
    return None if all(weight is None for weight in weights) else one_or_tuple(weights)


def output_shapes(model: "Compiled", x: Any) -> list[Shape]:
    """The shape of each output for these inputs."""
    shape, layers = any_number(shape_of(x)), list(map(id, model.sublayers()))
    if not model.is_recorded:
        shapes = as_shapes(model.compute_output_shape(shape))
    else:  # found by running `call`, so not for every batch of an iterator again
        if model._met[:2] != (shape, layers):
            model._met = shape, layers, as_shapes(model.compute_output_shape(shape))
        shapes = model._met[2]
    if any(None in shape[1:] for shape in shapes):  # a size that goes with the number of examples
        shapes = as_shapes(model.compute_output_shape(shape_of(x)))
    return [(data.count(x), *shape[1:]) for shape in shapes]


def by_output(owner: str, sample_weight: Any, names: tuple[str, ...]) -> Any:
    """The weights as they are, if they are those of every output; else a tuple with those of each."""
    if isinstance(sample_weight, Mapping):
        return one_or_tuple(per_output(owner, "sample_weight", sample_weight, names))
    if not isinstance(sample_weight, list | tuple):
        return sample_weight
    several = len(sample_weight) == len(names) > 1 and any(map(np.ndim, sample_weight))
    return tuple(sample_weight) if several else list(sample_weight)  # a tuple stands for several from here on
