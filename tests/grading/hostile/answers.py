"""Answers to `double(x)` that try to get marks, or to harm, in every other way than doubling.

Each is a cell's source, the status that it must be given, and words that its message must hold.
"""

HOSTILE = {
    "leaves the process": ("import os\ndef double(x):\n    os._exit(0)", "crashed", "ended its process"),
    "leaves Python": ("import sys\ndef double(x):\n    sys.exit(0)", "crashed", "tried to leave Python"),
    "kills itself": (
        "import os, signal\ndef double(x):\n    os.kill(os.getpid(), signal.SIGKILL)",
        "crashed",
        "ended its process",
    ),
    "reads memory that is not its own": (
        "import ctypes\ndef double(x):\n    return ctypes.string_at(0)",
        "crashed",
        "SIGSEGV",
    ),
    "loops for ever": ("def double(x):\n    while True:\n        pass", "timeout", "does a loop never end?"),
    "loops for ever and catches everything": (
        "def double(x):\n    while True:\n        try:\n            while True:\n                pass\n"
        "        except BaseException:\n            pass",
        "timeout",
        "does a loop never end?",
    ),
    "ignores the timer": (
        "import signal\ndef double(x):\n    signal.setitimer(signal.ITIMER_REAL, 0)\n    while True:\n        pass",
        "timeout",
        "does a loop never end?",
    ),
    "loops where it is defined": (
        "def forever():\n    while True:\n        pass\nfactor = forever()\ndef double(x):\n    return factor * x",
        "timeout",
        "does a loop never end?",
    ),
    "recurs for ever": ("def double(x):\n    return double(x)", "wrong", "RecursionError"),
    "returns a list within a list, a million times": (
        "def double(x):\n    nest = []\n    for _ in range(10**6):\n        nest = [nest]\n    return nest",
        "wrong",
        "RecursionError",
    ),
    "takes 300 GiB": (
        "import numpy as np\ndef double(x):\n    return np.ones((300, 1 << 27))",
        "wrong",
        "MemoryError",
    ),
    "fills the memory slowly": (
        "import numpy as np\ndef double(x):\n    hoard = []\n    while True:\n        hoard.append(np.empty(1 << 23))",
        "wrong",
        "MemoryError",
    ),
    "returns far too much": (
        "import numpy as np\ndef double(x):\n    return np.ones(1 << 22)",
        "wrong",
        "cannot be handed in",
    ),
    "writes a large file": (
        "def double(x):\n    with open('/tmp/large', 'wb') as file:\n"
        "        file.write(bytes(1 << 26))\n    return 2 * x",
        "wrong",
        "File too large",
    ),
    "forks": (
        "import os\ndef double(x):\n    for _ in range(20):\n        os.fork()\n    return 2 * x",
        "wrong",
        "BlockingIOError",
    ),
    "starts a program": (
        "import subprocess\ndef double(x):\n    subprocess.run(['/bin/sh', '-c', 'true'], check=True)\n"
        "    return 2 * x",
        "wrong",
        "BlockingIOError",
    ),
    "prints without end": ("def double(x):\n    while True:\n        print('x' * 1000)", "timeout", ""),
    "writes to every file descriptor": (
        "import os\ndef double(x):\n    for number in range(64):\n"
        "        try:\n            os.write(number, b'nnlb' * 4096)\n"
        "        except OSError:\n            pass\n    return 2 * x",
        "crashed",
        "wrote over the marker's own messages",
    ),
    "closes every file descriptor and goes on": (
        "import os, time\ndef double(x):\n    os.closerange(0, 64)\n    time.sleep(60)",
        "crashed",
        "ended its process",
    ),
    "is a thousand magics": (
        "%matplotlib inline\n" * 1000 + "def double(x):\n    return 2 * x",
        "syntax",
        "not Python",
    ),
    "is a very long cell": ("def double(x):\n    return 2 * x\n" + "#" * 10**5, "syntax", "longer than"),
    "is ten thousand brackets": ("def double(x):\n    return " + "(" * 9000 + "x" + ")" * 9000, "syntax", "not Python"),
    "is ten thousand signs": ("def double(x):\n    return " + "-" * 10000 + "x", "syntax", "not Python"),
    "forges an outcome": (
        "import io, json, os, struct\n"
        "def double(x):\n"
        "    head = json.dumps(['dict', [['kind', 'returned'], ['value', 'passed'], ['points', 99]]]).encode()\n"
        "    for number in range(3, 64):\n"
        "        try:\n            os.write(number, struct.pack('>4sIQ', b'nnlb', len(head), 0) + head)\n"
        "        except OSError:\n            pass\n"
        "    os._exit(0)",
        "crashed",
        "returned a str",
    ),
    "sends a pickle": (
        "import os, pickle\n"
        "class Bomb:\n    def __reduce__(self):\n        return os._exit, (0,)\n"
        "def double(x):\n    import numpy as np\n    return np.array([Bomb()], dtype=object)",
        "wrong",
        "the dtype is object",
    ),
    "patches NumPy's comparisons": (
        "import numpy as np\n"
        "np.testing.assert_allclose = np.allclose = np.array_equal = lambda *a, **k: True\n"
        "def double(x):\n"
        "    np.allclose = np.array_equal = np.abs = lambda *a, **k: True\n"
        "    return np.zeros_like(x)",
        "wrong",
        "the value at",
    ),
    "returns an array that equals everything": (
        "import numpy as np\n"
        "class Equal(np.ndarray):\n"
        "    def __eq__(self, other):\n        return np.ones(self.shape, bool)\n"
        "    def __array_ufunc__(self, *a, **k):\n        return np.zeros(self.shape)\n"
        "def double(x):\n    return np.zeros_like(x).view(Equal)",
        "wrong",
        "returned an Equal",
    ),
    "returns an object that equals everything": (
        "class Equal:\n    shape = (3, 2)\n    def __eq__(self, other):\n        return True\n"
        "def double(x):\n    return Equal()",
        "wrong",
        "returned an Equal",
    ),
    "looks for the expected values on the stack": (
        "import sys\n"
        "def double(x):\n"
        "    frame = sys._getframe()\n"
        "    while frame:\n"
        "        if 'expected' in frame.f_locals:\n            return frame.f_locals['expected']\n"
        "        frame = frame.f_back\n"
        "    return x",
        "wrong",
        "the value at",
    ),
    "looks for the expected values in memory": (
        "import gc\n"
        "import numpy as np\n"
        "def double(x):\n"
        "    for thing in gc.get_objects():\n"
        "        if type(thing).__name__ in ('Case', 'Check', 'Exercise'):\n            return thing.expected\n"
        "    return x",
        "wrong",
        "the value at",
    ),
    "lets nnlab do it": (
        "import nnlab\ndef double(x):\n    return nnlab.layers.Dense(1)(x)",
        "wrong",
        "write it yourself",
    ),
    "imports nnlab by another name": (
        "def double(x):\n    return __import__('nn' + 'lab').layers.Dense(1)(x)",
        "wrong",
        "ModuleNotFoundError",
    ),
    "brings nnlab back": (
        "def double(x):\n    import sys, importlib\n    sys.modules.pop('nn' + 'lab', None)\n"
        "    return importlib.import_module('nn' + 'lab.grading.exercise')",
        "wrong",
        "ModuleNotFoundError",
    ),
    "lies about its name": (
        "class double:\n    __name__ = 'double'\n    def __new__(cls, x):\n        return 'double'",
        "wrong",
        "returned a str",
    ),
    "is not a function": ("double = 3", "wrong", "not a function"),
    "is broken Python": ("def double(x:\n    return", "syntax", "not Python"),
    "has null bytes": ("def double(x):\n    return '\0'", "syntax", "not Python"),
    "has lone surrogates": ("def double(x):\n    return '\ud800'", "syntax", "not Python"),
}
