"""How a model was to be trained: its optimizer, loss and metrics, as Keras writes them beside a configuration.

What nnlab does not have leaves the model as it is before `compile`, with a warning that says why.
"""

import warnings
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from nnlab import losses, metrics, optimizers
from nnlab.core.config import kept_arguments
from nnlab.core.errors import ArgumentError, NnlabError
from nnlab.models import Model
from nnlab.models.configuration import class_and_config, shortened
from nnlab.optimizers.schedules import LearningRateSchedule

MOST = 10**6  # of any integer in a configuration: what would be thresholds in memory
UNUSED = {  # arguments of Keras's that nnlab lacks, with the values that change nothing
    "use_ema": (False,),
    "amsgrad": (False,),
    "multi_label": (False,),
    "axis": (-1,),
    "decay": (0.0,),
}
IRRELEVANT = ("dtype", "ema_momentum", "jit_compile", "is_legacy_optimizer", "fn")  # without those above
PARTS = ("loss", "metrics", "weighted_metrics", "loss_weights")


# ---- from a file


def restore(model: Model, config: Any) -> None:
    """Compile the model as a file says, if it does."""
    if not config:
        return
    try:
        if not isinstance(config, Mapping):
            raise ArgumentError(f"expected arguments of compile, received {shortened(config)}")
        optimizer = optimizers.get(made(config.get("optimizer"), of_optimizers))
        metric = partial(of_class, "metric", metrics.CLASSES)
        makers = {"loss": partial(of_class, "loss", losses.CLASSES), "metrics": metric, "weighted_metrics": metric}
        given = {key: made(config[key], makers.get(key)) for key in PARTS if config.get(key)}
        model.compile(optimizer, **given)
    except NnlabError as error:
        warnings.warn(f"the model is loaded but not compiled, call compile(...) to train it: {error}", stacklevel=4)


def made(value: Any, maker: Callable | None) -> Any:
    """The same with objects in the place of their configurations, in lists and by name too."""
    if isinstance(value, Mapping):
        if "class_name" not in value:
            return {key: made(part, maker) for key, part in value.items()}
        if value["class_name"] == "function":
            return value.get("config")
        name, config = class_and_config({**value, "class_name": str(value["class_name"]).rpartition(">")[2]})
        if name == "MeanMetricWrapper":  # what Keras 2 made of a function
            return config.get("fn")
        if not str(value.get("module", "keras")).startswith("keras"):
            raise ArgumentError(f"{name!r} of {value.get('module')!r} is not part of nnlab.")
        return maker(name, {key: part for key, part in config.items() if used(key, part)})
    return [made(part, maker) for part in value] if isinstance(value, list) else value


def used(key: str, value: Any) -> bool:
    """Whether an argument says anything that nnlab must know."""
    if isinstance(value, int) and value > MOST:
        raise ArgumentError(f"{key}={value} is more than the {MOST:,} that is allowed in a file.")
    return value is not None and key not in IRRELEVANT and value not in UNUSED.get(key, ())


def of_optimizers(name: str, config: dict[str, Any]) -> Any:
    """The optimizer of this class."""
    return optimizers.get({"class_name": name, "config": config})


def of_class(kind: str, classes: Mapping[str, type], name: str, config: dict[str, Any]) -> Any:
    """The loss or metric of this class."""
    if name not in classes:
        raise ArgumentError(f"nnlab has no {kind} {name!r}.")
    return classes[name](**config)


# ---- to a file


def stated(model: Model) -> dict[str, Any] | None:
    """What `compile` was told, in Keras's format; None if nothing, or parts that are not nnlab's own."""
    if model.optimizer is None:
        return None
    try:
        optimizer = part("keras.optimizers", model.optimizer, optimizer_config(model.optimizer))
        return {"optimizer": optimizer} | {key: plain(value) for key, value in (model._told or {}).items()}
    except ArgumentError:
        return None


def plain(value: Any) -> Any:
    """Names, and objects as their classes and configurations, in lists and by name too."""
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, losses.Loss) and type(value) is losses.CLASSES.get(type(value).__name__):
        return part("keras.losses", value, value.get_config())
    if isinstance(value, metrics.Metric) and type(value) is metrics.CLASSES.get(type(value).__name__):
        return part("keras.metrics", value, metric_config(value))
    if isinstance(value, metrics.AccuracyFor):
        return value.name
    if callable(value) and value in losses.FUNCTIONS:
        return value.__name__
    raise ArgumentError(f"{value!r} is not part of nnlab.")


def spelled_out(told: Mapping[str, Any]) -> dict[str, Any]:
    """The same with classes for the names of losses and metrics, of which Keras cannot read all in an `.h5` file."""
    getters = {"loss": losses.get, "metrics": metrics.get, "weighted_metrics": metrics.get}
    return {key: _without_names(value, getters.get(key)) for key, value in told.items()}


def _without_names(value: Any, get: Callable | None) -> Any:
    if isinstance(value, Mapping) and "class_name" not in value:
        return {key: _without_names(each, get) for key, each in value.items()}
    if isinstance(value, list):
        return [_without_names(each, get) for each in value]
    return plain(get(value)) if get and isinstance(value, str) else value


def part(module: str, value: Any, config: dict[str, Any]) -> dict[str, Any]:
    """A class and its configuration."""
    return {"module": module, "class_name": type(value).__name__, "config": config, "registered_name": None}


def optimizer_config(optimizer: optimizers.Optimizer) -> dict[str, Any]:
    """The optimizer's arguments; its rate is the one that it has now, or a schedule."""
    config, rate = optimizer.get_config(), optimizer._learning_rate
    if isinstance(rate, LearningRateSchedule):
        config["learning_rate"] = part("keras.optimizers.schedules", rate, rate.get_config())
    return config


def metric_config(metric: metrics.Metric) -> dict[str, Any]:
    """The metric's arguments, which it keeps under their names."""
    config = {"name": metric.name}
    for name, value in kept_arguments(metric).items():
        config[name] = value.tolist() if isinstance(value, np.ndarray) else value
    if isinstance(metric, metrics.AUC):
        config["thresholds"] = config["thresholds"][1:-1]  # the ends are its own
    elif config.get("thresholds") == [-1.0]:  # what stands for none
        config["thresholds"] = None
    if (loss := getattr(getattr(metric, "each", None), "__self__", None)) is not None:
        config |= {key: value for key, value in loss.get_config().items() if key not in ("name", "reduction")}
    return config
