"""Files that nobody should be able to harm anyone with: each is made here by code, and named for what is wrong in it.

`FILES` maps a file's name to the function that makes its content and the words that the error must have.
"""

import io
import json
import pickle
import stat
import struct
import zipfile

import h5py
import numpy as np

CANARY = "canary"  # a file that would be there if code from a file had run
FILES = {}


def hostile(name, words):
    """Register a maker of a file."""

    def register(make):
        FILES[name] = make, words
        return make

    return register


def bad_config(name, words, **changes):
    """Register a model whose Dense layer has other keys, or a configuration that is wholly another."""
    FILES[f"{name}.keras"] = (lambda: archive(config=model(dense(**changes)))), words


# ---- parts of a good file


def dense(**changes):
    config = {"name": "dense", "units": 2, **changes.pop("config", {})}
    return {"module": "keras.layers", "class_name": "Dense", "config": config, "registered_name": None} | changes


def model(*layers, **config):
    given = {"class_name": "InputLayer", "config": {"batch_shape": [None, 3], "name": "in"}, "module": "keras.layers"}
    return {
        "module": "keras",
        "class_name": "Sequential",
        "config": {"name": "m", "layers": [given, *layers], **config},
    }


def graph(*layers, ends=("dense",)):
    given = {"class_name": "InputLayer", "config": {"batch_shape": [None, 3], "name": "in"}, "name": "in"}
    parts = [{**given, "module": "keras.layers", "inbound_nodes": []}, *layers]
    outputs = [[name, 0, 0] for name in ends]
    config = {"name": "g", "layers": parts, "input_layers": ["in", 0, 0], "output_layers": outputs}
    return {"module": "keras.src.models.functional", "class_name": "Functional", "config": config}


def reads(name, *places, times=1, **part):
    tensors = [{"class_name": "__keras_tensor__", "config": {"shape": [None, 2], "keras_history": [*place, 0]}}
               for place in places]  # fmt: skip
    part = part or dense(config={"name": name})
    return {**part, "name": name, "inbound_nodes": [{"args": [each], "kwargs": {}} for each in tensors * times]}


def weights(fill=None):
    """An HDF5 file with good weights of a Dense layer, then whatever `fill` does to it."""
    file = io.BytesIO()
    with h5py.File(file, "w") as root:
        group = root.create_group("layers/dense/vars")
        group["0"], group["1"] = np.ones((3, 2), "float32"), np.ones(2, "float32")
        root.create_group("vars")
        if fill:
            fill(root, group)
    return file.getvalue()


