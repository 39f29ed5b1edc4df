"""Load files, each in a process that may take 200 MB more than it has, and say on one line of JSON how each ended.

    python under_limit.py file file ...

What is limited is the address space (RLIMIT_AS) above what the process holds once nnlab and h5py are imported and a
small model has been loaded, and the time. Each file is loaded in a fork, so that none profits from another.
"""

import json
import os
import resource
import signal
import sys
import tempfile
import warnings

MEGABYTES, SECONDS = 200, 20


def held():
    """The bytes of address space that this process has."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[0]) * resource.getpagesize()


def model():
    from nnlab import Input, Sequential, layers

    return Sequential([Input((3,)), layers.Dense(2, name="dense")], name="model")


def load(path):
    """Load a model, or the weights of one."""
    import nnlab

    if ".weights." in path:
        model().load_weights(path)
    else:
        nnlab.load_model(path)


def outcome(path):
    """The kind of what was raised and its words; a warning counts as its words."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            load(path)
        except BaseException as error:
            return [type(error).__name__, str(error)]
    return ["loaded", " ".join(str(each.message) for each in caught)]


def in_a_fork(path):
    """The outcome in a process of its own, whose memory and time are limited."""
    read, write = os.pipe()
    if (child := os.fork()) == 0:
        most = held() + MEGABYTES * 2**20
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        signal.alarm(SECONDS)
        os.write(write, json.dumps(outcome(path)).encode()[:60_000])
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    return json.loads(said) if said else ["died", f"status {status}"]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        model().save(f"{folder}/warm.keras")
        load(f"{folder}/warm.keras")
    print(json.dumps({path: in_a_fork(path) for path in sys.argv[1:]}))
