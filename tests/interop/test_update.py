"""A bundle is installed and begun when nobody is on the telephone; RAUC and the machine are played by the test."""

import http.client
import json

from agents.timeline import until
from test_restart import park


def slots(booted, version, has_attempts=True):
    """As RAUC tells them."""
    def slot(number, name):
        here = name == booted
        inside = {} if here else {"bundle": {"compatible": "orbitbox-qemu", "version": version}}
        return {f"rootfs.{number}": {"bootname": name, "boot_status": "good" if here or has_attempts else "bad", "slot_status": inside}}
    return json.dumps({"booted": booted, "boot_primary": "rootfs.1" if has_attempts else "rootfs.0", "slots": [slot(1, "B"), slot(0, "A")]})


def send(unit, body):
    """A bundle to the page; its status."""
    connection = http.client.HTTPConnection(unit.web_address, timeout=10)
    connection.request("POST", "/api/update", body)
    answer = connection.getresponse()
    answer.read()
    return answer.status


def test_an_update_waits_for_the_last_call_and_its_end_is_told(scene, folder):
    """A call goes on while a bundle is installed; the machine is to start anew ten seconds after it has ended. Back in the old slot, the
    page, the history and the digits say why."""
    told = folder / "run"
    told.mkdir()
    unit = scene.start_unit(environment={"ORBITBOX_UPDATE": str(told)})
    assert send(unit, b"a bundle") == 409 and unit.status()["update"] is None
    (told / "slots.json").write_text(slots("A", None))
    until(lambda: unit.status()["update"], 4, "the unit knows its slots")
    caller = park(scene, "A")
    assert send(unit, b"a bundle" * 100_000) == 202
    request = unit.data / "update" / "request"
    assert until(request.exists, 2, "a request") and request.read_text() == "1 install\n"
    assert (unit.data / "update" / "bundle.raucb").stat().st_size == 800_000
    (told / "job").write_text("1 working 40\n")
    until(lambda: unit.status()["update"]["percent"] == 40, 4, "how far it is")
    (told / "slots.json").write_text(slots("A", "2.0"))
    until(lambda: unit.status()["update"]["stage"] == "installing", 4, "the slots are read")
    (told / "job").write_text("1 done\n")
    until(lambda: unit.status()["update"]["stage"] == "waiting-for-calls", 4, "it waits")
    assert unit.status()["update"]["next"] == "2.0" and not (unit.data / "update" / "bundle.raucb").exists()
    assert unit.occupied() and request.read_text() == "1 install\n"
    caller.hangup()
    until(lambda: request.read_text() == "2 restart\n", 15, "the machine is to start anew")
    unit.kill()
    (told / "slots.json").unlink()
    unit.start_again()
    unit.ready()
    # Whoever judges new versions speaks after the program has started.
    (told / "against").write_text("it was in safe mode, since it did not stay up\n")
    (told / "slots.json").write_text(slots("A", "2.0", has_attempts=False))
    why = "The previous version, 0.1.0, was kept, because version 2.0 failed: it was in safe mode, since it did not stay up"
    until(lambda: (unit.status()["update"] or {}).get("text") == why, 4, "why it was kept")
    assert why in [line["text"] for line in unit.status()["recent"]]
