"""The worksheet of dropout in a whole network: its outputs in many draws, worked out unit by unit."""

import math
from typing import NamedTuple

from worksheets.sheet import Term, Terms, Worksheet

BINS = 12


class Layer(NamedTuple):
    """A Dense layer with its `kernel[input][unit]`, or one that drops: then `rate` says how much."""

    kernel: list[list[float]] = []
    bias: list[float] = []
    activation: str = "linear"
    rate: float | None = None


def activated(numbers: list[float], activation: str) -> list[float]:
    if activation == "softmax":
        powers = [math.exp(number - max(numbers)) for number in numbers]
        return [power / math.fsum(powers) for power in powers]
    one = {
        "linear": float,
        "relu": lambda z: max(z, 0.0),
        "tanh": math.tanh,
        "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    }
    return [one[activation](number) for number in numbers]


def outputs(sample: list[float], network: list[Layer], masks: list[list[bool]] | None) -> list[float]:
    """What a network makes of a sample; without masks nothing is dropped."""
    numbers, left = sample, iter(masks or [])
    for layer in network:
        if layer.rate is None:
            sums = [
                math.fsum(number * weights[unit] for number, weights in zip(numbers, layer.kernel, strict=True)) + bias
                for unit, bias in enumerate(layer.bias)
            ]
            numbers = activated(sums, layer.activation)
        elif masks is not None:
            kept = zip(numbers, next(left), strict=True)
            numbers = [number / (1 - layer.rate) if keep else 0.0 for number, keep in kept]
    return numbers


def network(sample: list[float], layers: list[Layer], masks: list[list[list[bool]]], chosen: int) -> Worksheet:
    """The masks of each draw, one for each layer that drops, are taken as drawn."""
    sheet, calm = Worksheet(), outputs(sample, layers, None)
    drawn = [outputs(sample, layers, each)[chosen] for each in masks]
    sheet.give("inference", calm, (1, len(calm)))
    sheet.give("draws", drawn, (10, 10))
    sheet.make("mean", (1, 1), lambda *_: Terms([Term((("draws", cell),)) for cell in range(len(drawn))], "mean"))
    low, high = min(drawn), max(drawn)
    if high == low:
        low, high = low - 0.5, high + 0.5
    width, counts = (high - low) / BINS, [0] * BINS
    for number in drawn:
        counts[min(int((number - low) / width), BINS - 1)] += 1
    sheet.give("histogram", counts, (1, BINS))
    sheet.edges = [low + width * number for number in range(BINS)]
    means = [math.fsum(drawn[:count]) / count for count in range(1, len(drawn) + 1)]
    lines = {"mean of the draws so far": means, f"at inference, output {chosen}": [calm[chosen]] * len(drawn)}
    sheet.curves["running"] = ([float(count) for count in range(1, len(drawn) + 1)], lines)
    note = [chosen, calm[chosen], len(drawn), min(drawn), max(drawn), means[-1]]
    sheet.notes.append(note)
    sheet.result = "mean"
    sheet.rates = [layer.rate for layer in layers if layer.rate is not None]
    return sheet