def archive(config=None, content=None, extra=(), compression=zipfile.ZIP_STORED):
    """A `.keras` file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as members:
        members.writestr("metadata.json", "{}")
        text = config if isinstance(config, str | bytes) else json.dumps(config or model(dense()))
        members.writestr("config.json", text)
        members.writestr("model.weights.h5", weights() if content is None else content)
        for name, part in extra:
            members.writestr(name, part)
    return file.getvalue()


class Evil:
    """What runs code when it is unpickled."""

    def __reduce__(self):
        return open, (CANARY, "w")


PICKLE = pickle.dumps(Evil())


# ---- archives


hostile("cut_off.keras", "cut off")(lambda: archive()[: len(archive()) // 2])
hostile("empty.keras", "not a .keras file")(lambda: b"")
hostile("text.keras", "not a .keras file")(lambda: b"this is a text " * 1000)
hostile("pickled.keras", "not a .keras file")(lambda: PICKLE * 100)
hostile("cut_weights.keras", "damaged")(lambda: archive(content=weights()[:900]))
hostile("weights_are_a_pickle.keras", "damaged")(lambda: archive(content=PICKLE))
hostile("outside.keras", "leads out of a folder")(lambda: archive(extra=[("../outside.py", "x")]))
hostile("absolute.keras", "leads out of a folder")(lambda: archive(extra=[("/tmp/absolute.py", "x")]))
hostile("drive.keras", "leads out of a folder")(lambda: archive(extra=[("C:evil.py", "x")]))
hostile("twice.keras", "two members of the same name")(
    lambda: archive(extra=[("assets/a", ""), ("assets/b", "")]).replace(b"assets/b", b"assets/a")
)
hostile("bomb_weights.keras", "far more than the file")(
    lambda: archive(content=bytes(300 * 2**20), compression=zipfile.ZIP_DEFLATED)
)
hostile("bomb_config.keras", "far more than the file")(
    lambda: archive(config=b" " * (300 * 2**20), compression=zipfile.ZIP_DEFLATED)
)
hostile("long_config.keras", "longer than the 4,194,304 bytes")(lambda: archive(config=b" " * 2**23))
hostile("many_members.keras", "list of contents would take")(
    lambda: archive(extra=[(f"assets/{index}", "") for index in range(20_000)])
)
hostile("other_compression.keras", "compressed in a way")(lambda: archive(compression=zipfile.ZIP_LZMA))
hostile("numpy_weights.keras", "no model.weights.h5")(
    lambda: archive().replace(b"model.weights.h5", b"model.weightsnpz")
)


@hostile("link.keras", "is a link")
def link():
    info = zipfile.ZipInfo("assets/link")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return archive(extra=[(info, "/etc/passwd")])


@hostile("lying_size.keras", "damaged")
def lying_size():
    """The archive says that the configuration is short, and its compressed data goes on for 300 MB."""
    data = bytearray(archive(config=b" " * (300 * 2**20), compression=zipfile.ZIP_DEFLATED))
    for signature, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = -1
        while (start := data.find(signature, start + 1)) >= 0:
            if data[start + place : start + place + 4] == struct.pack("<I", 300 * 2**20):
                data[start + place : start + place + 4] = struct.pack("<I", 1000)
    return bytes(data)


@hostile("lying_directory.keras", "list of contents would take")
def lying_directory():
    data = bytearray(archive())
    end = data.rfind(b"PK\x05\x06")
    data[end + 12 : end + 16] = struct.pack("<I", 2**31)
    return bytes(data)


# ---- configurations


hostile("deep.keras", "nested more than 100 levels")(lambda: archive(config="[" * 100_000))
hostile("deep_and_closed.keras", "nested more than 100 levels")(lambda: archive(config="[" * 500 + "]" * 500))
hostile("no_json.keras", "is no JSON")(lambda: archive(config="{'a': 1}"))
hostile("a_list.keras", "expected a layer's class_name")(lambda: archive(config="[1, 2]"))
hostile("no_model.keras", "must be that of a model")(lambda: archive(config=dense()))
hostile("no_layers.keras", "expected a list of layers")(lambda: archive(config=model(layers=7)))
hostile("long_number.keras", "is no JSON")(lambda: archive(config="9" * 10_000))

LAMBDA = {"class_name": "__lambda__", "config": {"value": "4wEAAAAAAAAA", "defaults": None, "closure": None}}
bad_config("lambda", "'Lambda' is not one of nnlab's layers", class_name="Lambda", config={"function": LAMBDA})
bad_config("operating_system", "'system' of 'os' is not one", module="os", class_name="system")
bad_config("process", "'Popen' of 'subprocess'", module="subprocess", class_name="Popen", config={"args": ["true"]})
bad_config("module_of_a_stranger", "'Dense' of 'evil_module'", module="evil_module")
bad_config("registered", "registered as 'evil_module>Dense',", registered_name="evil_module>Dense")
bad_config("unknown", "'EinsumDense' is not one of nnlab's layers", class_name="EinsumDense")
bad_config("private", "is not one of nnlab's layers", class_name="__import__")
bad_config("the_base", "is not one of nnlab's layers", class_name="Layer")
bad_config("a_function", "is not one of nnlab's layers", class_name="Input")
bad_config("unsupported", "lora_rank=4 is not supported", config={"lora_rank": 4})
bad_config("unknown_argument", "unknown argument 'nix'", config={"nix": 4})
bad_config("missing_argument", "missing a required argument", class_name="Embedding")
bad_config("strange_dtype", "dtype", config={"dtype": "object"})
bad_config("policy", "dtype policy 'Quantized' ", config={"dtype": {"class_name": "Quantized", "config": {}}})
bad_config("evaluated", "activation must be one of", config={"activation": "__import__('os').system('true')"})
EVAL = {"module": "builtins", "class_name": "eval", "config": {"x": "1"}}
bad_config("code_in_an_initializer", "kernel_initializer", config={"kernel_initializer": EVAL})
bad_config("talkative", "is not one of nnlab's layers", class_name="x" * 10_000)
bad_config("terabytes", "units must be an integer below", config={"units": 2**40})
bad_config("many_numbers", "more than the", config={"units": 2**30})
bad_config("a_gigabyte", "must have shape (3, 80000000), and have shape (3, 2)", config={"units": 80_000_000})
bad_config("infinite", "must be a number", class_name="LeakyReLU", config={"units": None, "negative_slope": 1e999})


hostile("circle.keras", "has a cycle")(
    lambda: archive(config=graph(reads("dense", ("other", 0)), reads("other", ("dense", 0))))
)
hostile("reads_itself.keras", "has a cycle")(lambda: archive(config=graph(reads("dense", ("dense", 0)))))
hostile("reads_nothing.keras", "has a cycle, or a layer is missing")(
    lambda: archive(config=graph(reads("dense", ("nowhere", 0))))
)
hostile("ends_nowhere.keras", "no layer makes the tensor")(
    lambda: archive(config=graph(reads("dense", ("in", 0)), ends=["nowhere"]))
)
hostile("same_name.keras", "must have a name of its own")(
    lambda: archive(config=graph(reads("dense", ("in", 0)), reads("dense", ("in", 0))))
)


@hostile("astronomical.keras", "more than the 100,000 allowed")
def astronomical():
    """A model that calls a model thirty times that calls a model thirty times, and so on."""
    part = graph(reads("dense", ("in", 0), class_name="ReLU", module="keras.layers", config={"name": "dense"}))
    for _ in range(9):
        part = graph(*chain(part, 30), ends=["last"])
    return archive(config=part)


def chain(part, count):
    """Calls of the same model in a row."""
    tensor = {"class_name": "__keras_tensor__", "config": {"shape": [None, 3], "dtype": "float32"}}
    calls = []
    for index in range(count):
        place = ["inner", index - 1, 0] if index else ["in", 0, 0]
        calls.append({"args": [{**tensor, "config": {**tensor["config"], "keras_history": place}}], "kwargs": {}})
    relu = {"module": "keras.layers", "class_name": "ReLU", "config": {"name": "last"}}
    return {**part, "name": "inner", "inbound_nodes": calls}, reads("last", ("inner", count - 1), **relu)


hostile("long_row.keras", "60,000 layers are more than the 5,000 allowed")(
    lambda: archive(config=model(*({"class_name": "ReLU", "config": {"name": f"r{index}"}} for index in range(59_999))))
)


@hostile("many_thresholds.keras", "loaded but not compiled.*more than the 1,000,000")
def many_thresholds():
    metric = {"module": "keras.metrics", "class_name": "AUC", "config": {"num_thresholds": 10**9}}
    compiled = {"optimizer": "sgd", "loss": "mse", "metrics": [metric]}
    return archive(config={**model(dense()), "compile_config": compiled})


# ---- weights


def bad_weights(name, words):
    """Register what is done to good weights, in a file of weights alone and in a model."""

    def register(fill):
        FILES[f"{name}.weights.h5"] = (lambda: weights(fill)), words
        FILES[f"{name}.keras"] = (lambda: archive(content=weights(fill))), words
        return fill

    return register


def replaced(**options):
    """A filling that puts another array in the place of the kernel."""

    def fill(root, group):
        del group["0"]
        group.create_dataset("0", **options)

    return fill


bad_weights("wrong_shape", "must have shape (3, 2), and have shape (2, 3)")(replaced(data=np.ones((2, 3), "f")))
bad_weights("integers", "must be floats")(replaced(data=np.ones((3, 2), "int64")))
bad_weights("complex", "must be floats")(replaced(data=np.ones((3, 2), "complex64")))
bad_weights("strings", "must be floats")(replaced(data=np.full((3, 2), b"x")))
bad_weights("objects", "must be floats")(replaced(data=np.full((3, 2), np.void(PICKLE))))
bad_weights("terabytes_of_nothing", "must have shape (3, 2)")(replaced(shape=(2**20, 2**20), dtype="f"))
bad_weights("elsewhere", "not in the file itself")(replaced(shape=(3, 2), dtype="f", external=[("/etc/passwd", 0, 24)]))
bad_weights("another_filter", "filter 6, which is not supported")(
    replaced(data=np.ones((3, 2), "f"), chunks=(3, 2), scaleoffset=3)
)


@bad_weights("huge_pieces", "stored in pieces of")
def huge_pieces(root, group):
    del group["0"]
    group.create_dataset("0", (3, 2), "f", maxshape=(None, None), chunks=(2**14, 2**14))


@bad_weights("virtual", "not in the file itself")
def virtual(root, group):
    del group["0"]
    layout = h5py.VirtualLayout((3, 2), "f")
    layout[:] = h5py.VirtualSource("other.h5", "x", (3, 2))
    group.create_virtual_dataset("0", layout)


@bad_weights("external_link", "a link to somewhere else")
def external_link(root, group):
    del group["0"]
    group["0"] = h5py.ExternalLink("other.h5", "/x")


@bad_weights("soft_link", "a link to somewhere else")
def soft_link(root, group):
    del group["0"]
    group["0"] = h5py.SoftLink("/layers/dense/vars/1")


@bad_weights("link_to_a_group", "a link to somewhere else")
def link_to_a_group(root, group):
    del root["layers/dense"]
    root["layers/dense"] = h5py.ExternalLink("other.h5", "/layers/dense")


@bad_weights("group_in_its_place", "must be an array, and are a group")
def group_in_its_place(root, group):
    del group["0"]
    group.create_group("0")


@bad_weights("missing", "1 arrays of weights for Dense 'dense', not 2")
def missing(root, group):
    del group["1"]


@bad_weights("left_over", "3 arrays of weights for Dense 'dense', not 2")
def left_over(root, group):
    group["2"] = np.ones(3, "f")


@bad_weights("of_another_layer", "weights for layers/dense_1, which the model does not have")
def of_another_layer(root, group):
    root["layers/dense_1/vars/0"] = np.ones(3, "f")


@bad_weights("ring", "weights for layers/dense_1")
def ring(root, group):
    """A group inside itself: whoever walks through the file never ends."""
    root["layers/dense/inner"] = root["layers"]
    root["layers/dense_1"] = root["layers/dense"]


@hostile("unfilled.keras", "far more than the file itself")
def unfilled():
    """Both the configuration and the weights say a gigabyte, of which the file holds nothing."""

    def fill(root, group):
        del group["0"], group["1"]
        group.create_dataset("0", (3, 80_000_000), "f")
        group.create_dataset("1", (80_000_000,), "f")

    return archive(config=model(dense(config={"units": 80_000_000})), content=weights(fill))


@hostile("zeros.keras", "far more than the file itself")
def zeros():
    """The same in compressed zeros, which are really there."""
    units = 20_000_000

    def fill(root, group):
        del group["0"], group["1"]
        group.create_dataset("0", data=np.zeros((3, units), "f"), chunks=(3, 2**16), compression="gzip")
        group.create_dataset("1", data=np.zeros(units, "f"), chunks=(2**16,), compression="gzip")

    return archive(config=model(dense(config={"units": units})), content=weights(fill))


# ---- the older format


def older(attributes):
    """An `.h5` file with these attributes."""
    file = io.BytesIO()
    with h5py.File(file, "w") as root:
        for name, value in attributes.items():
            root.attrs[name] = value
    return file.getvalue()


OLD = {"class_name": "Dense", "config": {"name": "dense", "units": 2, "batch_input_shape": [None, 3]}}
OLD_MODEL = {"class_name": "Sequential", "config": {"name": "m", "layers": [OLD]}}
hostile("cut_off.h5", "damaged")(lambda: older({"model_config": json.dumps(OLD_MODEL)})[:700])
hostile("text.h5", "damaged")(lambda: b"text " * 500)
hostile("weights_only.h5", "it holds no model")(lambda: older({}))
hostile("no_weights.h5", "weights for 0 layers, and the model has 1")(
    lambda: older({"model_config": json.dumps(OLD_MODEL)})
)
hostile("config_of_numbers.h5", "expected a text")(lambda: older({"model_config": np.arange(9)}))
hostile("long_config.h5", "more than the 4,194,304")(lambda: older({"model_config": " " * 5_000_000}))
hostile("deep.h5", "nested more than 100 levels")(lambda: older({"model_config": "[" * 100_000}))
hostile("lambda.h5", "'Lambda' is not one of nnlab's layers")(
    lambda: older(
        {"model_config": json.dumps({"class_name": "Lambda", "config": {"function": ["4wEAAA", None, None]}})}
    )
)


# ---- TensorFlow.js


def browser(units=2, shape=(3, 2), paths=(), **more):
    """The JSON of a model whose files of weights are these."""
    topology = {
        "class_name": "Sequential",
        "config": {
            "name": "m",
            "layers": [
                dense(config={"units": units}),
            ],
        },
    }
    topology["config"]["layers"][0]["config"]["batch_input_shape"] = [None, 3]
    kernel = {"name": "dense/kernel", "shape": shape, "dtype": "float32"}
    content = {"modelTopology": topology, "weightsManifest": [{"paths": paths, "weights": [kernel]}]}
    return json.dumps({**content, **more}).encode()


hostile("terabytes.json", "its weights take 4,000,000,000,000 bytes")(lambda: browser(shape=(10**6, 10**6)))
hostile("unfilled.json", "its weights take 960,000,000 bytes")(lambda: browser(units=80_000_000, shape=(3, 80_000_000)))
hostile("too_wide.json", "units must be an integer below")(lambda: browser(units=2**40))
hostile("outside.json", "must lie beside")(lambda: browser(paths=["../under_limit.py"]))
hostile("system.json", "must lie beside")(lambda: browser(paths=["/dev/zero"]))
hostile("deep.json", "nested more than 100 levels")(lambda: b"[" * 100_000)
hostile("long.json", "more than the 4,194,304")(lambda: b" " * 2**23)
hostile("no_model.json", "has no modelTopology")(lambda: b"{}")
hostile("evil_layer.json", "'system' of 'os'")(
    lambda: browser(modelTopology={"class_name": "system", "module": "os", "config": {}})
)
