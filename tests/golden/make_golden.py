"""Write the golden values: what real Keras computes for the rows of the table, for losses, optimizers and LeNet.

Run it where Keras and JAX are installed (nnlab is not needed), from the repository's root:

    KERAS_BACKEND=jax PYTHONPATH=tests python tests/golden/make_golden.py [folder]

Inputs and weights come from formulas (tests/formula.py), so the files hold only what Keras answered.
"""

import inspect
import json
import sys
from functools import partial
from pathlib import Path

import activation_cases
import jax
import keras
import model_cases as models
import numpy as np
from layer_cases import CASES, Part, numbered

HERE = Path(__file__).parent
SHARED = [case for case in CASES if hasattr(keras.layers, case.layer)]  # a row may be of a layer that Keras lacks


def layers():
    """Output, gradients of x and of each weight, statistics and penalties after the call, for every row."""
    golden = {}
    for case in SHARED:
        if case.layer == "InputLayer":
            continue  # computes nothing
        keras.utils.set_random_seed(0)  # a mask that Keras draws is the same when the files are made again
        layer = Part(case.layer, case.arguments).of(keras.layers)
        if not layer.built:
            layer.build(case.shape)
        weights = numbered(layer.weights)
        values = {name: case.weight(name, tuple(weight.shape)) for name, weight in weights.items()}
        seeds = [(variable, variable.value) for variable in layer.variables if "seed" in variable.name]

        def run(values, inputs, layer=layer, weights=weights, seeds=seeds, case=case, calls=1):
            mapping = [(weights[name], value) for name, value in values.items()] + seeds
            with keras.StatelessScope(state_mapping=mapping, collect_losses=True) as scope:
                for _ in range(calls):
                    drop(layer, case)
                    y = layer(**inputs, training=case.training)
                losses = list(layer.losses)
            after = {name: scope.get_current_value(weight) for name, weight in weights.items()}
            return jax.tree.leaves(y), after, losses

        def objective(values, inputs, fixed, upstream, run=run, case=case):
            y, _, losses = run(values, inputs | fixed)
            penalized = "activity_regularizer" in case.arguments or case.layer == "ActivityRegularization"
            activity = losses[:1] if penalized else []
            return sum((part * weight).sum() for part, weight in zip(y, upstream, strict=True)) + sum(activity)

        first = next(iter(inspect.signature(layer.call).parameters))
        inputs = {first: case.x(), **case.given()}
        fixed = {name: inputs.pop(name) for name in list(inputs) if name == "mask" or (name == first and case.below)}
        y, after, losses = run(values, inputs | fixed)
        shapes = tuple(part.shape for part in y)
        upstream = case.upstream(shapes) if len(y) > 1 else [case.upstream(shapes[0])]
        of_weights, of_inputs = jax.grad(objective, argnums=(0, 1))(values, inputs, fixed, upstream)
        for index, part in enumerate(y):
            golden[f"{case.key}/y" + (f"[{index}]" if len(y) > 1 else "")] = part
        for name, gradient in of_inputs.items():
            own = "x" if name == first else name
            if own == "x" and not isinstance(gradient, list):
                golden[f"{case.key}/grad x"] = gradient
                continue
            for index, part in enumerate(jax.tree.leaves(gradient)):
                golden[f"{case.key}/grad {own}[{index}]"] = part
        if case.arguments.get("stateful"):
            golden[f"{case.key}/y again"] = run(values, inputs | fixed, calls=2)[0][0]
        for name, gradient in of_weights.items():
            if "moving" in name:
                golden[f"{case.key}/after {name}"] = after[name]
            else:
                golden[f"{case.key}/grad {name}"] = gradient
        if losses:
            golden[f"{case.key}/losses"] = np.array(losses)
        if case.training:
            golden |= {f"{case.key}/{name}": value for name, value in drawn(case, np.asarray(y[0])).items()}
    return golden


