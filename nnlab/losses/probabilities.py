"""Arithmetic of probabilities that never gives an infinite logarithm. Definitions and the clipping are Keras's."""

import numpy as np

from nnlab.core.errors import ArgumentError
from nnlab.core.step import Step

EPSILON = 1e-7  # probabilities are kept this far from 0 and 1

SMOOTHED = Step("... d", r"t_d = (1 - \alpha) y_d + \alpha / D", note="the truth, softened by label_smoothing")


def smoothed(y_true: np.ndarray, share: float, outcomes: int) -> np.ndarray:
    """The truth with `share` of it spread evenly over all outcomes."""
    return y_true * (1 - share) + share / outcomes if share else y_true


def inside_clip(p: np.ndarray) -> np.ndarray:
    """Where clipping left `p` as it was: the gradient of clipping."""
    return (p >= EPSILON) & (p <= 1 - EPSILON)


def clip(p: np.ndarray) -> np.ndarray:
    """`p` between epsilon and 1 - epsilon."""
    return np.clip(p, EPSILON, 1 - EPSILON)


def check_probabilities(owner: str, y_pred: np.ndarray, last: str, logits: bool = True) -> None:
    """Raise where predictions are no probabilities, such as `last` gives; NaN passes, as in every layer.

    `logits`: whether the loss has `from_logits` to offer.
    """
    low, high = y_pred.min(initial=0), y_pred.max(initial=1)
    if low < 0 or high > 1 + 1e-3:
        otherwise = ", or pass from_logits=True" if logits else ""
        raise ArgumentError(
            f"{owner}: y_pred must hold probabilities from 0 to 1, received values from "
            f"{y_pred.min():.4g} to {y_pred.max():.4g}; end the model with {last}{otherwise}."
        )


def check_range(owner: str, y_true: np.ndarray) -> None:
    """Raise where the truth lies outside 0 to 1."""
    wrong = y_true[(y_true < 0) | (y_true > 1)]
    if wrong.size:
        raise ArgumentError(
            f"{owner}: y_true must lie between 0 and 1, received {wrong.flat[0]:.6g}; encode the truth "
            "as 0 for no and 1 for yes."
        )
