"""A scene for each test, with a folder of its own."""

import re
import shutil
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from agents import process  # noqa: E402
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


def pytest_sessionfinish():
    """No process outlives the suite."""
    process.stop_all()