def drawn(case, y):
    """What Keras drew, told from what came out, by the name of the step."""
    if case.layer == "GaussianNoise":
        return {"noise": y - case.x()}
    if case.layer == "GaussianDropout":
        return {"noise": y / case.x()}
    if case.layer == "AlphaDropout":
        values, counts = np.unique(y, return_counts=True)
        return {"mask": y != values[counts.argmax()]}  # all that is dropped becomes the same number
    return {"mask": y != 0} if case.layer.rstrip("123D").endswith("Dropout") else {}


def drop(layer, case):
    """Let the cells of a recurrent layer drop what the row says: they take masks that are there already."""
    cell = getattr(layer, "cell", layer)
    if not case.training or not hasattr(cell, "recurrent_dropout"):
        return
    rates = {"dropout": case.shape[-1], "recurrent_dropout": cell.units}
    for name, size in rates.items():
        count = getattr(cell, "dropout_mask_count", None)
        masks = case.dropped(f"{name}_mask", (count or 1, case.shape[0], size)) / np.float32(1 - getattr(cell, name))
        if getattr(cell, name):
            setattr(cell, f"_{name}_mask", list(masks) if count else masks[0])


def activations():
    """For each row: the values, and the gradient of x."""
    golden = {}
    for case in activation_cases.CASES:
        function = partial(getattr(keras.activations, case.name), **case.arguments)
        golden[f"{case.id}/y"], pull = jax.vjp(function, activation_cases.X)
        (golden[f"{case.id}/grad x"],) = pull(jax.numpy.asarray(activation_cases.UPSTREAM))
    return golden


def losses():
    """For each row: the value for each sample, their mean, and the gradient of the mean."""
    golden = {}
    for case in models.LOSSES:
        cls = getattr(keras.losses, case.name)
        y_true, y_pred, weight = case.y_true(), case.y_pred(), case.sample_weight()
        mean = cls(**case.arguments)
        golden[f"{case.id}/value"] = mean(y_true, y_pred, sample_weight=weight)
        golden[f"{case.id}/each"] = cls(**case.arguments | {"reduction": None})(y_true, y_pred)
        golden[f"{case.id}/grad"] = jax.grad(lambda p, mean=mean, y=y_true, w=weight: mean(y, p, w))(y_pred)
    return golden


def metrics():
    """For each row: the metric after one batch and after two."""
    golden = {}
    for case in models.METRICS:
        metric = getattr(keras.metrics, case.name)(**case.arguments)
        results = []
        for batch in range(2):
            metric.update_state(case.y_true(batch), case.y_pred(batch), sample_weight=case.sample_weight(batch))
            results.append(np.asarray(metric.result()))
        golden[case.id] = np.array(results)
    return golden


def optimizers():
    """For each row: the two weights after each of ten steps with given gradients."""
    golden = {}
    for case in models.OPTIMIZERS:
        optimizer = case.of(keras.optimizers)
        weights = [keras.Variable(start) for start in models.START]
        history = []
        for gradients in models.GRADIENTS:
            optimizer.apply([jax.numpy.asarray(each) for each in gradients], weights)
            history.append([np.asarray(weight) for weight in weights])
        for index, values in enumerate(zip(*history, strict=True)):
            golden[f"{case.id}/{index}"] = np.stack(values)
    return golden


def lenet():
    """For each optimizer: loss and accuracy of five `train_on_batch` steps, and a digest of the weights they leave."""
    golden = {}
    for case in models.LENET_OPTIMIZERS:
        model = models.lenet(keras)
        model.set_weights(models.lenet_weights([tuple(weight.shape) for weight in model.weights]))
        optimizer = getattr(keras.optimizers, case.name)(**case.arguments)
        model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
        logs = []
        for x, y in models.lenet_batches():
            model.reset_metrics()
            logs.append([float(value) for value in model.train_on_batch(x, y)])
        golden[f"{case.id}/logs"] = np.array(logs)
        golden[f"{case.id}/prediction"] = model.predict_on_batch(models.lenet_batches()[0][0])
        for index, weight in enumerate(model.get_weights()):
            for name, part in models.digest(weight).items():
                golden[f"{case.id}/weight {index} {name}"] = part
    return golden


