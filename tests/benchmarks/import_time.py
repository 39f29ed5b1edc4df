"""How long `import nnlab` takes beside `import numpy`: whole processes in turns, the median of the ratios of pairs.

From the repository's root:

    PYTHONPATH=. python tests/benchmarks/import_time.py

Compiled files are kept in a folder of their own, as an installed package has them.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time

PAIRS = 25
STATEMENTS = ("import numpy", "import nnlab", "from nnlab import layers", "import nnlab; nnlab.Sequential")


def main():
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": folder, "PYTHONDONTWRITEBYTECODE": ""}
        for statement in STATEMENTS:  # compiles, and fills the system's caches
            seconds(statement, environment)
        rounds = [{each: seconds(each, environment) for each in STATEMENTS} for _ in range(PAIRS)]
    for statement in STATEMENTS:
        times = [each[statement] for each in rounds]
        ratio = statistics.median(each[statement] / each["import numpy"] for each in rounds)
        print(f"{statement:34}{1e3 * statistics.median(times):8.0f} ms{ratio:8.2f} of `import numpy`")


def seconds(statement, environment):
    """How long a new Python takes to run this and to end."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], env=environment, check=True)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
