"""Write graphs.npz and branches.npz: what real Keras computes for the graphs of graph_cases, outputs and all
gradients, and for the trainings of branch_cases.

Run it where Keras and JAX are installed (nnlab is not needed), from the repository's root:

    KERAS_BACKEND=jax PYTHONPATH=tests python tests/golden/make_graphs.py [folder]
"""

import sys
from pathlib import Path
from types import SimpleNamespace

import branch_cases
import graph_cases
import jax
import keras
import numpy as np
from formula import uniform

LIBRARY = SimpleNamespace(**vars(keras.layers), Model=keras.Model, Sequential=keras.Sequential)


def golden(name):
    """Path -> array for one graph."""
    model = graph_cases.ALL[name](LIBRARY)
    weights = graph_cases.weights_by_name(model)
    order = {id(weight): key for key, weight in weights.items()}
    values = {key: uniform(f"{name}/{key}", tuple(weight.shape)) for key, weight in weights.items()}
    x = graph_cases.inputs(name)

    def run(values, x):
        trainable = [values[order[id(variable)]] for variable in model.trainable_variables]
        others = [variable.value for variable in model.non_trainable_variables]
        return jax.tree.leaves(model.stateless_call(trainable, others, x if len(x) > 1 else x[0])[0])

    y = run(values, x)
    upstream = [uniform(f"{name}/grad y{index}", part.shape) for index, part in enumerate(y)]

    def objective(values, x):
        return sum((part * weight).sum() for part, weight in zip(run(values, x), upstream, strict=True))

    of_weights, of_x = jax.grad(objective, (0, 1))(values, x)
    found = {f"{name}/y{index}": part for index, part in enumerate(y)}
    found |= {f"{name}/grad x{index}": part for index, part in enumerate(of_x)}
    layers = [layer.name for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]
    listed = {f"{name}/layers": np.array(layers), f"{name}/weights": np.array([each.path for each in model.weights])}
    return found | listed | {f"{name}/grad {key}": part for key, part in of_weights.items()}


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    arrays = {key: np.asarray(value) for name in graph_cases.ALL for key, value in golden(name).items()}
    np.savez_compressed(folder / "graphs.npz", **arrays)
    trainings = {
        f"{name}/{key}": value
        for name in branch_cases.COMPILED
        for key, value in branch_cases.trained(LIBRARY, keras.optimizers, name).items()
    }
    np.savez_compressed(folder / "branches.npz", **trainings)