def weighted():
    """For each row: logs and weights of a training in which examples or classes have weights."""
    return {
        f"{name}/{key}": value
        for name, arguments in models.WEIGHTED.items()
        for key, value in models.weighted(keras, keras.optimizers, arguments).items()
    }


def masked():
    """For each row: logs and weights of a training in which a mask reaches the output."""
    return {
        f"{name}/{key}": value
        for name, arguments in models.MASKED.items()
        for key, value in models.masked(keras, keras.optimizers, arguments).items()
    }


def stopping():
    """For each row: when EarlyStopping stops, and what it brings back."""
    return {name: models.stopping(keras.callbacks, arguments) for name, arguments in models.STOPPING.items()}


def signatures():
    """The constructor's arguments of each layer, in order, with their defaults."""
    return {name: signature(getattr(keras.layers, name)) for name in sorted({case.layer for case in SHARED})}


def learning():
    """The same for losses, metrics, optimizers and schedules."""
    modules = {
        "losses": (keras.losses, models.LOSSES),
        "metrics": (keras.metrics, models.METRICS),
        "optimizers": (keras.optimizers, models.OPTIMIZERS),
        "optimizers.schedules": (keras.optimizers.schedules, models.SCHEDULES),
    }
    return {
        module: {name: signature(getattr(place, name)) for name in sorted({case.name for case in cases})}
        for module, (place, cases) in modules.items()
    }


def weights():
    """The same for initializers and regularizers."""
    modules = {"initializers": keras.initializers, "regularizers": keras.regularizers}
    return {
        module: {
            name: signature(cls)
            for name, cls in sorted(vars(place).items())
            if inspect.isclass(cls) and name == cls.__name__ and name not in ("Initializer", "Regularizer")
        }
        for module, place in modules.items()
    }


def signature(cls):
    """The constructor's arguments of a class, in order, with their defaults."""
    return {
        key: None if parameter.default is parameter.empty else {"default": parameter.default}
        for key, parameter in inspect.signature(cls.__init__).parameters.items()
        if key != "self" and parameter.kind is not parameter.VAR_KEYWORD
    }


NO_ACTIVATION = ("get", "serialize", "deserialize")


def names():
    """Keras's activation functions."""
    return sorted(name for name in keras.activations.__dict__ if name not in NO_ACTIVATION and name[0] != "_")


def masking():
    """What each row's layer does with a mask: whether it hands it on, and whether it takes one itself."""
    made = [(case.layer, Part(case.layer, case.arguments).of(keras.layers)) for case in SHARED]
    return {name: [bool(layer.supports_masking), layer._call_has_mask_arg] for name, layer in made}


def main():
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    for make in (layers, activations, losses, metrics, optimizers, lenet, weighted, masked, stopping):
        arrays = {key: small(value) for key, value in make().items()}
        np.savez_compressed(folder / f"{make.__name__}.npz", **arrays)
        print(f"{make.__name__}: {len(arrays)} arrays")
    versions = {"keras": keras.__version__, "jax": jax.__version__, "numpy": np.__version__}
    (folder / "keras.json").write_text(
        json.dumps(
            {
                "versions": versions,
                "layers": sorted(name for name, cls in vars(keras.layers).items() if inspect.isclass(cls)),
                "activations": names(),
                "masking": masking(),
                "signatures": signatures(),
            },
            indent=1,
        )
        + "\n"
    )
    (folder / "learning.json").write_text(json.dumps(learning(), indent=1) + "\n")
    (folder / "weights.json").write_text(json.dumps(weights(), indent=1) + "\n")


def small(value):
    """As an array that takes little room."""
    value = np.asarray(value)
    return value.astype("float32") if value.dtype.kind == "f" else value


if __name__ == "__main__":
    main()
