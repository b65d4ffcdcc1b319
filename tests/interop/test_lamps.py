"""BLF: what lamps of phones are told, by real parking, ringing back and retrieving."""

from agents.timeline import now, until
from agents.watcher import SPACE, Watcher


def test_a_lamp_follows_a_parked_call(scene):
    """Free, occupied, ringing back, occupied, free; every version once, each within 200 ms of what it tells of."""
    unit = scene.start_unit(ringback_after="2s", ring_for="2s", attempts=1, fallback="105", fallback_ring_for="20s")
    caller, parker, _ = scene.phones("ppp", "ABE", B={"answer": "auto"}, E={"answer": "ring"})
    lamp = Watcher(unit, "71", "103")
    stranger = Watcher(unit, "71", "999")
    lamp.shows(None)
    _, answered = scene.call_directly(caller, parker)
    parker.answers("busy")
    parker.transfer(answered, unit.uri("71"))
    lamp.shows("confirmed")
    document = lamp.told[-1][3]
    assert document.get("entity") == f"sip:71@{unit.address}"
    assert document.find(f".//{SPACE}remote/{SPACE}identity").get("display") == "A"
    stranger.shows("confirmed")
    assert stranger.told[-1][3].find(f".//{SPACE}remote") is None, "a stranger is not told who waits"
    lamp.shows("early", 5)
    caller.hangup()
    at = now()
    assert lamp.shows(None) - at < 0.5
    assert lamp.versions() == list(range(len(lamp.told)))
    assert lamp.subscribe(0) == 200
    until(lambda: lamp.ended, 2, "the last NOTIFY")


def test_a_lamp_key_picks_up(scene):
    """What the lamp was told is what a phone puts into Replaces: the caller comes to it, and to nobody else."""
    unit = scene.start_unit()
    caller, parker, retriever = scene.phones("ppp")
    lamp = Watcher(unit, "71", "103")
    scene.parked(caller, parker, "71")
    lamp.shows("confirmed")
    dialog = lamp.told[-1][3].find(f"{SPACE}dialog")
    replaces = f'{dialog.get("call-id")};to-tag={dialog.get("local-tag")};from-tag={dialog.get("remote-tag")}'
    call = retriever.call(unit.uri("71"), headers={"Replaces": replaces, "Require": "replaces"})
    retriever.talking(call)
    scene.both_ways(caller, retriever)
    lamp.shows(None)
    retriever.hangup(call)
    caller.closed()
    again = retriever.call(unit.uri("71"), headers={"Replaces": replaces, "Require": "replaces"})
    assert retriever.closed(again)["code"] == 481
