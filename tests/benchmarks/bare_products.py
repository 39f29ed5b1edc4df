"""What no implementation on NumPy can go below: the matrix products of each net alone, and one pass over numbers.

The products are those of a forward pass, and of a training step (two more of the same size for each layer; the first
needs no gradient of its input), on arrays that lie ready in the processor's cache. Time is the processor's, not the
clock's. From the repository's root:

    OPENBLAS_NUM_THREADS=1 python tests/benchmarks/bare_products.py
"""

import time

import numpy as np

COLUMNS = 1024  # of the places of a convolution, multiplied at a time

# Rows, inner length and columns of each product, and how often it is made. The first are those of the first layer.
NETS = {
    "MLP 784-128-10": [(128, 784, 128, 1), (128, 128, 10, 1)],
    "LeNet": [(6, 25, COLUMNS, 49), (16, 150, COLUMNS, 6.25), (64, 400, 120, 1), (64, 120, 84, 1), (64, 84, 10, 1)],
    "CNN 64-64": [(64, 9, COLUMNS, 21.125), (64, 576, COLUMNS, 3.78), (32, 1600, 128, 1), (32, 128, 10, 1)],
    "conv-bn-relu x2": [(32, 27, COLUMNS, 32), (32, 288, COLUMNS, 32), (32, 32, 10, 1)],
    "LSTM 64": [(1600, 32, 256, 1), (32, 64, 256, 50), (32, 64, 10, 1)],
    "GRU 64": [(1600, 32, 192, 1), (32, 64, 192, 50), (32, 64, 10, 1)],
}


def best(function, repeats=30):
    """Milliseconds of the processor for one call, the least of several."""
    function()
    times = []
    for _ in range(repeats):
        start = time.thread_time()
        function()
        times.append(time.thread_time() - start)
    return 1e3 * min(times)


def products(rows, inner, columns):
    """Milliseconds of a product, of its gradient for the first factor, and of that for the second."""
    first, second = (np.ones(shape, "float32") for shape in ((rows, inner), (inner, columns)))
    product = first @ second
    return [best(lambda: first @ second), best(lambda: product @ second.T), best(lambda: first.T @ product)]


def main():
    print(f"{'milliseconds':20}{'prediction':>12}{'training':>12}")
    for name, of_net in NETS.items():
        forward = training = 0.0
        for place, (rows, inner, columns, count) in enumerate(of_net):
            ahead, one, other = products(rows, inner, columns)
            forward += ahead * count
            # in the convolutions the kernel is the first factor, elsewhere the second
            of_kernel, of_input = (one, other) if columns == COLUMNS else (other, one)
            training += count * (ahead + of_kernel + (of_input if place else 0))
        print(f"{name:20}{forward:12.2f}{training:12.2f}")
    for count in (2**14, 2**20):
        x, y = np.ones(count, "float32"), np.ones(count, "float32")
        print(f"x + y of {count:9,} numbers: {best(lambda x=x, y=y: np.add(x, y, out=y)):.4f}")


if __name__ == "__main__":
    main()
