"""Runs the lines of Keras that explorers show, in real Keras: reads pictures (JSON) and writes the outputs.

KERAS_BACKEND=jax python tests/golden/run_keras_lines.py pictures.json outputs.json
"""

import json
import sys
from pathlib import Path

import keras
import numpy as np


def output(code, x, kernel, bias):
    """What the lines make of one image, with these weights in the convolution."""
    x = np.float32(x)[None]
    for line in code.split("\n"):
        if line.startswith("x = "):
            x = eval(line.removeprefix("x = "), {"np": np, "x": x})
            continue
        layer = eval(line, {"keras": keras})
        if kernel is not None and isinstance(layer, keras.layers.Conv2D):
            layer.build(x.shape)
            layer.set_weights([np.float32(kernel)[..., None], np.float32([bias])])
        x = np.asarray(layer(x))
    return x[0].tolist()


if __name__ == "__main__":
    pictures, outputs = map(Path, sys.argv[1:])
    outputs.write_text(json.dumps([output(**picture) for picture in json.loads(pictures.read_text())]))
