"""Draw the pictures of docs/explorers.md: each explorer as it stands still on paper.

python tools/explorer_pictures.py
"""

from pathlib import Path

from nnlab import explorers

FOLDER = Path(__file__).parents[1] / "docs" / "explorers"
SHOWN = {
    "Stride": (explorers.Stride(strides=2, input_size=5), 0),
    "Padding": (explorers.Padding(), 7),
    "Pooling": (explorers.Pooling(input_size=4), 0),
    "Dropout": (explorers.Dropout(rate=0.3, rows=3, columns=4), 0),
    "BatchNorm": (explorers.BatchNorm(samples=3, channels=2), 0),
    "ParameterCount": (explorers.ParameterCount(), 0),
    "Softmax": (explorers.Softmax(), 0),
}


def main() -> None:
    """Write a picture for each."""
    FOLDER.mkdir(exist_ok=True)
    for name, (explorer, cell) in SHOWN.items():
        explorer.figure(cell).savefig(FOLDER / f"{name}.png", dpi=70, metadata={"Software": None})


if __name__ == "__main__":
    main()
