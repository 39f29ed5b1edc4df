"""A JupyterLab server of the tests' own, and the browser that they look at it with."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from nnlab.lab import SETTINGS as SETTINGS_OF_NNLAB

TREE = Path(__file__).parents[1]
CHROMIUM = os.environ.get("NNLAB_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")

# --use-angle=swiftshader is left out on purpose: with it the whole page is composited in software, at half speed.
FLAGS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]

SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},  # its pop-up covers cells
    "notebook-extension/tracker": {"windowingMode": "none"},  # keeps every cell in the page
}

# Resolve once there is something to wait for; polling an indicator would see "idle" before the kernel has started.
OPEN = """async (path) => {
  const panel = await jupyterapp.commands.execute('docmanager:open', { path, factory: 'Notebook' });
  await panel.context.ready; await panel.revealed; await panel.sessionContext.ready;
  await panel.sessionContext.session.kernel.info;
  window.nnPanel = panel; }"""
RUN = """async () => {
  await jupyterapp.commands.execute('notebook:run-all-cells');
  const outputs = nnPanel.content.model.sharedModel.cells.flatMap((cell) => cell.outputs || []);
  return outputs.filter((o) => o.output_type === 'error').map((o) => `${o.ename}: ${o.evalue}`); }"""


@contextlib.contextmanager
def served(home: Path) -> Iterator[tuple[str, Path]]:
    """The address of a server that keeps all it writes in `home`, and the folder that it serves."""
    root = home / "root"
    root.mkdir()
    for name, values in SETTINGS.items():
        file = home / "settings/@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    places = {"CONFIG": "config", "DATA": "data", "RUNTIME": "runtime"}
    environment = {
        **os.environ,
        **{f"JUPYTER_{name}_DIR": str(home / folder) for name, folder in places.items()},
        "JUPYTER_CONFIG_PATH": SETTINGS_OF_NNLAB,
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
        "PYTHONPATH": os.pathsep.join(filter(None, [str(TREE), os.environ.get("PYTHONPATH")])),
    }
    command = [sys.executable, "-m", "jupyterlab", "--allow-root", "--no-browser", "--ServerApp.ip=127.0.0.1"]
    command += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token="]
    command += ["--LabApp.expose_app_in_browser=True", f"--ServerApp.root_dir={root}"]
    log = home / "lab.log"
    with log.open("wb") as output:
        server = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=environment)
    address, deadline = f"http://127.0.0.1:{port}", time.monotonic() + 90
    try:
        while True:
            try:
                urllib.request.urlopen(f"{address}/api/status", timeout=2).read()
                break
            except OSError:
                if server.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()}") from None
                time.sleep(0.1)
        yield address, root
    finally:
        server.send_signal(signal.SIGTERM)  # it shuts its kernels down as well
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
