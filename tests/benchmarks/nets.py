"""The nets of the speed benchmark, in nnlab, PyTorch and Keras, with the same weights.

Each net is written once, as Keras spells it; nnlab's layers have the same names, so one description serves both.
PyTorch's is spelled out beside it, channels first as PyTorch has them, and takes its weights from nnlab's.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

CLASSES = 10
LEARNING_RATE = 1e-3


@dataclass
class Net:
    """A net by name: its batch, the shape of an example, its layers as Keras has them and as PyTorch has them."""

    name: str
    batch: int
    shape: tuple[int, ...]
    layers: Callable[[Any], list[Any]]  # from the module of layers
    modules: Callable[[Any], list[Any]]  # from torch.nn


def conv_bn_relu(layers: Any) -> list[Any]:
    block = (layers.Conv2D(32, 3, padding="same"), layers.BatchNormalization(), layers.ReLU())
    again = (layers.Conv2D(32, 3, padding="same"), layers.BatchNormalization(), layers.ReLU())
    return [*block, *again, layers.GlobalAveragePooling2D(), layers.Dense(CLASSES)]


def conv_bn_relu_modules(nn: Any) -> list[Any]:
    def block(channels: int) -> list[Any]:
        # Keras's momentum of 0.99 is what PyTorch calls 0.01
        return [nn.Conv2d(channels, 32, 3, padding="same"), nn.BatchNorm2d(32, eps=1e-3, momentum=0.01), nn.ReLU()]

    return [*block(3), *block(32), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, CLASSES)]


NETS = [
    Net(
        "MLP 784-128-10",
        128,
        (784,),
        lambda layers: [layers.Dense(128, activation="relu"), layers.Dense(CLASSES)],
        lambda nn: [nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, CLASSES)],
    ),
    Net(
        "LeNet",
        64,
        (28, 28, 1),
        lambda layers: [
            layers.Conv2D(6, 5, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(16, 5, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(120, activation="relu"),
            layers.Dense(84, activation="relu"),
            layers.Dense(CLASSES),
        ],
        lambda nn: [
            *(nn.Conv2d(1, 6, 5, padding="same"), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, CLASSES)),
        ],
    ),
    Net(
        "CNN 64-64",
        32,
        (28, 28, 1),
        lambda layers: [
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(CLASSES),
        ],
        lambda nn: [
            *(nn.Conv2d(1, 64, 3), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(64, 64, 3), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Flatten(), nn.Linear(1600, 128), nn.ReLU(), nn.Linear(128, CLASSES)),
        ],
    ),
    Net("conv-bn-relu x2", 32, (32, 32, 3), conv_bn_relu, conv_bn_relu_modules),
    Net(
        "LSTM 64",
        32,
        (50, 32),
        lambda layers: [layers.LSTM(64), layers.Dense(CLASSES)],
        lambda nn: [nn.LSTM(32, 64, batch_first=True), last_output(nn), nn.Linear(64, CLASSES)],
    ),
    Net(
        "GRU 64",
        32,
        (50, 32),
        lambda layers: [layers.GRU(64), layers.Dense(CLASSES)],
        lambda nn: [nn.GRU(32, 64, batch_first=True), last_output(nn), nn.Linear(64, CLASSES)],
    ),
]


def last_output(nn: Any) -> Any:
    """The module that takes the output at the last time from what a recurrent one returns."""

    class Last(nn.Module):
        def forward(self, output_and_state: Any) -> Any:
            return output_and_state[0][:, -1]

    return Last()


@dataclass
class Runner:
    """A net in one library: a training step (the loss before it) and the outputs, of one batch."""

    train: Callable[[], float]
    predict: Callable[[], np.ndarray]


def data(net: Net) -> tuple[np.ndarray, np.ndarray]:
    """A batch of normal numbers and labels."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(net.batch, *net.shape)).astype("float32")
    return x, rng.integers(0, CLASSES, net.batch)


def in_nnlab(net: Net) -> tuple[Runner, list[np.ndarray]]:
    """The net in nnlab, and its weights."""
    import nnlab

    nnlab.utils.set_random_seed(0)
    x, y = data(net)
    model = nnlab.Sequential([nnlab.Input(net.shape), *net.layers(nnlab.layers)])
    model.compile(nnlab.optimizers.Adam(LEARNING_RATE), nnlab.losses.SparseCategoricalCrossentropy(from_logits=True))
    runner = Runner(lambda: model.train_on_batch(x, y), lambda: model.predict(x, net.batch))
    return runner, model.get_weights()


