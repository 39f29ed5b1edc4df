"""How long `import nnlab.explorers` takes, and the import together with the making of each explorer, in new processes.

From the repository's root:

    PYTHONPATH=. python tests/benchmarks/explorer_start.py
"""

import statistics
import subprocess
import sys
import time

from nnlab import explorers

TIMES = 3
STATEMENTS = ["import nnlab.explorers", *(f"import nnlab; nnlab.explorers.{name}()" for name in explorers.__all__)]


def seconds(statement):
    """How long a new Python takes to run this, without its own start."""
    clock = "import time; start = time.perf_counter()\n{}\nprint(time.perf_counter() - start)"
    done = subprocess.run([sys.executable, "-c", clock.format(statement)], check=True, capture_output=True, text=True)
    return float(done.stdout)


def main():
    seconds(STATEMENTS[-1])  # compiles, and fills the system's caches
    for statement in STATEMENTS:
        times = [seconds(statement) for _ in range(TIMES)]
        time.sleep(0.1)
        print(f"{statement:45}{statistics.median(times):6.2f} s (fastest {min(times):.2f})", flush=True)


if __name__ == "__main__":
    main()
