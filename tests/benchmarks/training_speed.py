"""How fast nnlab trains and predicts, beside PyTorch (eager) and Keras, on the same nets with the same weights.

The libraries take turns in one process, a few calls each, many rounds; a ratio is the median of the ratios of each
round, so that what slows the machine down for a while slows both sides. Every library gets the same number of
threads. Peak memory is that of a process of its own for each. From the repository's root, with PyTorch and Keras:

    PYTHONPATH=. KERAS_BACKEND=torch python tests/benchmarks/training_speed.py --threads 1 --memory

`--nets LSTM` runs those whose name contains this; `--without keras` leaves a library out.
"""

import argparse
import datetime
import gc
import os
import platform
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROUND = 0.02  # seconds that each library has in a round
SMALL_CALLS = {
    "Dense 64->32, 32 rows": ((32, 64), lambda layers: layers.Dense(32), lambda nn: nn.Linear(64, 32)),
    "Conv2D 8 3x3, 1x28x28x1": ((1, 28, 28, 1), lambda layers: layers.Conv2D(8, 3), lambda nn: nn.Conv2d(1, 8, 3)),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=1, help="for each library (default: 1)")
    parser.add_argument("--seconds", type=float, default=4.0, help="for each row (default: 4)")
    parser.add_argument("--nets", default="", help="only rows whose name contains this")
    parser.add_argument("--without", action="append", default=[], choices=["torch", "keras"])
    parser.add_argument("--memory", action="store_true", help="also peak memory, in processes of their own")
    parser.add_argument("--peak", help=argparse.SUPPRESS)  # such a process: this library
    stated = parser.parse_args()
    for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[variable] = str(stated.threads)
    sys.path.insert(0, str(Path(__file__).parent))
    if stated.peak:
        print(*peak(stated.peak, stated.nets))
        return
    libraries = [name for name in ("nnlab", "torch", "keras") if name not in stated.without]
    report(libraries, stated)


def report(libraries: list[str], stated: argparse.Namespace) -> None:
    """Print the tables."""
    import nets

    print(f"{datetime.date.today()}, {machine()}")
    chosen = [net for net in nets.NETS if stated.nets in net.name]
    if "torch" in libraries:
        import torch

        torch.set_num_threads(stated.threads)
    head = "".join(f"{name + ', ms':>11}" for name in libraries)
    head += "".join(f"{f'{one}/{other}':>13}" for one, other in pairs(libraries))
    ratios: dict[str, dict[str, list[float]]] = {"train": {}, "predict": {}}
    runners = {net.name: runners_of(net, libraries) for net in chosen}
    for what in ratios:
        print(f"\n{what + f', threads: {stated.threads}':26}{head}")
        for net in chosen:
            functions = {name: getattr(runner, what) for name, runner in runners[net.name].items()}
            row(net.name, functions, stated.seconds, ratios[what])
        for name, values in ratios[what].items():
            print(f"{'geometric mean, ' + name:40}{statistics.geometric_mean(values):8.2f}")
    small = {name: functions for name, functions in small_calls(libraries).items() if stated.nets in name}
    if small:
        print(f"\n{'a call':26}{head}")
    for name, functions in small.items():
        row(name, functions, stated.seconds, {})
    if stated.memory:
        memory(chosen, libraries, stated.threads)


def machine() -> str:
    """The kind of machine, and what multiplies its matrices."""
    import numpy as np

    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    kernels = os.environ.get("OPENBLAS_CORETYPE", "as OpenBLAS chooses")
    return (
        f"{model[1] if model else platform.processor()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"NumPy {np.__version__} with {blas['name']} {blas['version']} (kernels: {kernels})"
    )


def pairs(libraries: list[str]) -> list[tuple[str, str]]:
    """Which ratios are shown."""
    wanted = [("nnlab", "torch"), ("nnlab", "keras"), ("keras", "torch")]
    return [(one, other) for one, other in wanted if one in libraries and other in libraries]


def runners_of(net: Any, libraries: list[str]) -> dict[str, Any]:
    """The net in each library, once it is seen that all compute the same."""
    import nets
    import numpy as np

    ours, weights = nets.in_nnlab(net)
    runners = {"nnlab": ours}
    if "torch" in libraries:
        runners["torch"] = nets.in_torch(net, weights)
    if "keras" in libraries:
        runners["keras"] = nets.in_keras(net, weights)
    outputs = {name: np.asarray(runner.predict()) for name, runner in runners.items()}
    losses = {name: [runner.train() for _ in range(3)] for name, runner in runners.items()}
    for name in runners:
        np.testing.assert_allclose(outputs[name], outputs["nnlab"], rtol=1e-3, atol=1e-4, err_msg=f"{net.name}: {name}")
        np.testing.assert_allclose(losses[name], losses["nnlab"], rtol=1e-3, err_msg=f"{net.name}: {name}")
    return runners