def in_keras(net: Net, weights: list[np.ndarray]) -> Runner:
    """The net in Keras, on the back end that KERAS_BACKEND names."""
    import keras

    x, y = data(net)
    model = keras.Sequential([keras.Input(net.shape), *net.layers(keras.layers)])
    # the loss of the last batch alone, as the others give it: Keras's is the mean since the last reset
    model.compile(keras.optimizers.Adam(LEARNING_RATE), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.set_weights(weights)

    def train() -> float:
        loss = model.train_on_batch(x, y)
        model.reset_metrics()
        return float(loss)

    return Runner(train, lambda: model.predict_on_batch(x))


def in_torch(net: Net, weights: list[np.ndarray]) -> Runner:
    """The net in PyTorch, eager: the loop as its tutorials write it."""
    import torch

    x, y = map(torch.from_numpy, data(net))
    if x.ndim == 4:
        x = x.permute(0, 3, 1, 2).contiguous()
    modules = net.modules(torch.nn)
    copy_weights(modules, iter(weights), tuple(x.shape))
    model = torch.nn.Sequential(*modules)
    trainable = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.Adam(trainable, LEARNING_RATE, eps=1e-7)
    loss_of = torch.nn.CrossEntropyLoss()

    def train() -> float:
        model.train()
        optimizer.zero_grad()
        loss = loss_of(model(x), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    def predict() -> np.ndarray:
        model.eval()
        with torch.inference_mode():
            return model(x).numpy()

    return Runner(train, predict)


def copy_weights(modules: list[Any], weights: Iterator[np.ndarray], shape: tuple[int, ...]) -> None:
    """Fill PyTorch's modules with nnlab's weights: other axes, the same numbers."""
    import torch

    x, spatial = torch.zeros(shape), None  # the shape before a Flatten says how its numbers are ordered
    for module in modules:
        if isinstance(module, torch.nn.Flatten):
            spatial = x.shape[1:]
        parameters = dict(module.named_parameters())
        with torch.no_grad():
            if isinstance(module, torch.nn.Linear):
                kernel = next(weights)
                if spatial is not None:
                    channels, height, width = spatial
                    kernel = kernel.reshape(height, width, channels, -1).transpose(2, 0, 1, 3)
                    kernel, spatial = kernel.reshape(-1, module.out_features), None
                parameters["weight"][:] = torch.from_numpy(kernel.T.copy())
                parameters["bias"][:] = torch.from_numpy(next(weights))
            elif isinstance(module, torch.nn.Conv2d):
                parameters["weight"][:] = torch.from_numpy(next(weights).transpose(3, 2, 0, 1).copy())
                parameters["bias"][:] = torch.from_numpy(next(weights))
            elif isinstance(module, torch.nn.BatchNorm2d):
                for into in (module.weight, module.bias, module.running_mean, module.running_var):
                    into[:] = torch.from_numpy(next(weights))
            elif isinstance(module, torch.nn.LSTM | torch.nn.GRU):
                copy_gates(module, [next(weights) for _ in range(3)])
            x = module.eval()(x)


def copy_gates(module: Any, weights: list[np.ndarray]) -> None:
    """Keras's LSTM has PyTorch's order of gates, and one bias; its GRU has the first two gates the other way round."""
    import torch

    kernel, recurrent, bias = weights
    if isinstance(module, torch.nn.GRU):
        z, r, candidate = np.split(np.arange(kernel.shape[1]), 3)
        order = np.concatenate([r, z, candidate])
        kernel, recurrent, bias = kernel[:, order], recurrent[:, order], bias[:, order]
    else:
        bias = np.stack([bias, np.zeros_like(bias)])
        module.bias_hh_l0.requires_grad = False
    for name, value in {
        "weight_ih": kernel.T,
        "weight_hh": recurrent.T,
        "bias_ih": bias[0],
        "bias_hh": bias[1],
    }.items():
        getattr(module, f"{name}_l0")[:] = torch.from_numpy(value.copy())
