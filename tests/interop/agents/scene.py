"""One test's unit, phones and recordings, and the steps that many tests share."""

import threading
from pathlib import Path

from . import sound, track
from .baresip_phone import BaresipPhone
from .pjsip_phone import PjsipPhone
from .raw_phone import RawPhone
from .sipp import Sipp
from .timeline import now, until
from .unit import BESIDE, PILOT, STATIONS, Unit
from .wire import Wire

KINDS = {"p": PjsipPhone, "b": BaresipPhone}
# A calls from outside; B parks; C and D retrieve; E is the fallback.
NUMBERS = {"A": "201", "B": "102", "C": "103", "D": "104", "E": "105"}


class Scene:
    """Everything a test starts; `close` ends it all and leaves recordings, timelines and a ladder in the folder."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.wire = Wire(self.folder)
        self.unit = None
        self.parties = {}
        self._sipps = []

    def start_unit(self, **settings):
        """Starts the unit and waits until it is ready."""
        self.unit = Unit(self.folder, **settings).ready()
        return self.unit

    def _start_phone(self, name, kind, number=None, **options):
        number = number or NUMBERS[name[0]]
        registrar = options.pop("registrar", self.unit.address if self.unit and number in STATIONS else None)
        if registrar and options.get("transport") == "tls":
            registrar = self.unit.tls_address
        self.parties[name] = KINDS[kind](self.folder, name, sound.TONES[name[0]], number, registrar=registrar, **options)
        return self.parties[name], registrar is not None

    def phone(self, name, kind="p", number=None, **options):
        """Starts a phone and waits until it is ready, and registered if the unit has such a station."""
        one, registered = self._start_phone(name, kind, number, **options)
        return one.ready(registered)

    def phones(self, kinds, names="ABC", **options):
        """Several phones at once, one letter of `kinds` (`p`, `b`) each; `options` by name."""
        # All from this thread: the kernel ends a child with the thread that started it.
        started = [self._start_phone(name, kind, **options.get(name, {})) for name, kind in zip(names, kinds)]
        return [one.ready(registered) for one, registered in started]

    def beside(self, kind="p", **options):
        """The station beside the unit: answers a call that asks it to. It has C's tone."""
        return self.phone("C", kind, number=BESIDE, answer="asked", **options)

    def raw(self, name, number=None, **options):
        """A user agent of our own."""
        one = RawPhone(self.folder, name, sound.TONES[name[0]], number or NUMBERS[name[0]], **options)
        self.parties[name] = one
        return one

    def sipp(self, scenario, number, target=None, **options):
        """sipp against the unit, or another of its addresses."""
        one = Sipp(self.folder, scenario, target or self.unit.address, number, **options)
        self._sipps.append(one)
        return one

    def hears(self, party, label, within=5.0, since=None, at_least=0.4):
        """Waits until a party (or the speaker) hears a kind of sound for that long; returns the moment it began."""
        since = now() - 0.2 if since is None else since
        listen = party.ear if hasattr(party, "ear") else party.speaker

        def found():
            return listen().between(since).first(label, at_least)
        name = getattr(party, "name", "the speaker")
        try:
            return until(found, within, f"{name} hears {label}", every=0.1)
        except AssertionError as missed:
            raise AssertionError(f"{missed}; {name} heard since then:\n{listen().between(since).report()}") from None

    def hears_music(self, party, within=5.0, since=None):
        """Waits until a party hears a second of the unit's music; returns the moment at which that second begins."""
        def listened(since):
            begin = self.hears(party, "sound", within, since, at_least=0.9)
            return begin, track.likeness(party.ear().between(begin + 0.05, begin + 0.95))
        begin, score = listened(since)
        if score <= 0.7:
            # Its beginning may be the end of what was heard before.
            begin, score = listened(begin + 0.2)
        assert score > 0.7, f"{party.name} hears something at {begin:.2f} that is not the music (likeness {score:.2f})"
        return begin

    def both_ways(self, one, other, within=5.0, since=None):
        """Two parties hear each other's tone; returns the moment from which both do."""
        since = now() - 0.2 if since is None else since
        return max(self.hears(one, other.name[0], within, since), self.hears(other, one.name[0], within, since))

    def call_directly(self, caller, called):
        """A calls B, without the unit, and both hear each other. Returns both names of the call."""
        begin = now()
        calling = caller.call(called.uri)
        answered = called.talking(after=begin)["call"]
        caller.talking(calling)
        self.both_ways(caller, called)
        return calling, answered

    def parked(self, caller, called, target=PILOT):
        """A calls B, B blind-transfers A into the lot, B's phone lets go, A hears music. Returns orbit and the moment of the transfer."""
        _, answered = self.call_directly(caller, called)
        before = set(self.unit.occupied())
        at = now()
        called.transfer(answered, self.unit.uri(target))
        called.closed(answered)
        self.hears_music(caller, since=at)
        orbits = until(lambda: set(self.unit.occupied()) - before, 2, "an orbit is occupied")
        return orbits.pop(), at

    def parked_attended(self, caller, called):
        """A calls B, B asks the pilot for an orbit and transfers A to it. Returns orbit and the moment of the transfer."""
        _, answered = self.call_directly(caller, called)
        called.hold(answered)
        asking = called.call(self.unit.uri(PILOT))
        called.talking(asking)
        self.hears(called, "sound", at_least=0.3)
        at = now()
        called.transfer_attended(answered, asking)
        called.closed(asking)
        self.hears_music(caller, since=at)
        return self.unit.occupied()[0], at

    def free(self, orbit, within=2.0):
        """Waits until an orbit holds no call."""
        until(lambda: orbit not in self.unit.occupied(), within, f"orbit {orbit} is free")

    def close(self):
        """Ends everything; fails when the unit did not survive the test."""
        for one in self._sipps:
            one.stop()
        threads = [threading.Thread(target=one.stop) for one in self.parties.values()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        survived = self.unit is None or self.unit.alive()
        log = self.unit.log() if self.unit else ""
        if self.unit:
            self.unit.stop()
        self.wire.stop({party.port: party.name for party in self.parties.values()} | ({self.unit.port: "unit"} if self.unit else {}))
        for wav in self.folder.glob("*.wav"):
            wav.with_suffix(".timeline").write_text(sound.Recording(*sound.read_wav(wav)).report())
        assert survived, f"the unit ended during the test: {log[-2000:]}"
        assert "panicked" not in log, log[log.index("panicked") - 200:][:1500]