def row(name: str, functions: dict[str, Callable], seconds: float, ratios: dict[str, list[float]]) -> None:
    """Time these functions in turns and print their medians and the medians of the ratios."""
    rounds = in_turns(functions, seconds)
    medians = "".join(f"{1e3 * statistics.median(each[library] for each in rounds):11.3f}" for library in functions)
    print(f"{name:26}{medians}", end="")
    for one, other in pairs(list(functions)):
        ratio = statistics.median(each[one] / each[other] for each in rounds)
        ratios.setdefault(f"{one}/{other}", []).append(ratio)
        print(f"{ratio:13.2f}", end="")
    print(flush=True)


def in_turns(functions: dict[str, Callable], seconds: float) -> list[dict[str, float]]:
    """Rounds of seconds for one call of each function."""
    for function in functions.values():
        function()
    repeats = {name: max(round(ROUND / duration(function, 3)), 1) for name, function in functions.items()}
    rounds = []
    gc.collect()
    end = time.perf_counter() + seconds * len(functions)
    while time.perf_counter() < end or len(rounds) < 7:
        order = list(functions) if len(rounds) % 2 else list(reversed(functions))
        rounds.append({name: duration(functions[name], repeats[name]) for name in order})
    return rounds


def duration(function: Callable, repeats: int) -> float:
    """Seconds for one call, on average over a few."""
    start = time.perf_counter()
    for _ in range(repeats):
        function()
    return (time.perf_counter() - start) / repeats


def small_calls(libraries: list[str]) -> dict[str, dict[str, Callable]]:
    """Single calls of one layer, as a person writes them; and PyTorch and Keras told to note nothing for autograd."""
    import numpy as np

    import nnlab

    rows: dict[str, dict[str, Callable]] = {}
    for name, (shape, layer_of, module_of) in SMALL_CALLS.items():
        x = np.random.default_rng(0).normal(size=shape).astype("float32")
        ours = layer_of(nnlab.layers)
        functions = {"nnlab": lambda ours=ours, x=x: ours(x)}
        silent = dict(functions)
        if "torch" in libraries:
            import torch

            theirs, tensor = module_of(torch.nn), torch.from_numpy(np.moveaxis(x, -1, 1).copy() if x.ndim == 4 else x)
            functions["torch"] = lambda theirs=theirs, tensor=tensor: theirs(tensor)
            silent["torch"] = without_autograd(functions["torch"])
        if "keras" in libraries:
            import keras

            other, by_torch = layer_of(keras.layers), keras.backend.backend() == "torch"
            functions["keras"] = lambda other=other, x=x: other(x)
            silent["keras"] = without_autograd(functions["keras"]) if by_torch else functions["keras"]
        rows[name], rows[f"{name.split()[0]}, no autograd"] = functions, silent
    return rows


def without_autograd(function: Callable) -> Callable:
    """The function in PyTorch's inference mode."""
    import torch

    def silent() -> None:
        with torch.inference_mode():
            function()

    return silent


def memory(chosen: list, libraries: list[str], threads: int) -> None:
    """Print the peak resident memory of three training steps, and how much of it they added, in MB."""
    print(f"\n{'peak memory, MB (added)':26}" + "".join(f"{name:>16}" for name in libraries))
    for net in chosen:
        print(f"{net.name:26}", end="")
        for library in libraries:
            command = [sys.executable, __file__, "--peak", library, "--nets", net.name, "--threads", str(threads)]
            whole, added = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[-2:]
            print(f"{float(whole):9.0f} ({float(added):3.0f})", end="")
        print(flush=True)


def peak(library: str, name: str) -> tuple[float, float]:
    """The peak resident memory of this process, in MB, and by how much three training steps raised it."""
    import nets

    (net,) = (net for net in nets.NETS if net.name == name)
    runner, weights = nets.in_nnlab(net)
    if library != "nnlab":
        runner = {"torch": nets.in_torch, "keras": nets.in_keras}[library](net, weights)
    before = status("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    for _ in range(3):
        runner.train()
    return status("VmHWM"), status("VmHWM") - before


def status(name: str) -> float:
    """A figure in MB of the system's own account of this process."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()
