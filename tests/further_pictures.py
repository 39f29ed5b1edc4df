"""Pictures of the explorers beside the plain ones: all paddings side by side, stacked rates, a network of one's own,
and gradients of which the learner has set and edited the first. Each with its worksheet.
"""

import random
from itertools import islice

import bare_page
import numpy as np
import worksheets
from drawn_pictures import DRAWN, cells, sheets, worksheet
from explorers.wire import ask

from nnlab import Sequential, explorers, layers
from nnlab.core.errors import NnlabError

CONFIGURATIONS = 20  # of each of these


def upstream(explorer, draw):
    """A gradient of the output that is not all ones: one cell of it, or all, and then one of these."""
    name = type(explorer).__name__
    explorer.change(**DRAWN[name](draw) | {"gradient": True, "grad": None})
    output = explorer.scene.grid("grad")
    rows, columns = output.values.shape[-2:]
    channels = len(output.values) if output.values.ndim == 3 else 1
    if draw.random() < 0.7:
        explorer.grad = sheets(draw, rows, columns, channels)
    given = explorer.scene.grid("grad").values.copy()
    cell = draw.randrange(given.size)
    given.flat[cell] = draw.choice([-3.0, 0.0, 2.5, 1 / 3])
    assert ask(explorer, kind="edit", name="grad", cell=cell, text=repr(float(given.flat[cell]))) == ""
    grad = (np.moveaxis(given, 0, -1) if given.ndim == 3 else given).tolist()
    return worksheet(name, explorer, grad=grad)


def side_by_side(explorer, draw):
    settings = DRAWN[type(explorer).__name__](draw)
    explorer.change(**settings | {"compare": True, "gradient": False})
    return worksheets.comparison(explorer.state)


def stacked(explorer, draw):
    size = draw.choice([(1, 3), (3, 3), (2, 2), (3, 2)])
    stacks = [
        tuple(draw.randint(1, 4) for _ in range(draw.randint(1, 4 if size[0] < 3 else 3)))
        for _ in range(draw.randint(1, 3))
    ]
    explorer.change(kernel_size=size, rates=tuple(stacks))
    return worksheets.stacked(stacks, size)


def network(explorer, draw):
    """A network of random weights with one or two layers that drop, made anew."""
    size, made, known = draw.randint(2, 5), [], []
    sample = cells(draw, 1, size)[0]
    made.append(layers.Input((size,)))
    for hidden in range(draw.randint(1, 2)):
        units = draw.randint(3, 6)
        known.append(weights_of(draw, size, units, draw.choice(["linear", "relu", "tanh", "sigmoid"])))
        known.append(worksheets.Layer(rate=draw.choice([0.1, 0.25, 0.5, 0.8])))
        made += [layers.Dense(units, known[-2].activation), layers.Dropout(known[-1].rate, name=f"dropout_{hidden}")]
        size = units
    known.append(weights_of(draw, size, draw.randint(1, 4), draw.choice(["linear", "sigmoid", "softmax"])))
    made.append(layers.Dense(len(known[-1].bias), known[-1].activation))
    model = Sequential(made)
    model.set_weights([np.array(part) for layer in known if layer.rate is None for part in (layer.kernel, layer.bias)])
    output, seed = draw.randrange(len(known[-1].bias)), draw.randint(0, 99)
    explorer.change(model=model, x=[sample], output=output, seed=seed)
    trace = model.trace(np.repeat([sample], 100, axis=0), training=True, seed=seed)
    masks = [trace[f"dropout_{hidden}/mask"].value.tolist() for hidden in range(len(known) // 2)]
    return worksheets.network(sample, known, [list(each) for each in zip(*masks, strict=True)], output)


def weights_of(draw, size, units, activation):
    kernel = [[draw.uniform(-1, 1) for _ in range(units)] for _ in range(size)]
    return worksheets.Layer(kernel, [draw.uniform(-1, 1) for _ in range(units)], activation)


FURTHER = {
    **{f"{name}, gradient edited": upstream for name in ("Stride", "Padding", "Pooling", "Dropout", "BatchNorm")},
    **{f"{name}, side by side": side_by_side for name in ("Stride", "Padding")},
    **{f"{name}, stacked rates": stacked for name in ("Stride", "Padding")},
    "Dropout, a network": network,
}


def explained(kind, seed=7):
    """An explorer that comes to one picture of a kind after the other, with the worksheet of each."""
    draw, name, seen = random.Random(f"{kind} {seed}"), kind.partition(",")[0], set()
    explorer = getattr(explorers, name)()
    while True:
        try:
            sheet = FURTHER[kind](explorer, draw)
        except NnlabError:
            continue  # refused, and nothing has changed
        about = repr({name: value for name, value in explorer.state.items() if name != "model"})
        if about not in seen:
            seen.add(about)
            yield explorer, sheet


def further_pictures(kind, count=CONFIGURATIONS):
    """So many different pictures of a kind, with the worksheet of each."""
    for explorer, sheet in islice(explained(kind), count):
        yield bare_page.state(explorer), sheet, explorer.state
