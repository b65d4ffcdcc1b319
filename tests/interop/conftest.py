"""A scene for each test, with a folder of its own."""

import os
import re
import shutil
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from agents import process  # noqa: E402
from agents.network import Network  # noqa: E402
from agents.scene import Scene  # noqa: E402


@pytest.fixture
def folder(request):
    """Where a test leaves its recordings and its ladder."""
    path = HERE / "out" / re.sub(r"[^A-Za-z0-9_.-]+", "-", request.node.name).strip("-")
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path


@pytest.fixture
def scene(folder):
    """A scene that is ended whatever happens."""
    one = Scene(folder)
    try:
        yield one
    finally:
        one.close()


@pytest.fixture
def network(monkeypatch):
    """A network of its own, for the unit and the phones that the test starts."""
    if os.geteuid() != 0:
        pytest.skip("only root makes networks")
    made = Network(monkeypatch)
    yield made
    made.close()


def pytest_sessionfinish():
    """No process outlives the suite."""
    process.stop_all()
