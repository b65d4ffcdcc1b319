"""Pages that are recorded, and pages by the talk key."""

import pytest
from agents.timeline import now, until
from test_live_page import chime
from test_talk_station import registered, talk

ZONE = '[[zone]]\nextension = "91"\nname = "Beside the horn"\nplays = "recorded"\nlongest = "8s"\n'


def played(unit, since):
    """Waits for a page to begin and end; the stretch in which the tone C is heard."""
    rung = chime(unit, since, within=6)
    heard = unit.speaker
    first = until(lambda: heard().between(rung + 1.5).first("C", 0.4), 5, "what was said", every=0.1)
    until(lambda: now() > first + 1 and heard().between(now() - 1.0).part("silence") > 0.8, 12, "the end", every=0.1)
    return heard().between(first).part("C") * (now() - first)


@pytest.mark.parametrize("kind", ["p", "b"])
def test_what_is_recorded_is_heard_when_the_caller_has_hung_up(scene, kind):
    """G3: nothing overhead while they speak; then the chime and all that they have said."""
    unit = scene.start_unit(more=ZONE)
    pager = scene.phones(kind, "C")[0]
    begin = now()
    call = pager.call(unit.uri("91"))
    pager.talking(call)
    until(lambda: now() > begin + 4, 6, "what is said")
    assert unit.speaker().between(begin).part("silence") == 1.0, unit.speaker().between(begin).report()
    over = now()
    pager.hangup(call)
    seconds = played(unit, over)
    said = over - begin
    assert said - 1.5 < seconds < said + 0.5, f"{said:.1f} s were said, {seconds:.1f} s heard"


def test_a_page_of_nothing_is_not_played_and_one_that_is_too_long_is_ended(scene):
    """Who hangs up without a word is not heard; 8 s are what this zone allows."""
    unit = scene.start_unit(more=ZONE)
    silent = scene.raw("D")
    silent.media.sending = False
    begin = now()
    silent.call(unit.uri("91"))
    assert silent.final()["code"] == 200
    until(lambda: now() > begin + 3, 5, "nobody speaks")
    silent.hangup()
    until(lambda: "nothing was said" in str(unit.status()["recent"]), 3, "it is told of")
    pager = scene.phone("C")
    begin = now()
    call = pager.call(unit.uri("91"))
    pager.talking(call)
    pager.closed(call, after=begin, within=12)
    ended = now()
    assert not unit.speaker().between(begin, ended - 0.3).chimes()
    assert 6.0 < played(unit, ended - 1.0) < 9.0


def test_whoever_holds_the_page_key_is_heard_until_they_let_go(scene):
    """B1: chime, the handset's voice, end tone; a tap says nothing where nobody waits."""
    unit = scene.start_unit(more=talk(scene))
    registered(unit)
    pressed = now()
    unit.press("page")
    until(lambda: now() > pressed + 1.5, 3, "a tap")
    assert unit.speaker().between(pressed).part("silence") == 1.0
    held = now()
    unit.edge("page", True)
    rung = chime(unit, held)
    assert rung - held < 1.5, f"the chime came {rung - held:.2f} s after the key"
    heard = scene.hears(unit, "C", since=rung + 1.8)
    until(lambda: now() > heard + 2, 4, "talking")
    let_go = now()
    unit.edge("page", False)
    until(lambda: now() > let_go + 2, 4, "the end tone")
    assert unit.speaker().between(heard + 0.2, let_go - 0.3).part("C") > 0.9
    assert unit.speaker().between(let_go + 0.5).part("C") == 0


def test_the_hands_free_set_is_heard_when_the_key_is_let_go(scene):
    """Its microphone would hear the loudspeaker."""
    unit = scene.start_unit(more=talk(scene).replace('"handset"', '"hands-free"', 1).replace("hook = false\n", ""))
    registered(unit)
    held = now()
    unit.edge("page", True)
    until(lambda: now() > held + 5, 7, "what is said")
    assert unit.speaker().between(held).part("silence") == 1.0
    let_go = now()
    unit.edge("page", False)
    assert 2.0 < played(unit, let_go) < 6.0
