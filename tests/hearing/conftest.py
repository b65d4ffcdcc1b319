"""Units that have spoken every orbit, a recogniser, and the table of what it understood."""

import shutil
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "interop")]

from agents import process  # noqa: E402
from capture import Announcer  # noqa: E402
from recogniser import Recogniser  # noqa: E402
from spoken import DRIVES, LANGUAGES, ORBITS, OUT  # noqa: E402
from tally import TABLE  # noqa: E402

@pytest.fixture(scope="session")
def pages():
    """Pages of every language and drive, by these two: all units speak at the same time."""
    shutil.rmtree(OUT, ignore_errors=True)
    units = {(language, drive): Announcer(OUT / f"{language}-{drive}", language, f"drive-db = {drive}", ORBITS)
             for language in LANGUAGES for drive in DRIVES}
    for unit in units.values():
        unit.start()
    return {key: unit.pages() for key, unit in units.items()}


@pytest.fixture(scope="session")
def recogniser():
    """The listener."""
    return Recogniser(OUT / "model")


def pytest_terminal_summary(terminalreporter):
    """What was understood, whether it was enough or not."""
    for line in TABLE:
        terminalreporter.write_line(line)


def pytest_sessionfinish():
    """No process outlives the suite."""
    process.stop_all()
