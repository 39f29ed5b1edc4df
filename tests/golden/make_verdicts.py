"""Write verdicts.json: what real Keras says to each odd or bad value of verdict_cases.

Run it where Keras and JAX are installed (nnlab is not needed), from the repository's root:

    KERAS_BACKEND=jax PYTHONPATH=tests python tests/golden/make_verdicts.py [folder [layer ...]]

With layers, only these are asked, and the rest of the file stays.
"""

import json
import sys
import warnings
from pathlib import Path

import keras
from layer_cases import CASES
from verdict_cases import throws


def verdict(throw):
    """What it answered, or the class of its error."""
    keras.utils.set_random_seed(0)
    try:
        return throw.at(keras.layers)
    except Exception as error:
        return type(error).__name__


def main():
    warnings.simplefilter("ignore")
    folder, *only = (Path(sys.argv[1]), *sys.argv[2:]) if len(sys.argv) > 1 else (Path(__file__).parent,)
    file = folder / "verdicts.json"
    verdicts = json.loads(file.read_text()) if only else {}
    for name in only or sorted({case.layer for case in CASES if hasattr(keras.layers, case.layer)} - {"InputLayer"}):
        said = verdicts[name] = {}
        for throw in throws(name):
            said.setdefault(verdict(throw), []).append(throw.what)
        print(name, sum(map(len, said.values())), flush=True)
    lines = [
        f" {json.dumps(name)}: {{\n"
        + ",\n".join(f"  {json.dumps(answer)}: {json.dumps(whats)}" for answer, whats in said.items())
        + "\n }"
        for name, said in sorted(verdicts.items())
    ]
    file.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
