"""What the unit was told is exported, and comes to the same when it is played again."""

import os
import subprocess
from pathlib import Path

from agents.timeline import until
from agents.unit import BINARY
from test_restart import park

REPLAY = os.environ.get("ORBITBOX_REPLAY", str(Path(BINARY).parent / "replay"))


def played(trace):
    """What the replay prints, and its exit status."""
    done = subprocess.run([REPLAY, str(trace)], capture_output=True, text=True, timeout=30)
    return done.stdout, done.returncode


def export(unit, name):
    """A trace of the unit, by the program itself."""
    file = unit.folder / name
    with open(file, "w") as out:
        subprocess.run([BINARY, "trace", "--web", f"127.0.0.1:{unit.web}"], stdout=out, check=True, timeout=10)
    return file


def told(output):
    """The history lines of a replay."""
    return [line.split("== ", 1)[1] for line in output.splitlines() if line.lstrip().startswith("== ")]


def test_a_parked_call_is_parked_and_retrieved_once_more(scene):
    """Park, retrieve, hang up; a password and a PIN that are never in the trace; the same history and outputs. Then a restart with
    a caller parked, and the same again."""
    unit = scene.start_unit(passwords={"104": "pla1nt3d-s3cret"}, more='[[lot]]\nname = "Closed"\npilot = "60"\norbits = "61-63"\npin = "80246"\n')
    caller, retriever = park(scene, "A", target="60"), scene.raw("C", number="103")
    retriever.call(unit.uri("61*80246"))
    assert retriever.final()["code"] == 200
    scene.both_ways(caller, retriever)
    caller.hangup()
    until(lambda: "61" not in unit.occupied(), 5, "orbit 61 is free")
    register = scene.raw("D", number="104")
    register.call(unit.uri("60"))
    assert register.final()["code"] == 401
    park(scene, "B")
    recent = [line["text"] for line in unit.status()["recent"]]
    file = export(unit, "unit.trace")
    text = file.read_text()
    assert "pla1nt3d" not in text and "80246" not in text and "61*00000" in text
    output, status = played(file)
    assert status == 0 and "every output is what it was then" in output, output[-4000:]
    again = told(output)
    assert recent and again[:len(recent)] == recent, (again, recent)
    assert "orbit 71: free" not in output and "orbit 61: " in output, output[-1500:]
    unit.kill()
    unit.start_again()
    unit.ready()
    until(lambda: unit.occupied(), 5, "the caller is back")
    output, status = played(export(unit, "restarted.trace"))
    assert status == 0 and "every output is what it was then" in output, output[-4000:]
    assert any("with 1 parked calls of before" in line for line in told(output)), output[-3000:]
