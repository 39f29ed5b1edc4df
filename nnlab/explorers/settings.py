"""The settings of an explorer: traits that ask for a picture, and those that every explorer has."""

import hashlib
import inspect
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets

from nnlab.core.arguments import boolean, integer, number
from nnlab.core.errors import ArgumentError, UnknownArgumentError
from nnlab.explorers import predictions
from nnlab.models.configuration import deserialized, serialized
from nnlab.models.model import Model

if TYPE_CHECKING:
    from nnlab.explorers.explorer import Explorer

# What `hide` can take away, beside the controls; "line" leaves the code and takes away that it can be edited.
PARTS = ("formula", "transport", "ledger", "notes", "code", "line", "undo", "predict")
UNSEEN = ("predict", "score")  # settings that the numbers of a picture do not depend on
LASTING = ("hide", *UNSEEN)  # settings that undo leaves alone

MOST_WEIGHTS = 20_000  # of a model whose weights travel in `state`

Settings = dict[str, Any]


class Setting(traitlets.TraitType):
    """A trait that lives in the explorer's settings: to set it is to ask for a picture with it.

    A value that makes no sense raises and changes nothing, and the view says why. None leaves the setting as it is,
    unless it allows None.
    """

    def get(self, explorer: "Explorer", cls: type | None = None) -> Any:
        return explorer.settings[self.name]

    def set(self, explorer: "Explorer", value: Any) -> None:
        explorer.change(**{self.name: value})


def signature(owner: type) -> inspect.Signature:
    """The settings of a class as arguments of its constructor; its own come before those that it inherits."""
    arguments: dict[str, inspect.Parameter] = {}
    for each in owner.__mro__:
        own = {name: trait for name, trait in vars(each).items() if isinstance(trait, Setting)}
        hints = inspect.get_annotations(each) if own else {}  # those of other libraries may name what is not imported
        for name, trait in own.items():
            form, hint = inspect.Parameter.POSITIONAL_OR_KEYWORD, hints.get(name, Any)
            arguments.setdefault(name, inspect.Parameter(name, form, default=trait.default_value, annotation=hint))
    return inspect.Signature(list(arguments.values()))


def common(owner: str, settings: Mapping[str, Any], controls: Sequence[str]) -> Settings:
    """The settings that every explorer has, in their normal form."""
    hide = tuple(settings["hide"]) if isinstance(settings["hide"], list | tuple) else (settings["hide"],)
    known = (*controls, *PARTS)
    for name in hide:
        if name not in known:
            raise UnknownArgumentError(f"{owner}: hide can name {', '.join(known)}; received {name!r}.")
    gradient, predict = boolean(owner, "gradient", settings["gradient"]), settings["predict"]
    if gradient and "gradient" not in controls:
        raise ArgumentError(f"{owner}: there is no gradient to show here; leave gradient out.")
    return {
        "hide": hide,
        "seed": integer(owner, "seed", settings["seed"], minimum=0),
        "predict": predict if predict and isinstance(predict, str) else boolean(owner, "predict", predict),
        "gradient": gradient,
        "score": predictions.score(owner, settings["score"]),
    }


def whole(owner: str, name: str, value: Any, least: int, most: int) -> int:
    """`value` as an integer with least <= value <= most."""
    return int(number(owner, name, integer(owner, name, value, least), least, most))


def plain(value: Any) -> Any:
    """Arrays and tuples as lists, a model as which one it is, the rest as it is: equal where the settings are."""
    if isinstance(value, Model):  # it may be another one, or have learnt since
        weights = b"".join(weight.tobytes() for weight in value.get_weights())
        return f"{id(value)} {hashlib.blake2b(weights, digest_size=8).hexdigest()}"
    if isinstance(value, np.ndarray):
        return value.tolist()
    return list(value) if isinstance(value, tuple) else value


def portable(value: Any) -> Any:
    """As `plain`, but a model as its configuration and its weights, from which `model_of` makes it again."""
    if not isinstance(value, Model):
        return plain(value)
    if value.count_params() > MOST_WEIGHTS:
        return {**serialized(value), "weights": None}
    return {**serialized(value), "weights": [weight.tolist() for weight in value.get_weights()]}


def model_of(owner: str, value: Any, needs_weights: bool = True) -> Model:
    """A model, given as one or as a part of an explorer's `state`."""
    if isinstance(value, Mapping):
        model = deserialized({name: part for name, part in value.items() if name != "weights"})
        if value.get("weights") is not None:
            model.set_weights([np.asarray(weight) for weight in value["weights"]])
        elif needs_weights:
            raise ArgumentError(f"{owner}: this state has no weights, its model was too large; give model= as well.")
        value = model
    if not isinstance(value, Model):
        raise ArgumentError(f"{owner}: model must be a model, such as Sequential([...]), received {value!r:.80}.")
    return value


def as_json(value: Any) -> str:
    """Exactly as JavaScript's JSON.stringify writes it."""
    return json.dumps(value, separators=(",", ":"))
