"""A real JupyterLab in a real Chromium: one server and one page for all tests, a fresh notebook and kernel for each.

Every test fails on an error of the page and on anything that the console calls an error, outside of EXPECTED.
"""

import time

import nbformat
import pytest
from lab_server import CHROMIUM, FLAGS, OPEN, RUN, served

# What JupyterLab itself writes to the console as an error, with or without nnlab.
EXPECTED = (
    "Could not restore the debugger state: Canceled future",  # a kernel that ended before it was asked everything
)

EXECUTE = """async (code) => {
  const { content } = await nnPanel.sessionContext.session.kernel.requestExecute({ code }).done;
  return content.status === 'ok' ? '' : `${content.ename}: ${content.evalue}`; }"""
SHUT_DOWN = "async () => { await nnPanel.sessionContext.shutdown(); }"
CLOSE = "async () => { await nnPanel.sessionContext.shutdown(); nnPanel.context.model.dirty = false; nnPanel.close(); }"


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """A JupyterLab server of the test's own: its address, and the folder that it serves."""
    pytest.importorskip("jupyterlab", reason="jupyterlab is not installed")
    with served(tmp_path_factory.mktemp("jupyter")) as address_and_root:
        yield address_and_root


@pytest.fixture(scope="session")
def browser():
    """Chromium, the system's own."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM:
        pytest.skip("chromium is not installed; NNLAB_CHROMIUM can name it")
    playwright.expect.set_options(timeout=20_000)  # what is waited for comes at once, unless the machine is busy
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
