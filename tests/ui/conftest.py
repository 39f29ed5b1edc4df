"""A real JupyterLab in a real Chromium: one server and one page for all tests, a fresh notebook and kernel for each.

Every test fails on an error of the page and on anything that the console calls an error, outside of EXPECTED.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest

from nnlab.lab import SETTINGS as SETTINGS_OF_NNLAB

TREE = Path(__file__).parents[2]
CHROMIUM = os.environ.get("NNLAB_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")

# --use-angle=swiftshader is left out on purpose: with it the whole page is composited in software, at half speed.
FLAGS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]

SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},  # its pop-up covers cells
    "notebook-extension/tracker": {"windowingMode": "none"},  # keeps every cell in the page
}

# What JupyterLab itself writes to the console as an error, with or without nnlab.
EXPECTED = (
    "Could not restore the debugger state: Canceled future",  # a kernel that ended before it was asked everything
)

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
EXECUTE = """async (code) => {
  const { content } = await nnPanel.sessionContext.session.kernel.requestExecute({ code }).done;
  return content.status === 'ok' ? '' : `${content.ename}: ${content.evalue}`; }"""
SHUT_DOWN = "async () => { await nnPanel.sessionContext.shutdown(); }"
CLOSE = "async () => { await nnPanel.sessionContext.shutdown(); nnPanel.context.model.dirty = false; nnPanel.close(); }"


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """A JupyterLab server of the test's own: its address, and the folder that it serves."""
    pytest.importorskip("jupyterlab", reason="jupyterlab is not installed")
    home = tmp_path_factory.mktemp("jupyter")
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


@pytest.fixture(scope="session")
def browser():
    """Chromium, the system's own."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM:
        pytest.skip("chromium is not installed; NNLAB_CHROMIUM can name it")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


def watched(page):
    """`page`, which notes every error that it or its console reports in `page.errors`."""
    page.errors = []

    def note(message):
        if message.type == "error" and not any(known in message.text for known in EXPECTED):
            page.errors.append(f"{message.text} ({message.location.get('url', '')})")

    page.on("pageerror", lambda error: page.errors.append(f"{error}\n{error.stack}"))
    page.on("console", note)
    return page


@pytest.fixture(scope="session")
def lab_page(lab, browser):
    """JupyterLab, started, in one page; the folder that it serves."""
    address, root = lab
    page = watched(browser.new_page(viewport={"width": 1280, "height": 900}))
    page.goto(f"{address}/lab/workspaces/tests?reset", wait_until="domcontentloaded")
    page.wait_for_function("() => window.jupyterapp", timeout=90_000)
    page.evaluate("async () => { await jupyterapp.restored; jupyterapp.shell.collapseLeft(); }")
    return page, root


@pytest.fixture
def run_notebook(lab_page):
    """Runs the given cells in a new notebook; returns the page and the notebook's panel in it."""
    page, root = lab_page
    opened = []

    def run(*cells):
        name = f"test{time.monotonic_ns()}.ipynb"
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(notebook, root / name)
        page.mouse.move(1, 1)  # not on a cell of what is about to appear
        page.evaluate(OPEN, name)
        opened.append(name)
        errors = page.evaluate(RUN)
        assert not errors, errors
        return page, page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")

    yield run
    for _ in opened:
        page.evaluate(CLOSE)
    errors, page.errors[:] = list(page.errors), []
    assert not errors, errors


@pytest.fixture
def execute(lab_page):
    """Runs code in the kernel of the notebook that is open, beside its cells; returns the error, if there is one."""
    return lambda code: lab_page[0].evaluate(EXECUTE, code)


@pytest.fixture
def use_theme(lab_page):
    """Changes JupyterLab's theme ("JupyterLab Dark"); at the end of the test it is the light one again."""
    page, _ = lab_page

    def use(theme):
        page.evaluate("(theme) => jupyterapp.commands.execute('apputils:change-theme', { theme })", theme)
        dark = "Dark" in theme
        page.wait_for_function("(dark) => (document.body.dataset.jpThemeLight === 'false') === dark", arg=dark)
        # A second change during the splash screen of the first makes JupyterLab itself throw.
        page.wait_for_function("() => !document.querySelector('#jupyterlab-splash')")

    yield use
    use("JupyterLab Light")


@pytest.fixture
def shut_kernel_down(lab_page):
    """Ends the kernel of the notebook that is open."""
    return lambda: lab_page[0].evaluate(SHUT_DOWN)
